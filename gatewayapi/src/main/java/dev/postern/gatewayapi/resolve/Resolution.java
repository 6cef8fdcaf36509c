package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.Kind;
import java.util.Map;

/// All judgements over one set of objects, wired together in the order in which they read each
/// other.
public final class Resolution {
  private final Objects objects;
  private final Sockets sockets;
  private final GatewayRules gateways;
  private final Attachments attachments;
  private final Places places;
  private final Backends backends;
  private final Hops hops;
  private final GatewaySides sides;
  private final RouteRules routes;
  private final ByteRoutes byteRoutes;
  private final PortUse portUse;
  private final EndpointRules endpoints;
  private final Reports reports;

  public Resolution(Memo memo) {
    objects = new Objects(memo);
    sockets = new Sockets(memo);
    Grants grants = new Grants(objects);
    Certificates certificates = new Certificates(memo, objects);
    ClassRules classes = new ClassRules(memo, objects);
    ListenerSets sets = new ListenerSets(objects);
    gateways =
        new GatewayRules(
            memo,
            objects,
            classes,
            new ListenerCertificates(grants, certificates),
            new FrontendValidation(objects, grants, certificates),
            sets);
    RuleSupport support = new RuleSupport(memo, objects);
    attachments = new Attachments(memo, objects, gateways, support);
    places = new Places(memo, objects, attachments);
    PolicyTargets targets =
        new PolicyTargets(
            memo,
            objects,
            Kind.BACKEND_TLS_POLICY,
            BackendTlsPolicy.class,
            BackendTlsPolicy::targetRefs);
    PolicyValidation validation = new PolicyValidation(memo, objects, certificates);
    ConnectionSources sources =
        ConnectionSources.of(memo, objects, grants, certificates, validation);
    DestinationRules rules = sources.destinationRules();
    Ancestors ancestors = new Ancestors(memo, objects, grants, attachments);
    AncestorLimit limit =
        new AncestorLimit(
            memo,
            objects,
            ancestors,
            Map.of(
                Kind.BACKEND_TLS_POLICY,
                targets,
                Kind.BACKEND_CONNECTION_POLICY,
                sources.policyTargets(),
                Kind.X_BACKEND_TRAFFIC_POLICY,
                sources.trafficPolicies().targets()));
    sides = new GatewaySides(memo, objects, grants, certificates, rules, limit);
    backends = new Backends(sources.backends(new ServiceBackends(objects)));
    hops = new Hops(memo, backends, targets, validation, sources.wishes(), rules, sides, limit);
    routes = new RouteRules(memo, objects, grants, support, backends, hops, sides);
    byteRoutes = new ByteRoutes(objects, places, routes);
    portUse = new PortUse(memo, objects, attachments, routes);
    endpoints = new EndpointRules(memo, objects);
    PolicyAncestors policyAncestors = new PolicyAncestors(objects, ancestors, limit);
    ListenerReport listeners = new ListenerReport(places.routes(), sockets);
    reports =
        new Reports(
            memo,
            objects,
            classes,
            new GatewayReport(classes, gateways, sides, limit, listeners, sets, sockets),
            new ListenerSetReport(objects, gateways, listeners, sets, sockets),
            new RouteReport(attachments, support, routes, byteRoutes),
            new PolicyReport(targets, validation, policyAncestors),
            new ServiceReport(portUse, endpoints),
            new ConnectionPolicyReport(objects, sources, targets, policyAncestors),
            new TrafficPolicyReport(sources.trafficPolicies(), policyAncestors),
            new ForeignReport(objects, sources, ancestors));
  }

  /// To be called when objects were put or removed, before anything is read.
  public void settle() {
    places.update();
  }

  public Objects objects() {
    return objects;
  }

  public Sockets sockets() {
    return sockets;
  }

  public GatewayRules gateways() {
    return gateways;
  }

  public Attachments attachments() {
    return attachments;
  }

  public Places places() {
    return places;
  }

  public Backends backends() {
    return backends;
  }

  public GatewaySides sides() {
    return sides;
  }

  public Hops hops() {
    return hops;
  }

  public RouteRules routes() {
    return routes;
  }

  public ByteRoutes byteRoutes() {
    return byteRoutes;
  }

  public PortUse portUse() {
    return portUse;
  }

  public EndpointRules endpoints() {
    return endpoints;
  }

  public Reports reports() {
    return reports;
  }
}
