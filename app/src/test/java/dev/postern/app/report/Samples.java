package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Condition.Truth;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The walk-through as it might be reported, well and not so well. */
final class Samples {
  static final ObjectRef CLASS = new ObjectRef(Kind.GATEWAY_CLASS, "", "postern");
  static final ObjectRef GATEWAY = new ObjectRef(Kind.GATEWAY, "kgateway-system", "http");
  static final ObjectRef ROUTE = new ObjectRef(Kind.HTTP_ROUTE, "default", "nginx-route");
  static final ObjectRef POLICY =
      new ObjectRef(Kind.BACKEND_TLS_POLICY, "default", "nginx-tls-policy");
  static final ObjectRef STRAY = new ObjectRef(Kind.HTTP_ROUTE, "default", "stray");

  static final Map<ObjectRef, Origin> ORIGINS =
      Map.of(
          CLASS, new Origin("demo/gateway.yaml", 3, Map.of()),
          GATEWAY, new Origin("demo/gateway.yaml", 10, Map.of("spec.listeners[0]", 17)),
          ROUTE, new Origin("demo/route.yaml", 3, Map.of("spec.parentRefs[0]", 10)),
          POLICY, new Origin("demo/policy.yaml", 3, Map.of()));

  private Samples() {}

  static Report good() {
    return Report.of(
        List.of(), List.of(), statuses(List.of(yes("Accepted"), yes("ResolvedRefs"))), ORIGINS);
  }

  static Report bad() {
    var origins = new java.util.HashMap<>(ORIGINS);
    origins.put(STRAY, new Origin("demo/stray.yaml", 1, Map.of()));
    var read =
        new Finding(
            Severity.ERROR,
            Optional.empty(),
            "",
            Optional.of("demo/broken.yaml:12"),
            "This is not YAML: a mapping key has no value. The objects of the last good version stay"
                + " in force.");
    var misspelt =
        new Finding(
            Severity.WARNING,
            Optional.of(ROUTE),
            "spec.hostname",
            Optional.of("demo/route.yaml:9"),
            "There is no such field; did you mean \"hostnames\"?");
    return Report.of(
        List.of(read),
        List.of(misspelt),
        statuses(
            List.of(
                no(
                    "Accepted",
                    "NoValidCACertificate",
                    "None of the policy's CA certificates can be used."),
                no(
                    "ResolvedRefs",
                    "InvalidCACertificateRef",
                    "ConfigMap default/ca was not found. Create it with the CA's PEM under the key"
                        + " ca.crt, or name another in spec.validation.caCertificateRefs."))),
        origins);
  }

  private static Map<ObjectRef, ObjectStatus> statuses(List<Condition> ofPolicy) {
    return Map.of(
        CLASS, new ObjectStatus.OfGatewayClass(List.of(yes("Accepted")), List.of()),
        GATEWAY,
            new ObjectStatus.OfGateway(
                List.of(),
                List.of(yes("Accepted"), yes("Programmed")),
                List.of(
                    new ObjectStatus.ListenerStatus(
                        "http",
                        List.of(Kind.HTTP_ROUTE),
                        1,
                        List.of(yes("Accepted"), no("Conflicted", "NoConflicts", ""))))),
        ROUTE,
            new ObjectStatus.OfRoute(
                List.of(
                    new ObjectStatus.ParentStatus(
                        0,
                        new ParentRef(
                            Kind.GATEWAY,
                            Optional.of("kgateway-system"),
                            "http",
                            Optional.empty(),
                            Optional.empty()),
                        "postern.dev/gateway-controller",
                        List.of(yes("Accepted"), yes("ResolvedRefs"))))),
        POLICY,
            new ObjectStatus.OfPolicy(
                List.of(
                    new ObjectStatus.AncestorStatus(
                        GATEWAY, Optional.empty(), "postern.dev/gateway-controller", ofPolicy))));
  }

  static Condition yes(String type) {
    return new Condition(type, Truth.TRUE, type, "", 1);
  }

  static Condition no(String type, String reason, String message) {
    return new Condition(type, Truth.FALSE, reason, message, 1);
  }
}
