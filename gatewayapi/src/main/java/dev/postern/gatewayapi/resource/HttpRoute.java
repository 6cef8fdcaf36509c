package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// gateway.networking.k8s.io HTTPRoute.
///
/// @param hostnames lower case, exact or `*.suffix`; empty for all of the listener's
/// @param unsupported fields outside the rules that are there, valid, and not built yet
public record HttpRoute(
    Metadata metadata,
    String version,
    Origin origin,
    List<ParentRef> parentRefs,
    List<String> hostnames,
    List<Rule> rules,
    List<String> unsupported)
    implements RouteObject {

  public HttpRoute {
    parentRefs = List.copyOf(parentRefs);
    hostnames = List.copyOf(hostnames);
    rules = List.copyOf(rules);
    unsupported = List.copyOf(unsupported);
  }

  /// spec.rules[]. A rule without matches has had the default match filled in.
  ///
  /// @param unsupported fields of this rule that are there, valid, and not built yet, by path
  ///   within the rule, such as `timeouts` or `filters[0].requestRedirect`
  public record Rule(
      Optional<String> name,
      List<Match> matches,
      List<Filter> filters,
      List<BackendRef> backendRefs,
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
  public record Match(
      PathMatch path,
      List<NamedMatch> headers,
      List<NamedMatch> queryParams,
      Optional<String> method) {
    public Match {
      headers = List.copyOf(headers);
      queryParams = List.copyOf(queryParams);
    }
  }

  /// How a value is compared.
  public enum MatchType {
    EXACT,
    /// For paths alone.
    PATH_PREFIX,
    REGULAR_EXPRESSION
  }

  /// A path match; `PathPrefix /` is the default.
  public record PathMatch(MatchType type, String value) {}

  /// A header match or a query parameter match, as written: header names keep their case here.
  public record NamedMatch(MatchType type, String name, String value) {}

  /// spec.rules[].filters[] and those of a backendRef, as far as they are built.
  public sealed interface Filter {
    record RequestHeaderModifier(HeaderModifier modifier) implements Filter {}

    record ResponseHeaderModifier(HeaderModifier modifier) implements Filter {}

    /// A type that is valid and not built yet. Its path stands in `unsupported` too.
    record Unsupported(String type) implements Filter {}
  }

  /// Header names keep the case they were written in.
  public record HeaderModifier(List<Header> set, List<Header> add, List<String> remove) {
    public HeaderModifier {
      set = List.copyOf(set);
      add = List.copyOf(add);
      remove = List.copyOf(remove);
    }
  }

  /// A header to set or to add.
  public record Header(String name, String value) {}

  /// spec.rules[].backendRefs[].
  ///
  /// @param namespace absent for the route's own
  /// @param port absent where the kind is not Service
  /// @param weight 0 to 1,000,000; 1 is the default
  public record BackendRef(
      Kind kind,
      Optional<String> namespace,
      String name,
      Optional<Integer> port,
      int weight,
      List<Filter> filters) {
    public BackendRef {
      filters = List.copyOf(filters);
    }
  }

  @Override
  public Kind kind() {
    return Kind.HTTP_ROUTE;
  }
}
