package dev.postern.gatewayapi;

import java.util.List;

/** The part of the {@link Universe} about ListenerSets and about routes of bytes. */
final class ByteUniverse {
  private static final String GATEWAY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: g3, namespace: a}
      spec:
        gatewayClassName: postern
        addresses: [%s]
        allowedListeners: {namespaces: {from: %s}}
        listeners: [%s]
      """;

  private static final String LISTENER_SET =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: ListenerSet
      metadata: {name: %s, namespace: %s, creationTimestamp: "%s"}
      spec:
        parentRef: {name: %s, namespace: a}
        listeners: [%s]
      """;

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: %s
      metadata: {name: %s, namespace: a, creationTimestamp: "%s"}
      spec:
        parentRefs: [%s]
        %s
        rules: [{backendRefs: [%s]}]
      """;

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: s3, namespace: a}
      spec: {ports: [%s]}
      """;

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: certificate, namespace: a}
      type: kubernetes.io/tls
      stringData: {tls.crt: "%s", tls.key: "%s"}
      """;

  private static final String GRANT =
      """
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: {name: more, namespace: a}
      spec:
        from: [{group: gateway.networking.k8s.io, kind: %s, namespace: b}]
        to: [{group: "", kind: Secret}]
      """;

  private static final String KGATEWAY_BACKEND =
      """
      apiVersion: gateway.kgateway.dev/v1alpha1
      kind: Backend
      metadata: {name: k1, namespace: a}
      spec: {%s}
      """;

  /** What takes an object that is written so. */
  @FunctionalInterface
  interface Adding {
    void add(String template, Object... values);
  }

  private final Adding all;
  private final String certificate;
  private final String key;

  ByteUniverse(Adding all, String certificate, String key) {
    this.all = all;
    this.certificate = certificate.replace("\n", "\\n");
    this.key = key.replace("\n", "\\n");
  }

  void add() {
    gateways();
    listenerSets();
    routes();
    for (String ports :
        List.of(
            "{name: p, port: 90}",
            "{name: p, port: 90, protocol: UDP}",
            "{name: p, port: 90}, {name: u, port: 90, protocol: UDP}")) {
      all.add(SERVICE, ports);
    }
    all.add(SECRET, certificate, key);
    all.add(SECRET, certificate, "");
    all.add(GRANT, "ListenerSet");
    all.add(GRANT, "Gateway");
    all.add(KGATEWAY_BACKEND, "type: Static, static: {hosts: [{host: k.example.com, port: 9}]}");
    all.add(KGATEWAY_BACKEND, "static: {hosts: [{host: 127.0.0.8, port: 9}]}, appProtocol: http2");
  }

  private void gateways() {
    for (String addresses :
        List.of(
            "",
            "{value: 127.0.0.9}, {value: 127.0.0.1}",
            "{type: Hostname, value: x.test}, {value: 127.0.0.9}")) {
      for (String from : List.of("None", "Same", "All", "Selector, selector: {matchLabels: {}}")) {
        for (String listeners :
            List.of(
                "{name: l1, protocol: HTTP, port: 90}",
                "{name: l1, protocol: TLS, port: 90, hostname: '*.example.com', tls: {mode:"
                    + " Passthrough}}, {name: l2, protocol: UDP, port: 90}",
                "{name: l1, protocol: TLS, port: 90, tls: {certificateRefs: [{name: certificate}],"
                    + " mode: Terminate}}, {name: l2, protocol: HTTPS, port: 90, hostname:"
                    + " x.example.com, tls: {certificateRefs: [{name: certificate}]}}",
                "{name: l1, protocol: TCP, port: 90}, {name: l2, protocol: TCP, port: 91}")) {
          all.add(GATEWAY, addresses, from, listeners);
        }
      }
    }
  }

  private void listenerSets() {
    for (String namespace : List.of("a", "b")) {
      for (String name : List.of("m1", "m2")) {
        for (String parent : List.of("g3", "g1", "gone")) {
          for (String created : List.of("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")) {
            for (String listeners :
                List.of(
                    "{name: l1, protocol: HTTP, port: 90, hostname: x.example.com}",
                    "{name: l1, protocol: TCP, port: 90}, {name: l3, protocol: UDP, port: 92}",
                    "{name: l3, protocol: HTTPS, port: 90, tls: {certificateRefs: [{name:"
                        + " certificate, namespace: a}]}, allowedRoutes: {namespaces: {from:"
                        + " All}}}")) {
              all.add(LISTENER_SET, name, namespace, created, parent, listeners);
            }
          }
        }
      }
    }
  }

  private void routes() {
    List<String> parents =
        List.of(
            "{name: g3}",
            "{name: g3, sectionName: l1}, {kind: ListenerSet, group: gateway.networking.k8s.io,"
                + " name: m1}",
            "{kind: ListenerSet, group: gateway.networking.k8s.io, name: m1, port: 90}, {kind:"
                + " ListenerSet, group: gateway.networking.k8s.io, name: m2, namespace: b}");
    List<String> backends =
        List.of(
            "{name: s3, port: 90}",
            "{name: s3, port: 90, weight: 2}, {name: gone, port: 1}",
            "{name: s1, namespace: b, port: 80}, {group: gateway.kgateway.dev, kind: Backend,"
                + " name: k1}");
    for (String name : List.of("t1", "t2")) {
      for (String created : List.of("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")) {
        for (String parent : parents) {
          for (String backend : backends) {
            for (String host : List.of("x.example.com", "'*.example.com'")) {
              route("TLSRoute", name, created, parent, "hostnames: [" + host + "]", backend);
            }
            route("TCPRoute", name, created, parent, "", backend);
            route("UDPRoute", name, created, parent, "", backend);
            route("HTTPRoute", name, created, parent, "", backend);
          }
        }
      }
    }
  }

  private void route(
      String kind, String name, String created, String parent, String hosts, String backend) {
    all.add(ROUTE, kind, name, created, parent, hosts, backend);
  }
}
