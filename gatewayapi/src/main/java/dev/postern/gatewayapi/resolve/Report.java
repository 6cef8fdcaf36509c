package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Optional;

/// What is said about one object.
///
/// @param status absent where it is not ours to judge
public record Report(ObjectRef object, Optional<ObjectStatus> status, List<Finding> findings) {
  public Report {
    findings = List.copyOf(findings);
  }
}
