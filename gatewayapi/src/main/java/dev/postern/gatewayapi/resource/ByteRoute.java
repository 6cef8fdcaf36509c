package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// gateway.networking.k8s.io TLSRoute, TCPRoute and UDPRoute: octets or datagrams of a listener to
/// backends, chosen by weight.
///
/// @param kind which of the three
/// @param hostnames lower case, exact or `*.suffix`; none but in a TLSRoute
/// @param unsupported fields outside the rules that are there, valid, and not built yet
public record ByteRoute(
    Kind kind,
    Metadata metadata,
    String version,
    Origin origin,
    List<ParentRef> parentRefs,
    List<String> hostnames,
    List<Rule> rules,
    List<String> unsupported)
    implements RouteObject {

  public ByteRoute {
    parentRefs = List.copyOf(parentRefs);
    hostnames = List.copyOf(hostnames);
    rules = List.copyOf(rules);
    unsupported = List.copyOf(unsupported);
  }

  /// spec.rules[]. It takes everything, so that only the first of several ever counts.
  public record Rule(Optional<String> name, List<HttpRoute.BackendRef> backendRefs)
      implements RouteObject.Rule {
    public Rule {
      backendRefs = List.copyOf(backendRefs);
    }

    @Override
    public List<HttpRoute.Filter> filters() {
      return List.of();
    }

    @Override
    public Optional<SessionPersistence> sessionPersistence() {
      return Optional.empty();
    }

    @Override
    public List<String> unsupported() {
      return List.of();
    }
  }
}
