package dev.postern.gatewayapi;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.Ir;
import java.util.List;
import java.util.Map;

/// What the objects mean, all of them together.
///
/// @param statuses of every GatewayClass, Gateway, route and policy that is ours to judge
/// @param findings what a person should know beyond the conditions, sorted by location
public record Translation(Ir ir, Map<ObjectRef, ObjectStatus> statuses, List<Finding> findings) {
  public Translation {
    statuses = Map.copyOf(statuses);
    findings = List.copyOf(findings);
  }
}
