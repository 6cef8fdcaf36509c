package dev.postern.e2e.hop;

/** Objects of other gateways, as a person would write them. */
final class ForeignManifests {
  private ForeignManifests() {}

  /** The {@code tls} of a BackendConfigPolicy that verifies {@link ForeignServers#NAME}. */
  static String verified(String secret) {
    return "secretRef: {name: %s}, sni: %s, verifySubjectAltNames: [%s]"
        .formatted(secret.isEmpty() ? "ca" : secret, ForeignServers.NAME, ForeignServers.NAME);
  }

  static String envoyBackend(String name, String endpoints, String tls) {
    return """
    apiVersion: gateway.envoyproxy.io/v1alpha1
    kind: Backend
    metadata: {name: %s, namespace: default}
    spec:
      endpoints: [%s]
      tls: {%s}
    """
        .formatted(name, endpoints, tls);
  }

  static String kgatewayBackend(String name, String hosts) {
    return """
    apiVersion: gateway.kgateway.dev/v1alpha1
    kind: Backend
    metadata: {name: %s, namespace: default}
    spec: {static: {hosts: [%s]}}
    """
        .formatted(name, hosts);
  }

  static String configPolicy(String name, String group, String kind, String tls) {
    return """
    apiVersion: gateway.kgateway.dev/v1alpha1
    kind: BackendConfigPolicy
    metadata: {name: %s, namespace: default}
    spec:
      targetRefs: [{group: %s, kind: %s, name: %s}]
      tls: {%s}
    """
        .formatted(name, group, kind, name, tls);
  }

  static String rule(String namespace, String name, String host, String policy) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s, namespace: %s}
    spec:
      host: %s
      trafficPolicy: {%s}
    """
        .formatted(name, namespace, host, policy);
  }
}
