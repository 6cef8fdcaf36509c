package dev.postern.gatewayapi.explain;

import dev.postern.gatewayapi.resolve.Attachment;
import dev.postern.gatewayapi.resolve.JudgedGateway;
import dev.postern.gatewayapi.resolve.Refusal;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which listeners send nothing to a route that is attached to them.
final class Serving {
  private final Resolution resolution;

  Serving(Resolution resolution) {
    this.resolution = resolution;
  }

  /// Where it gets nothing and why; empty where it gets all that it asks for.
  ///
  /// @param kind of the listeners that are meant
  List<String> missing(RouteObject route, ObjectRef gateway, RouteKind kind) {
    Optional<JudgedGateway> judged = resolution.gateways().judgement(gateway);
    Optional<Refusal> refused = judged.flatMap(JudgedGateway::refused);
    if (judged.isEmpty() || refused.isPresent()) {
      return List.of(gateway + why(refused));
    }
    List<String> missing = new ArrayList<>();
    for (Attachment.Parent parent : resolution.attachments().of(route.ref()).parents()) {
      if (parent.gateway().equals(gateway)) {
        for (Attachment.Place place : parent.places()) {
          if (place.kind() == kind) {
            listener(judged.get(), parent, place.listener())
                .filter(listener -> !listener.isServed())
                .ifPresent(listener ->
                    missing.add(
                        "listener "
                            + listener.spec().name()
                            + " of "
                            + listener.owner()
                            + why(listener.refused().or(listener::unresolved))));
          }
        }
        if (route instanceof ByteRoute bytes) {
          missing.add(resolution.byteRoutes().lost(bytes, parent));
        }
      }
    }
    missing.removeIf(String::isEmpty);
    return missing.stream().distinct().toList();
  }

  private static Optional<JudgedGateway.Listener> listener(
      JudgedGateway judged, Attachment.Parent parent, String name) {
    return judged.listeners().stream()
        .filter(listener ->
            listener.owner().equals(parent.owner()) && listener.spec().name().equals(name))
        .findFirst();
  }

  private static String why(Optional<Refusal> refusal) {
    return refusal.map(why -> ": " + why.message()).orElse("");
  }
}
