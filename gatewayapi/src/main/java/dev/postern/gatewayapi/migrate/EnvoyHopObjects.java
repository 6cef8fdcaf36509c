package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Map;

/// Backends of Envoy Gateway (gateway.envoyproxy.io/v1alpha1), for hops of which a BackendTLSPolicy
/// cannot say all: skipped verification, a client certificate, versions and cipher suites. They
/// name the Service by DNS, and the `sni` is the name that is verified. A Service of type
/// ExternalName always needs one, as Envoy Gateway takes no such Service.
final class EnvoyHopObjects implements HopObjects {
  static final String GROUP = "gateway.envoyproxy.io";

  @Override
  public boolean isBackend(ServicePort port, Hop hop) {
    return !hop.tls().isEmpty() || port.dns() instanceof ServicePort.Elsewhere;
  }

  @Override
  public boolean verifies(ServicePort port, Hop hop) {
    return isBackend(port, hop);
  }

  @Override
  public void write(ServicePort port, Hop hop, List<Map<String, Object>> out) {
    if (!isBackend(port, hop)) {
      return;
    }
    Map<String, Object> endpoint =
        switch (port.dns()) {
          case ServicePort.ClusterAddress() -> endpoint(port.dnsName(), port.number());
          case ServicePort.Endpoints(int number) -> endpoint(port.dnsName(), number);
          case ServicePort.Elsewhere(String host) -> endpoint(host, port.number());
        };
    out.add(
        Trees.object(
            GROUP + "/v1alpha1",
            "Backend",
            port.namespace(),
            port.objectName(),
            Trees.map(
                "endpoints",
                List.of(Trees.map("fqdn", endpoint)),
                "appProtocols",
                hop.isHttp2() ? List.of(GROUP + "/h2c") : List.of(),
                "tls",
                tls(hop))));
  }

  private static Map<String, Object> endpoint(String host, int port) {
    return Trees.map("hostname", host, "port", port);
  }

  private static Map<String, Object> tls(Hop hop) {
    Map<String, Object> tls = Trees.map();
    hop.tls()
        .forEach((key, value) -> {
          switch (key) {
            case "insecureSkipVerify" -> tls.put(key, true);
            case "cipherSuites" -> tls.put("ciphers", value);
            default -> tls.put(key, value);
          }
        });
    hop.validation().forEach((key, value) -> tls.put(key.equals("hostname") ? "sni" : key, value));
    return tls;
  }

  @Override
  public ObjectRef unverified(ServicePort port) {
    return new ObjectRef(Kind.ENVOY_BACKEND, port.namespace(), port.objectName());
  }

  @Override
  public String remedy(ServicePort port, String authority) {
    String patch =
        "{\"spec\":{\"tls\":{\"insecureSkipVerify\":null,\"sni\":\"NAME\",\"caCertificateRefs\":"
            + "[{\"group\":\"\",\"kind\":\"ConfigMap\",\"name\":\"%s\"}]}}}".formatted(authority);
    return "kubectl patch backends.gateway.envoyproxy.io %s -n %s --type=merge -p %s"
        .formatted(
            ShellWord.of(port.objectName()), ShellWord.of(port.namespace()), ShellWord.of(patch));
  }
}
