package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.HttpRoute.BackendRef;
import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.MatchType;
import dev.postern.gatewayapi.resource.HttpRoute.NamedMatch;
import java.util.List;
import java.util.Optional;

/// gateway.networking.k8s.io GRPCRoute.
///
/// @param hostnames lower case, exact or `*.suffix`; empty for all of the listener's
/// @param unsupported fields outside the rules that are there, valid, and not built yet
public record GrpcRoute(
    Metadata metadata,
    String version,
    Origin origin,
    List<ParentRef> parentRefs,
    List<String> hostnames,
    List<Rule> rules,
    List<String> unsupported)
    implements RouteObject {

  public GrpcRoute {
    parentRefs = List.copyOf(parentRefs);
    hostnames = List.copyOf(hostnames);
    rules = List.copyOf(rules);
    unsupported = List.copyOf(unsupported);
  }

  /// spec.rules[].
  ///
  /// @param matches at least one; a rule without has had one that takes everything filled in
  public record Rule(
      Optional<String> name,
      List<Match> matches,
      List<Filter> filters,
      List<BackendRef> backendRefs,
      Optional<SessionPersistence> sessionPersistence,
      List<String> unsupported)
      implements RouteObject.Rule {
    public Rule {
      matches = List.copyOf(matches);
      filters = List.copyOf(filters);
      backendRefs = List.copyOf(backendRefs);
      unsupported = List.copyOf(unsupported);
    }
  }

  /// spec.rules[].matches[].
  ///
  /// @param method absent for every method of every service
  public record Match(Optional<MethodMatch> method, List<NamedMatch> headers) {
    public Match {
      headers = List.copyOf(headers);
    }
  }

  /// spec.rules[].matches[].method. At least one of service and method is there.
  ///
  /// @param type of both
  public record MethodMatch(MatchType type, Optional<String> service, Optional<String> method) {}

  @Override
  public Kind kind() {
    return Kind.GRPC_ROUTE;
  }
}
