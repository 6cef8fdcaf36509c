package dev.postern.gatewayapi;

import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A few names, and for each the objects that it may stand for at one time or another. */
final class Universe {
  private static final String CLASS =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: postern}
      spec: {controllerName: %s}
      """;

  private static final String GATEWAY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: %s, namespace: %s, creationTimestamp: "%s"}
      spec:
        gatewayClassName: postern
        listeners: [%s]
      """;

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: %s, namespace: a}
      spec:
        parentRefs: [%s]
        hostnames: [%s]
        rules: [%s]
      """;

  private static final String GRPC_ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GRPCRoute
      metadata: {name: %s, namespace: a, creationTimestamp: "%s"}
      spec:
        parentRefs: [%s]
        hostnames: [%s]
        rules: [{matches: [{method: {service: x.Y}}], backendRefs: [{name: s1, port: 80}]}]
      """;

  /** Brings something to the hop. */
  private static final String CONSENTING_GATEWAY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata:
        name: %s
        namespace: a
        annotations: {postern.dev/allow-insecure-backends: "true"}
      spec:
        gatewayClassName: postern
        listeners: [{name: l1, protocol: HTTP, port: 80}]
      """;

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: %s, namespace: %s}
      spec: {ports: [%s]}
      """;

  private static final String SLICE =
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: %s, namespace: a, labels: {kubernetes.io/service-name: %s}}
      addressType: IPv4
      endpoints: [{addresses: [%s]}]
      ports: [{name: %s, port: 8080}]
      """;

  private static final String POLICY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: %s, namespace: a, creationTimestamp: "%s"}
      spec:
        targetRefs: [{group: "", kind: Service, name: %s%s}]
        validation: {hostname: %s, %s}
      """;

  private static final String GRANT =
      """
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: {name: grant, namespace: b}
      spec:
        from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: %s}]
        to: [{group: "", kind: Service%s}]
      """;

  private static final String NAMESPACE =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: a, labels: {team: %s}}
      """;

  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: %s, namespace: a}
      data: {ca.crt: "%s"}
      """;

  private static final String CONNECTION_POLICY =
      """
      apiVersion: postern.dev/v1alpha1
      kind: BackendConnectionPolicy
      metadata: {name: %s, namespace: a, creationTimestamp: "%s"}
      spec:
        targetRefs: [{group: "", kind: Service, name: %s%s}]
        %s
      """;

  private static final String DESTINATION_RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: %s, namespace: %s, creationTimestamp: "%s"}
      spec: {host: "%s", trafficPolicy: {%s}}
      """;

  private static final String CONFIG_POLICY =
      """
      apiVersion: gateway.kgateway.dev/v1alpha1
      kind: BackendConfigPolicy
      metadata: {name: c1, namespace: a}
      spec:
        %s
        connectTimeout: %s
      """;

  private static final String X_BACKEND =
      """
      apiVersion: gateway.networking.x-k8s.io/v1alpha1
      kind: XBackend
      metadata: {name: x1, namespace: a}
      spec:
        type: ExternalHostname
        externalHostname: {hostname: x.example.com}
        port: {port: 443}
        %s
      """;

  private static final String ENVOY_BACKEND =
      """
      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: Backend
      metadata: {name: e1, namespace: a}
      spec: {endpoints: [{%s}], %s}
      """;

  private final Map<ObjectRef, List<Resource>> variants = new LinkedHashMap<>();

  Universe(String caPem, String otherCaPem, String keyPem) {
    add(CLASS, "postern.dev/gateway-controller");
    add(CLASS, "somebody.else/controller");
    gateways();
    new ByteUniverse(this::add, caPem, keyPem).add();
    routes();
    grpcRoutes();
    add(CONSENTING_GATEWAY, "g1");
    add(CONSENTING_GATEWAY, "g2");
    services();
    policies();
    connections();
    add(GRANT, "a", "");
    add(GRANT, "a", ", name: s1");
    add(GRANT, "elsewhere", "");
    add(NAMESPACE, "red");
    add(NAMESPACE, "blue");
    for (String name : List.of("ca1", "ca2")) {
      add(CONFIG_MAP, name, caPem.replace("\n", "\\n"));
      add(CONFIG_MAP, name, otherCaPem.replace("\n", "\\n"));
      add(CONFIG_MAP, name, "");
    }
  }

  private void gateways() {
    for (String name : List.of("g1", "g2")) {
      for (String created : List.of("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")) {
        add(GATEWAY, name, "a", created, "{name: l1, protocol: HTTP, port: 80}");
        add(
            GATEWAY,
            name,
            "a",
            created,
            "{name: l1, protocol: HTTP, port: 80},"
                + "{name: l2, protocol: HTTP, port: 80, hostname: x.example.com}");
        add(
            GATEWAY,
            name,
            "a",
            created,
            "{name: l1, protocol: HTTP, port: 81, hostname: '*.example.com', allowedRoutes:"
                + " {namespaces: {from: Selector, selector: {matchLabels: {team: red}}}}},"
                + "{name: l2, protocol: TCP, port: 80}");
        add(
            GATEWAY,
            name,
            "a",
            created,
            "{name: l1, protocol: HTTP, port: 80}, {name: l3, protocol: HTTPS, port: 443, tls:"
                + " {certificateRefs: [{name: missing}]}}");
      }
    }
  }

  private void grpcRoutes() {
    for (String name : List.of("r1", "r4")) {
      for (String created : List.of("1970-01-01T00:00:00Z", "2025-01-01T00:00:00Z")) {
        for (String parent : List.of("{name: g1}", "{name: g1}, {name: g2}")) {
          for (String host : List.of("", "x.example.com", "'*.example.com'")) {
            add(GRPC_ROUTE, name, created, parent, host);
          }
        }
      }
    }
  }

  private void routes() {
    List<String> parents =
        List.of("{name: g1}", "{name: g1}, {name: g2}", "{name: g2, sectionName: l2}");
    List<String> hosts = List.of("", "x.example.com", "'*.example.com', y.example.org");
    List<String> rules =
        List.of(
            "{backendRefs: [{name: s1, port: 80}]}",
            "{matches: [{path: {value: /a}}, {path: {type: Exact, value: /b}}], backendRefs:"
                + " [{name: s2, port: 81, weight: 3}, {name: s1, namespace: b, port: 80}]}",
            "{matches: [{path: {type: RegularExpression, value: '(x'}}]},"
                + " {backendRefs: [{name: s2, port: 80}]}",
            "{backendRefs: [{group: gateway.networking.x-k8s.io, kind: XBackend, name: x1}, {group:"
                + " gateway.envoyproxy.io, kind: Backend, name: e1, port: 1}]}",
            "{backendRefs: [{name: s3, port: 80, weight: 0}]}");
    for (String name : List.of("r1", "r2", "r3")) {
      for (String parent : parents) {
        for (String host : hosts) {
          for (String rule : rules) {
            add(ROUTE, name, parent, host, rule);
          }
        }
      }
    }
  }

  private void services() {
    for (String name : List.of("s1", "s2")) {
      add(SERVICE, name, "a", "{name: p, port: 80}");
      add(SERVICE, name, "a", "{name: p, port: 80}, {name: q, port: 81, appProtocol: https}");
      add(SERVICE, name, "a", "{name: p, port: 80, appProtocol: mysql}, {name: q, port: 81}");
      add(SERVICE, name, "a", "{name: p, port: 80, appProtocol: postern.dev/auto-http}");
      add(SLICE, name + "-1", name, "127.0.0.1", "p");
      add(SLICE, name + "-1", name, "127.0.0.2, 127.0.0.3", "q");
      add(SLICE, name + "-2", name, "127.0.0.4", "p");
      add(SLICE, name + "-2", "s1", "127.0.0.4", "p");
    }
    add(SERVICE, "s1", "b", "{name: p, port: 80}");
  }

  private void connections() {
    for (String name : List.of("b1", "b2")) {
      for (String created : List.of("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")) {
        add(CONNECTION_POLICY, name, created, "s1", "", "protocol: HTTP2");
        add(CONNECTION_POLICY, name, created, "s1", ", sectionName: p", "timeouts: {idle: 1s}");
        add(CONNECTION_POLICY, name, created, "s2", "", "tls: {insecureSkipVerify: All}");
        add(
            CONNECTION_POLICY,
            name,
            created,
            "s1",
            "",
            "tls: {insecureSkipVerify: Hostname, caCertificateRefs: [{group: '', kind: ConfigMap,"
                + " name: ca1}]}");
        add(
            CONNECTION_POLICY,
            name,
            created,
            "s2",
            "",
            "fastCGI: {paramsConfigMapRef: {name: ca2}}");
        for (String host : List.of("s1", "s2.a.svc.cluster.local", "*.a.svc.cluster.local")) {
          add(
              DESTINATION_RULE,
              name,
              "a",
              created,
              host,
              "tls: {mode: SIMPLE, credentialName: 'configmap://a/ca1', subjectAltNames: [x.y]}");
          add(DESTINATION_RULE, name, "a", created, host, "tls: {mode: ISTIO_MUTUAL}");
        }
      }
    }
    add(DESTINATION_RULE, "b3", "b", "2025-01-01T00:00:00Z", "s1", "tls: {mode: DISABLE}");
    add(CONFIG_POLICY, "targetRefs: [{group: '', kind: Service, name: s1}]", "1s");
    add(CONFIG_POLICY, "targetSelectors: [{group: '', kind: Service, matchLabels: {}}]", "2s");
    add(X_BACKEND, "protocol: HTTP2");
    add(
        X_BACKEND,
        "tls: {mode: ServerOnly, validation: {hostname: x.y, caCertificateRefs: [{group: '', kind:"
            + " ConfigMap, name: ca1}]}}");
    add(ENVOY_BACKEND, "ip: {address: 127.0.0.9, port: 1}", "tls: {insecureSkipVerify: true}");
    add(ENVOY_BACKEND, "fqdn: {hostname: e.example.com, port: 2}", "type: Endpoints");
    add(ENVOY_BACKEND, "unix: {path: /x}", "type: Endpoints");
  }

  private void policies() {
    List<String> trust =
        List.of(
            "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca1}]",
            "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca1}, {group: '', kind:"
                + " ConfigMap, name: ca2}]",
            "wellKnownCACertificates: System",
            "wellKnownCACertificates: example.com/Mine");
    for (String name : List.of("p1", "p2")) {
      for (String target : List.of("s1", "s2", "gone")) {
        for (String section : List.of("", ", sectionName: q", ", sectionName: none")) {
          for (String each : trust) {
            add(POLICY, name, "2025-01-01T00:00:00Z", target, section, name + ".example.com", each);
          }
        }
      }
    }
    add(POLICY, "p2", "2024-01-01T00:00:00Z", "s1", "", "older.example.com", trust.getFirst());
  }

  private void add(String template, Object... values) {
    var loaded = Manifest.load("universe.yaml", template.formatted(values));
    if (loaded.resources().size() != 1) {
      throw new IllegalStateException(template.formatted(values) + loaded.findings());
    }
    Resource object = loaded.resources().getFirst();
    variants.computeIfAbsent(object.ref(), _ -> new ArrayList<>()).add(object);
  }

  List<ObjectRef> names() {
    return List.copyOf(variants.keySet());
  }

  List<Resource> variants(ObjectRef name) {
    return List.copyOf(variants.getOrDefault(name, List.of()));
  }
}
