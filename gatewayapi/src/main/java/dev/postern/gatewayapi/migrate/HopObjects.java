package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Map;

/// The objects with which a target says about a hop what the Gateway API has no word for. A hop's
/// `connection` is in the words of a BackendConnectionPolicy, and they put it into their own.
sealed interface HopObjects
    permits PosternHopObjects, EnvoyHopObjects, KgatewayHopObjects, IstioHopObjects {

  /// For one migration.
  static HopObjects of(Target target) {
    return switch (target) {
      case POSTERN, STANDARD -> new PosternHopObjects();
      case ENVOY_GATEWAY -> new EnvoyHopObjects();
      case KGATEWAY -> new KgatewayHopObjects();
      case ISTIO -> new IstioHopObjects();
    };
  }

  /// Called for every hop before any is written.
  default void expect(ServicePort port, Hop hop) {}

  /// Whether routes name a Backend of Envoy Gateway in place of the Service.
  default boolean isBackend(ServicePort port, Hop hop) {
    return false;
  }

  /// Whether what is said of one port holds for all ports of the Service.
  default boolean isForAllPorts(Hop hop) {
    return false;
  }

  /// Whether these objects say who is trusted, so that there must be no BackendTLSPolicy besides.
  default boolean verifies(ServicePort port, Hop hop) {
    return false;
  }

  /// Whether the ca.crt has to be in a ConfigMap for these objects.
  default boolean readsConfigMap(Hop hop) {
    return true;
  }

  /// The `validation` of a BackendTLSPolicy.
  default Map<String, Object> validation(Hop hop) {
    return hop.validation();
  }

  void write(ServicePort port, Hop hop, List<Map<String, Object>> out);

  /// The object in which a hop's verification is skipped.
  ObjectRef unverified(ServicePort port);

  /// Where in that object.
  default String unverifiedField() {
    return "spec.tls.insecureSkipVerify";
  }

  /// The command that ends that, with the name of the backend's certificate in place of NAME.
  ///
  /// @param authority the ConfigMap with its CA
  default String remedy(ServicePort port, String authority) {
    String section = port.name().isEmpty() ? "" : ",\"sectionName\":\"" + port.name() + "\"";
    String policy =
        "{\"apiVersion\":\"gateway.networking.k8s.io/v1\",\"kind\":\"BackendTLSPolicy\","
            + "\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\"},"
                .formatted(port.objectName(), port.namespace())
            + "\"spec\":{\"targetRefs\":[{\"group\":\"\",\"kind\":\"Service\",\"name\":\"%s\"%s}],"
                .formatted(port.service(), section)
            + "\"validation\":{\"hostname\":\"NAME\",\"caCertificateRefs\":"
            + "[{\"group\":\"\",\"kind\":\"ConfigMap\",\"name\":\"%s\"}]}}}".formatted(authority);
    return "echo " + ShellWord.of(policy) + " | kubectl apply -f -";
  }
}
