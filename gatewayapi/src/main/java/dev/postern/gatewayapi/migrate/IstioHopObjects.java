package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// DestinationRules of Istio (networking.istio.io/v1): one for each Service, with settings for each
/// port. Where there is one it says all about TLS, since Istio puts a BackendTLSPolicy and a
/// DestinationRule for one host together only in its newer versions. Names are verified where
/// `subjectAltNames` have them.
final class IstioHopObjects implements HopObjects {
  private final Set<String> ruled = new HashSet<>();
  private final Map<String, List<Object>> rules = new HashMap<>();

  @Override
  public void expect(ServicePort port, Hop hop) {
    if (!hop.connection().isEmpty() || !hop.alike().isEmpty()) {
      ruled.add(port.reference());
    }
  }

  @Override
  public boolean verifies(ServicePort port, Hop hop) {
    return ruled.contains(port.reference());
  }

  @Override
  public Map<String, Object> validation(Hop hop) {
    Map<String, Object> validation = new LinkedHashMap<>(hop.validation());
    validation.put(
        "subjectAltNames",
        List.of(
            Trees.map("type", "Hostname", "hostname", validation.getOrDefault("hostname", ""))));
    return validation;
  }

  @Override
  public boolean readsConfigMap(Hop hop) {
    return !hop.tls().containsKey("clientCertificateRef");
  }

  @Override
  public void write(ServicePort port, Hop hop, List<Map<String, Object>> out) {
    Map<String, Object> settings =
        Trees.map(
            "port",
            Trees.map("number", port.number()),
            "connectionPool",
            hop.connectTimeout()
                .map(duration -> Trees.map("tcp", Trees.map("connectTimeout", duration)))
                .orElse(Map.of()),
            "loadBalancer",
            hop.alike().isEmpty() ? Map.of() : Trees.map("consistentHash", hop.alike()),
            "tls",
            ruled.contains(port.reference()) ? tls(port, hop) : Map.of());
    if (settings.size() > 1) {
      rules.computeIfAbsent(port.reference(), key -> rule(port, out)).add(settings);
    }
  }

  private static List<Object> rule(ServicePort port, List<Map<String, Object>> out) {
    List<Object> ports = new ArrayList<>();
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("portLevelSettings", ports);
    out.add(
        Trees.object(
            "networking.istio.io/v1",
            "DestinationRule",
            port.namespace(),
            port.service(),
            Trees.map("host", port.dnsName(), "trafficPolicy", policy)));
    return ports;
  }

  private static Map<String, Object> tls(ServicePort port, Hop hop) {
    if (hop.tls().isEmpty() && hop.validation().isEmpty()) {
      return Map.of();
    }
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put("mode", "SIMPLE");
    if (hop.tls().get("clientCertificateRef") instanceof Map<?, ?> secret) {
      tls.put("mode", "MUTUAL");
      tls.put("credentialName", Trees.text(secret, "name"));
    } else {
      for (Object ca : Trees.items(hop.validation(), "caCertificateRefs")) {
        if (ca instanceof Map<?, ?> map) {
          tls.put(
              "credentialName", "configmap://" + port.namespace() + "/" + Trees.text(map, "name"));
        }
      }
    }
    Object name = hop.validation().get("hostname");
    if (name == null) {
      tls.put("insecureSkipVerify", true);
      tls.putAll(Trees.map("sni", hop.tls().getOrDefault("sni", Map.of())));
    } else {
      tls.put("sni", name);
      tls.put("subjectAltNames", List.of(name));
    }
    return tls;
  }

  @Override
  public ObjectRef unverified(ServicePort port) {
    return new ObjectRef(Kind.DESTINATION_RULE, port.namespace(), port.service());
  }

  @Override
  public String unverifiedField() {
    return "spec.trafficPolicy.portLevelSettings";
  }

  @Override
  public String remedy(ServicePort port, String authority) {
    return "kubectl edit destinationrules.networking.istio.io %s -n %s, where port %d gets"
            .formatted(ShellWord.of(port.service()), ShellWord.of(port.namespace()), port.number())
        + " credentialName configmap://%s/%s, sni NAME and subjectAltNames [NAME] in place of"
            .formatted(port.namespace(), authority)
        + " insecureSkipVerify";
  }
}
