package dev.postern.gatewayapi;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.Ir;
import dev.postern.ir.VersionedMap;
import java.util.List;

/// What the objects mean, all of them together.
///
/// @param statuses of every GatewayClass, Gateway, route and policy that is ours to judge
/// @param findings what a person should know beyond the conditions, sorted by location
public record Translation(
    Ir ir, VersionedMap<ObjectRef, ObjectStatus> statuses, List<Finding> findings) {

  /// Nothing.
  public static final Translation EMPTY =
      new Translation(Ir.EMPTY, VersionedMap.empty(), List.of());

  public Translation {
    findings = List.copyOf(findings);
  }
}
