package dev.postern.gatewayapi.resource;

import java.time.Duration;
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
  ///   within the rule
  public record Rule(
      Optional<String> name,
      List<Match> matches,
      List<Filter> filters,
      List<BackendRef> backendRefs,
      Timeouts timeouts,
      Optional<Retry> retry,
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

  /// spec.rules[].timeouts. Zero is for none.
  public record Timeouts(Optional<Duration> request, Optional<Duration> backendRequest) {
    /// Nothing said.
    public static final Timeouts NONE = new Timeouts(Optional.empty(), Optional.empty());
  }

  /// spec.rules[].retry (GEP-1731).
  ///
  /// @param codes of responses after which a request is tried again
  /// @param attempts how many more than the first; absent for the data plane's choice
  public record Retry(List<Integer> codes, Optional<Integer> attempts, Optional<Duration> backoff) {
    public Retry {
      codes = List.copyOf(codes);
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

  /// spec.rules[].filters[] and those of a backendRef.
  public sealed interface Filter {
    record RequestHeaderModifier(HeaderModifier modifier) implements Filter {}

    record ResponseHeaderModifier(HeaderModifier modifier) implements Filter {}

    /// @param status 301, 302, 303, 307 or 308
    record RequestRedirect(
        Optional<String> scheme,
        Optional<String> hostname,
        Optional<Integer> port,
        Optional<PathModifier> path,
        int status)
        implements Filter {}

    record UrlRewrite(Optional<String> hostname, Optional<PathModifier> path) implements Filter {}

    /// @param numerator of the share of requests, 0 to `denominator`
    record RequestMirror(BackendRef backendRef, int numerator, int denominator) implements Filter {}

    /// As written.
    record Cors(
        List<String> allowOrigins,
        List<String> allowMethods,
        List<String> allowHeaders,
        List<String> exposeHeaders,
        boolean allowCredentials,
        int maxAge)
        implements Filter {
      public Cors {
        allowOrigins = List.copyOf(allowOrigins);
        allowMethods = List.copyOf(allowMethods);
        allowHeaders = List.copyOf(allowHeaders);
        exposeHeaders = List.copyOf(exposeHeaders);
      }
    }

    /// Somebody must let a request pass (GEP-1494).
    ///
    /// @param allowedHeaders of the request, as written
    /// @param maxSize of the request's body that is sent along, as written; 0 for none of it
    record ExternalAuth(
        BackendRef backendRef, AuthProtocol protocol, List<String> allowedHeaders, long maxSize)
        implements Filter {
      public ExternalAuth {
        allowedHeaders = List.copyOf(allowedHeaders);
      }
    }

    /// A filter of somebody else's making.
    record ExtensionRef(Kind kind, String name) implements Filter {}
  }

  /// How somebody is asked whether a request may pass.
  public sealed interface AuthProtocol {
    /// Envoy's ext_authz protocol.
    record Grpc() implements AuthProtocol {}

    /// @param path before the request's path; may be empty
    /// @param allowedResponseHeaders as written; none for all
    record Http(String path, List<String> allowedResponseHeaders) implements AuthProtocol {
      public Http {
        allowedResponseHeaders = List.copyOf(allowedResponseHeaders);
      }
    }
  }

  /// How a redirect or a rewrite changes the path.
  public sealed interface PathModifier {
    record ReplaceFullPath(String path) implements PathModifier {}

    /// Of the only match, which is of type PathPrefix.
    record ReplacePrefixMatch(String replacement) implements PathModifier {}
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
