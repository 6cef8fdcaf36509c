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
    return Trees.copy(Trees.child(connection, "tls"));
  }

  Optional<String> connectTimeout() {
    return timeout(TimeoutFamily.CONNECT);
  }

  /// A time as the Gateway API has it, in seconds.
  Optional<String> timeout(String key) {
    return Optional.of(Trees.text(Trees.child(connection, "timeouts"), key))
        .filter(duration -> !duration.isEmpty());
  }

  boolean isHttp2() {
    return appProtocol.equals("kubernetes.io/h2c");
  }

  Hop withTimeout(String key, String duration) {
    Map<String, Object> times = Trees.copy(Trees.child(connection, "timeouts"));
    times.put(key, duration);
    Map<String, Object> more = new LinkedHashMap<>(connection);
    more.put("timeouts", times);
    return new Hop(appProtocol, validation, more, skipsVerification, ca, alike);
  }

  /// The same with the longer of both's times, where an unsaid one is the usual.
  Hop waitingAsLongAs(Hop other) {
    Hop longest = this;
    for (String key : TimeoutFamily.USUAL.keySet()) {
      if (longest.seconds(key) != other.seconds(key)) {
        int seconds = Math.max(longest.seconds(key), other.seconds(key));
        longest = longest.withTimeout(key, seconds + "s");
      }
    }
    return longest;
  }

  /// The usual where nothing is said.
  int seconds(String key) {
    return timeout(key)
        .map(text -> Integer.parseInt(text.substring(0, text.length() - 1)))
        .orElse(TimeoutFamily.USUAL.getOrDefault(key, 0));
  }

  private Hop withoutTimeouts() {
    Map<String, Object> less = new LinkedHashMap<>(connection);
    less.remove("timeouts");
    return new Hop(appProtocol, validation, less, skipsVerification, ca, alike);
  }

  /// Whether they differ in nothing but what two paths may want of one port.
  boolean reachesAs(Hop other) {
    return withoutTimeouts()
        .withAlike(Map.of())
        .equals(other.withoutTimeouts().withAlike(Map.of()));
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
