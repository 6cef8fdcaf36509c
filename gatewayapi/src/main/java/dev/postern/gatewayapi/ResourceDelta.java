package dev.postern.gatewayapi;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.List;

/// What changed since the last one. The first holds everything.
///
/// @param upserts objects that are new or differ
/// @param removals objects that are gone
public record ResourceDelta(List<Resource> upserts, List<ObjectRef> removals) {
  public ResourceDelta {
    upserts = List.copyOf(upserts);
    removals = List.copyOf(removals);
  }
}
