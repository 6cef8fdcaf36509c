package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is said about every object.
public final class Reports {
  private static final List<Kind> REPORTED =
      List.of(
          Kind.GATEWAY_CLASS,
          Kind.GATEWAY,
          Kind.HTTP_ROUTE,
          Kind.GRPC_ROUTE,
          Kind.TLS_ROUTE,
          Kind.TCP_ROUTE,
          Kind.UDP_ROUTE,
          Kind.LISTENER_SET,
          Kind.BACKEND_TLS_POLICY,
          Kind.SERVICE,
          Kind.BACKEND_CONNECTION_POLICY,
          Kind.X_BACKEND_TRAFFIC_POLICY,
          Kind.X_BACKEND,
          Kind.ENVOY_BACKEND,
          Kind.KGATEWAY_BACKEND,
          Kind.BACKEND_CONFIG_POLICY,
          Kind.DESTINATION_RULE);

  private final Objects objects;
  private final ClassRules classes;
  private final GatewayReport gateways;
  private final ListenerSetReport listenerSets;
  private final RouteReport routes;
  private final PolicyReport policies;
  private final ServiceReport services;
  private final ConnectionPolicyReport connectionPolicies;
  private final TrafficPolicyReport trafficPolicies;
  private final ForeignReport foreign;
  private final List<Gathered<ObjectRef, Report>> all = new ArrayList<>();

  Reports(
      Memo memo,
      Objects objects,
      ClassRules classes,
      GatewayReport gateways,
      ListenerSetReport listenerSets,
      RouteReport routes,
      PolicyReport policies,
      ServiceReport services,
      ConnectionPolicyReport connectionPolicies,
      TrafficPolicyReport trafficPolicies,
      ForeignReport foreign) {
    this.objects = objects;
    this.classes = classes;
    this.gateways = gateways;
    this.listenerSets = listenerSets;
    this.routes = routes;
    this.policies = policies;
    this.services = services;
    this.connectionPolicies = connectionPolicies;
    this.trafficPolicies = trafficPolicies;
    this.foreign = foreign;
    Query<ObjectRef, Report> reports = memo.query(this::report);
    for (Kind kind : REPORTED) {
      all.add(objects.gather(memo, kind, reports));
    }
  }

  /// What is said differently since this was called last.
  public List<Gathered.Change<ObjectRef, Report>> changes() {
    List<Gathered.Change<ObjectRef, Report>> changes = new ArrayList<>();
    all.forEach(gathered -> changes.addAll(gathered.changes()));
    return changes;
  }

  private Report report(ObjectRef ref) {
    if (ref.kind().equals(Kind.GATEWAY_CLASS)) {
      return new Report(ref, classes.status(ref), List.of());
    }
    return switch (objects.find(ref, Resource.class).orElse(null)) {
      case Gateway gateway -> gateways.of(gateway);
      case ListenerSet set -> listenerSets.of(set);
      case RouteObject route -> report(route);
      case BackendTlsPolicy policy -> policies.of(policy);
      case Service service -> services.of(service);
      case BackendConnectionPolicy policy -> connectionPolicies.of(policy);
      case BackendTrafficPolicy policy -> trafficPolicies.of(policy);
      case Resource other -> foreign.of(other).orElseGet(() -> nothing(ref));
      case null -> nothing(ref);
    };
  }

  private static Report nothing(ObjectRef ref) {
    return new Report(ref, Optional.empty(), List.of());
  }

  private Report report(RouteObject route) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < route.parentRefs().size(); i++) {
      ParentRef parent = route.parentRefs().get(i);
      ObjectRef target = Objects.target(parent, route.metadata().namespace());
      String field = "spec.parentRefs[" + i + "]";
      if (!parent.kind().equals(Kind.GATEWAY) && !parent.kind().equals(Kind.LISTENER_SET)) {
        findings.add(
            Findings.of(
                route,
                Severity.NOTE,
                field,
                "Postern attaches routes to Gateways and ListenerSets alone; "
                    + target
                    + " is left to others."));
      } else if (objects.find(target, Resource.class).isEmpty()) {
        findings.add(
            Findings.of(
                route,
                Severity.WARNING,
                field,
                target
                    + " does not exist or is not valid, so that this route is not served there."));
      }
    }
    Optional<ObjectStatus> status = routes.of(route);
    if (status.isEmpty()) {
      for (String field : route.unsupported()) {
        findings.add(
            Findings.of(
                route,
                Severity.WARNING,
                field,
                GatewayRules.notBuilt(List.of(field)) + " Name Gateways in spec.parentRefs."));
      }
    }
    return new Report(route.ref(), status, findings);
  }
}
