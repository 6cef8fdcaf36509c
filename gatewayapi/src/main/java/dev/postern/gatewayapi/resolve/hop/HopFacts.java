package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Optional;

/// All that [HopDecision] goes by.
///
/// @param object the backend
/// @param at the backend and its port in words, such as `Service default/web:80`
/// @param appProtocol as written
/// @param portName as written
/// @param wishes in the order in which they count among those of one [Authority]
public record HopFacts(
    RouteKind route,
    ObjectRef object,
    String at,
    Optional<Said<String>> appProtocol,
    Optional<Said<String>> portName,
    TlsPolicy policy,
    GatewaySide gateway,
    List<Wish> wishes) {
  public HopFacts {
    wishes = List.copyOf(wishes);
  }
}
