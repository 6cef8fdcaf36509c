package dev.postern.app.probe;

import dev.postern.app.certificate.CertificatePem;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Objects of the core group and the Gateway API for one [WantedService], as maps and lists.
final class Manifests {
  private static final String POLICIES = "gateway.networking.k8s.io/v1";

  private final WantedService service;

  Manifests(WantedService service) {
    this.service = service;
  }

  String caName() {
    return service.name() + "-ca";
  }

  String clientName() {
    return service.name() + "-client";
  }

  /// A Service for endpoints of its own, or for a name that DNS knows.
  ///
  /// @param external empty for endpoints
  Map<String, Object> service(String appProtocol, String portName, String external) {
    Map<String, Object> spec = new LinkedHashMap<>();
    if (!external.isEmpty()) {
      spec.put("type", "ExternalName");
      spec.put("externalName", external);
    }
    spec.put(
        "ports",
        List.of(map("name", portName, "port", service.port(), "appProtocol", appProtocol)));
    return object("v1", "Service", service.name(), "spec", spec);
  }

  Map<String, Object> endpoints(String portName, InetSocketAddress address) {
    String text = address.getAddress().getHostAddress().replaceFirst("%.*", "");
    Map<String, Object> slice =
        object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            service.name() + "-1",
            "addressType",
            text.indexOf(':') >= 0 ? "IPv6" : "IPv4");
    Map<String, Object> meta = meta(service.name() + "-1");
    meta.put("labels", map("kubernetes.io/service-name", service.name()));
    slice.put("metadata", meta);
    slice.put("ports", List.of(map("name", portName, "port", address.getPort())));
    slice.put("endpoints", List.of(map("addresses", List.of(text))));
    return slice;
  }

  Map<String, Object> authority(X509Certificate certificate) {
    return object(
        "v1", "ConfigMap", caName(), "data", map("ca.crt", CertificatePem.of(certificate)));
  }

  Map<String, Object> tlsPolicy(Trusts trusts, Trusts.Judged chosen) {
    Map<String, Object> validation = new LinkedHashMap<>();
    String own = service.name() + "." + service.namespace() + ".svc";
    validation.put("hostname", trusts.hostname().isEmpty() ? own : trusts.hostname());
    trusts
        .uri()
        .ifPresent(
            uri -> validation.put("subjectAltNames", List.of(map("type", "URI", "uri", uri))));
    if (chosen.anchor().isPresent()) {
      validation.put(
          "caCertificateRefs", List.of(map("group", "", "kind", "ConfigMap", "name", caName())));
    } else {
      validation.put("wellKnownCACertificates", "System");
    }
    return object(
        POLICIES,
        "BackendTLSPolicy",
        service.name() + "-tls",
        "spec",
        map("targetRefs", targets(), "validation", validation));
  }

  /// @param minVersion empty for the usual
  Map<String, Object> connectionPolicy(boolean clientCertificate, String minVersion) {
    Map<String, Object> tls = new LinkedHashMap<>();
    if (clientCertificate) {
      tls.put("clientCertificateRef", map("name", clientName()));
    }
    if (!minVersion.isEmpty()) {
      tls.put("minVersion", minVersion);
    }
    return object(
        "postern.dev/v1alpha1",
        "BackendConnectionPolicy",
        service.name() + "-connection",
        "spec",
        map("targetRefs", targets(), "tls", tls));
  }

  /// For `kubectl patch`, in JSON of one line.
  String patch(String appProtocol) {
    return "kubectl patch service -n %s %s --type=strategic -p '{\"spec\":{\"ports\":[{\"port\":%d,\"appProtocol\":\"%s\"}]}}'"
        .formatted(service.namespace(), service.name(), service.port(), appProtocol);
  }

  private List<Object> targets() {
    return List.of(map("group", "", "kind", "Service", "name", service.name()));
  }

  private Map<String, Object> object(
      String version, String kind, String name, String field, Object value) {
    return map("apiVersion", version, "kind", kind, "metadata", meta(name), field, value);
  }

  private Map<String, Object> meta(String name) {
    return map("name", name, "namespace", service.namespace());
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
