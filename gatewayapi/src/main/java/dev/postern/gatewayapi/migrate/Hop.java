package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How one port of a Service is to be reached.
///
/// @param appProtocol empty to leave the Service as it is
/// @param validation of a BackendTLSPolicy; empty for none
/// @param connection spec of a BackendConnectionPolicy without targetRefs; empty for none
/// @param skipsVerification whether TLS is spoken to whoever answers
/// @param ca the Secret whose ca.crt is trusted
/// @param alike what requests have to be alike in to go to one endpoint, in the target's words;
///   empty for nothing
record Hop(
    String appProtocol,
    Map<String, Object> validation,
    Map<String, Object> connection,
    boolean skipsVerification,
    Optional<String> ca,
    Map<String, Object> alike) {
  Hop(
      String appProtocol,
      Map<String, Object> validation,
      Map<String, Object> connection,
      boolean skipsVerification,
      Optional<String> ca) {
    this(appProtocol, validation, connection, skipsVerification, ca, Map.of());
  }

  static Hop plain(String appProtocol) {
    return new Hop(appProtocol, Map.of(), Map.of(), false, Optional.empty());
  }

  /// What the connection says of TLS.
  Map<String, Object> tls() {
    Map<String, Object> tls = new LinkedHashMap<>();
    Trees.child(connection, "tls").forEach((key, value) -> tls.put(String.valueOf(key), value));
    return tls;
  }

  /// As the Gateway API has it.
  Optional<String> connectTimeout() {
    return Optional.of(Trees.text(Trees.child(connection, "timeouts"), "connect"))
        .filter(duration -> !duration.isEmpty());
  }

  boolean isHttp2() {
    return appProtocol.equals("kubernetes.io/h2c");
  }

  Hop withConnectTimeout(String duration) {
    Map<String, Object> more = new LinkedHashMap<>(connection);
    more.put("timeouts", Trees.map("connect", duration));
    return new Hop(appProtocol, validation, more, skipsVerification, ca, alike);
  }

  /// The ConfigMap in which the CA is.
  Hop withAuthority(Map<String, Object> reference) {
    Map<String, Object> more = new LinkedHashMap<>(validation);
    more.put("caCertificateRefs", List.of(reference));
    return new Hop(appProtocol, more, connection, skipsVerification, ca, alike);
  }

  Hop withAlike(Map<String, Object> hash) {
    return new Hop(appProtocol, validation, connection, skipsVerification, ca, hash);
  }
}
