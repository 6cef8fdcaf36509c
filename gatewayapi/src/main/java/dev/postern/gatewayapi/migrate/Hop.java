package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How one port of a Service is to be reached.
///
/// @param appProtocol empty to leave the Service as it is
/// @param validation of a BackendTLSPolicy; empty for none
/// @param connection spec of a BackendConnectionPolicy without targetRefs; empty for none
/// @param skipsVerification whether TLS is spoken to whoever answers
/// @param ca the Secret whose ca.crt is trusted
record Hop(
    String appProtocol,
    Map<String, Object> validation,
    Map<String, Object> connection,
    boolean skipsVerification,
    Optional<String> ca) {
  static Hop plain(String appProtocol) {
    return new Hop(appProtocol, Map.of(), Map.of(), false, Optional.empty());
  }

  Hop withConnectTimeout(String duration) {
    Map<String, Object> more = new LinkedHashMap<>(connection);
    more.put("timeouts", Trees.map("connect", duration));
    return new Hop(appProtocol, validation, more, skipsVerification, ca);
  }
}
