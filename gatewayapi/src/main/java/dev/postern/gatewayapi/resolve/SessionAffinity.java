package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.Service;
import java.util.Optional;

/// A Service that keeps clients at endpoints by their addresses does not go with
/// sessionPersistence, which keeps them by a cookie or a header (GEP-1619, "Session Affinity in K8S
/// Services").
final class SessionAffinity {
  private SessionAffinity() {}

  /// What is wrong with a rule's backends; absent when nothing is.
  static Optional<String> problem(Objects objects, RouteObject route, RouteObject.Rule rule) {
    return rule.sessionPersistence().isEmpty()
        ? Optional.empty()
        : rule.backendRefs().stream()
            .map(backend -> Objects.target(backend, route.metadata().namespace()))
            .flatMap(backend -> problem(objects, backend, "the rule").stream())
            .findFirst();
  }

  /// What is wrong with a backend of sessions.
  ///
  /// @param of who asks for the sessions, in a person's words
  static Optional<String> problem(Objects objects, ObjectRef backend, String of) {
    return objects
        .find(backend, Service.class)
        .filter(Service::sessionAffinity)
        .map(service ->
            "sessionPersistence does not go with sessionAffinity: ClientIP of "
                + service.ref()
                + " (GEP-1619); set that to None, or remove sessionPersistence from "
                + of);
  }
}
