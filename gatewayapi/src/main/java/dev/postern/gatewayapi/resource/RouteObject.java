package dev.postern.gatewayapi.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A route of any kind: what attaches to listeners.
public sealed interface RouteObject extends Resource permits HttpRoute, GrpcRoute, ByteRoute {

  List<ParentRef> parentRefs();

  /// Lower case, exact or `*.suffix`; empty for all of the listener's.
  List<String> hostnames();

  List<? extends Rule> rules();

  /// Fields outside the rules that are there, valid, and not built yet.
  List<String> unsupported();

  /// spec.rules[].
  sealed interface Rule permits HttpRoute.Rule, GrpcRoute.Rule, ByteRoute.Rule {
    Optional<String> name();

    List<HttpRoute.Filter> filters();

    List<HttpRoute.BackendRef> backendRefs();

    /// Everything that it sends requests to: the backends, who gets copies, who is asked.
    default List<HttpRoute.BackendRef> references() {
      List<HttpRoute.BackendRef> all = new ArrayList<>(backendRefs());
      for (HttpRoute.Filter filter : filters()) {
        switch (filter) {
          case HttpRoute.Filter.RequestMirror mirror -> all.add(mirror.backendRef());
          case HttpRoute.Filter.ExternalAuth auth -> all.add(auth.backendRef());
          default -> {}
        }
      }
      return all;
    }

    /// Which requests belong together and go to one endpoint; absent for none of the rule's own.
    Optional<SessionPersistence> sessionPersistence();

    /// Fields of this rule that are there, valid, and not built yet, by path within the rule.
    List<String> unsupported();
  }
}
