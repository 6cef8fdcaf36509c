package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.SessionPersistence;
import java.util.List;
import java.util.Optional;

/// The rules of a route that are followed, judged.
///
/// @param unresolved which backends do not hold
/// @param notes what a person should know about backends that do
public record JudgedRoute(
    RouteObject route, List<Rule> rules, Optional<Refusal> unresolved, List<String> notes) {
  public JudgedRoute {
    rules = List.copyOf(rules);
    notes = List.copyOf(notes);
  }

  /// One rule.
  ///
  /// @param number its place in spec.rules, from 0
  /// @param closed whether a filter that must not be skipped cannot be followed: requests get 500
  /// @param mirrors who gets copies, as far as they can be reached
  /// @param session which requests belong together; absent for none
  /// @param authorization who is asked whether a request may pass; absent for nobody, and where the
  ///   rule is closed
  public record Rule(
      int number,
      RouteObject.Rule spec,
      boolean closed,
      List<Backend> backends,
      List<Mirror> mirrors,
      Optional<Session> session,
      Optional<Authorization> authorization) {
    public Rule {
      backends = List.copyOf(backends);
      mirrors = List.copyOf(mirrors);
    }
  }

  /// Requests that belong together go to one endpoint.
  ///
  /// @param by who asks for it, such as `HTTPRoute shop/cart, rule 0`: names that are made up
  ///   depend on it
  /// @param ofRule whether the rule asks for it itself, and not a policy on its backends
  public record Session(SessionPersistence spec, String by, boolean ofRule) {}

  /// Who gets copies of a share of the requests.
  public record Mirror(HttpRoute.Filter.RequestMirror spec, Backend backend) {}

  /// Who is asked whether a request may pass.
  public record Authorization(HttpRoute.Filter.ExternalAuth spec, Backend backend) {}

  /// One backendRef and where it leads.
  ///
  /// @param hop what was asked about it; absent where it may not be asked
  /// @param problem why it leads nowhere; empty where it leads somewhere
  public record Backend(
      HttpRoute.BackendRef spec, Destination destination, Optional<HopKey> hop, String problem) {}

  /// Where a backendRef leads.
  public sealed interface Destination {
    /// @param variant why it is not the one that other routes and Gateways take; may be empty
    /// @param byScheme whether clients that came by TLS are told apart
    record Port(HopKey key, Variant variant, boolean byScheme) implements Destination {}

    /// Nowhere: its share of requests gets 500.
    record Nowhere() implements Destination {}
  }

  /// What tells the ways to reach one port apart, beside that of the clients' scheme.
  ///
  /// @param protocol a word for the protocol, where a GRPCRoute is sent over another than an
  ///   HTTPRoute would be, and for bytes and datagrams; else empty
  /// @param certificate `<namespace>_<secret>` of the Gateway's client certificate; else empty
  /// @param client the Gateway's namespace where one of Istio's rules is for that; else empty
  public record Variant(String protocol, String certificate, String client) {
    /// The usual one.
    public static final Variant USUAL = new Variant("", "", "");
  }
}
