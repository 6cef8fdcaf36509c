package dev.postern.app.control;

import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What is known after one round of the control loop. Immutable, except that [#origins] looks
/// through to the newest round.
///
/// @param version 1 after the first round, then one more each time; 0 before
/// @param at when the data plane had taken it
/// @param translation what the objects mean, and the ir that the data plane serves
/// @param readFindings what the provider could not read or would have been refused by an API server
/// @param listenerErrors by [dev.postern.ir.Listener#name], why a socket could not be bound
/// @param origins where each object was read; a live, thread-safe view
public record Snapshot(
    long version,
    Instant at,
    Translation translation,
    List<Finding> readFindings,
    Map<String, String> listenerErrors,
    Map<ObjectRef, Origin> origins) {

  /// Before the first round.
  public static final Snapshot NONE =
      new Snapshot(0, Instant.EPOCH, Translation.EMPTY, List.of(), Map.of(), Map.of());

  public Snapshot {
    readFindings = List.copyOf(readFindings);
    listenerErrors = Map.copyOf(listenerErrors);
  }

  /// Where that object was read.
  public Origin origin(ObjectRef object) {
    return origins.getOrDefault(object, Origin.UNKNOWN);
  }
}
