package dev.postern.gatewayapi;

import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.List;

/** A Gateway with a route, a Service, an EndpointSlice and a policy of its own for each number. */
final class ManyObjects {
  private static final String SHARED =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: postern}
      spec: {controllerName: postern.dev/gateway-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: http}
      spec:
        gatewayClassName: postern
        listeners: [{name: http, protocol: HTTP, port: 8080}]
      """;

  private static final String EACH =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: r%1$d}
      spec:
        parentRefs: [{name: http}]
        hostnames: [%2$s]
        rules:
          - matches: [{path: {value: /p%1$d}}]
            backendRefs: [{name: s%1$d, port: 443}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: s%1$d}
      spec: {ports: [{name: tls, port: 443}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: s%1$d-1, labels: {kubernetes.io/service-name: s%1$d}}
      addressType: IPv4
      endpoints: [{addresses: [127.0.0.1]}]
      ports: [{name: tls, port: 8443}]
      """;

  private static final String POLICY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: p%1$d}
      spec:
        targetRefs: [{group: "", kind: Service, name: s%1$d}]
        validation:
          hostname: s%1$d.example.com
          caCertificateRefs: [{group: "", kind: ConfigMap, name: %2$s}]
      """;

  private ManyObjects() {}

  /** All of them, with one CA for all and one of its own for the first. */
  static List<Resource> of(int count, boolean oneHost, String caPem) {
    List<Resource> all = new ArrayList<>(read(SHARED));
    all.add(ca("ca", caPem));
    all.add(ca("own", caPem));
    for (int i = 0; i < count; i++) {
      all.addAll(read(EACH.formatted(i, oneHost ? "example.com" : "h" + i + ".example.com")));
      all.add(policy(i));
    }
    return all;
  }

  static Resource policy(int number) {
    return read(POLICY.formatted(number, number == 0 ? "own" : "ca")).getFirst();
  }

  static Resource ca(String name, String pem) {
    String indented = pem.strip().replace("\n", "\n    ");
    return read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata:\n  ca.crt: |\n    %s\n"
            .formatted(name, indented))
        .getFirst();
  }

  static Resource movedEndpoint(int number, int port) {
    return read(EACH.formatted(number, "x").replace("port: 8443", "port: " + port)).getLast();
  }

  static Resource movedRoute(int number, String host) {
    return read(EACH.formatted(number, host)).getFirst();
  }

  private static List<Resource> read(String text) {
    return Manifest.load("many.yaml", text).resources();
  }
}
