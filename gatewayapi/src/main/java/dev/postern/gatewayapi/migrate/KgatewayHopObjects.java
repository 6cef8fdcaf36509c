package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// BackendConfigPolicies of kgateway (gateway.kgateway.dev/v1alpha1). They know no ports. Of
/// `secretRef`, `insecureSkipVerify` and `wellKnownCACertificates` they take one; an `sni` is not
/// verified, `verifySubjectAltNames` are; and ALPN is offered only if `alpnProtocols` say so.
final class KgatewayHopObjects implements HopObjects {
  @Override
  public boolean isForAllPorts(Hop hop) {
    return !hop.connection().isEmpty() || verifiesHere(hop);
  }

  @Override
  public boolean verifies(ServicePort port, Hop hop) {
    return verifiesHere(hop);
  }

  /// A BackendTLSPolicy stands for the whole of `tls`, and offers no ALPN, which gRPC needs.
  private static boolean verifiesHere(Hop hop) {
    return !hop.validation().isEmpty() && (!hop.tls().isEmpty() || hop.isHttp2());
  }

  @Override
  public boolean readsConfigMap(Hop hop) {
    return false;
  }

  @Override
  public void write(ServicePort port, Hop hop, List<Map<String, Object>> out) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("targetRefs", List.of(port.target()));
    hop.connectTimeout().ifPresent(duration -> spec.put("connectTimeout", duration));
    if (!hop.tls().isEmpty() || verifiesHere(hop)) {
      spec.put("tls", tls(hop));
    }
    if (spec.size() > 1) {
      out.add(
          Trees.object(
              "gateway.kgateway.dev/v1alpha1",
              "BackendConfigPolicy",
              port.namespace(),
              port.objectName(),
              spec));
    }
  }

  private static Map<String, Object> tls(Hop hop) {
    Map<String, Object> tls = new LinkedHashMap<>();
    Object name = hop.validation().get("hostname");
    if (name == null) {
      tls.put("insecureSkipVerify", true);
      tls.putAll(Trees.map("sni", hop.tls().getOrDefault("sni", Map.of())));
    } else {
      hop.ca()
          .ifPresentOrElse(
              secret -> tls.put("secretRef", Trees.map("name", Objects.nameOf(secret))),
              () -> tls.put("wellKnownCACertificates", "System"));
      tls.put("sni", name);
      tls.put("verifySubjectAltNames", List.of(name));
    }
    if (hop.isHttp2()) {
      tls.put("alpnProtocols", List.of("h2"));
    }
    Map<String, Object> parameters = new LinkedHashMap<>(hop.tls());
    parameters.keySet().retainAll(List.of("minVersion", "maxVersion", "cipherSuites"));
    if (!parameters.isEmpty()) {
      tls.put("parameters", parameters);
    }
    return tls;
  }

  @Override
  public ObjectRef unverified(ServicePort port) {
    return new ObjectRef(Kind.BACKEND_CONFIG_POLICY, port.namespace(), port.objectName());
  }
}
