package dev.postern.app.probe;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What came of a TLS handshake.
///
/// @param version such as `TLSv1.3`; empty where it did not come to an end
/// @param alpn what was chosen; empty for nothing
/// @param chain the leaf first; also of a handshake that failed after it was shown
/// @param asked whether the backend wanted to see a client certificate
/// @param trouble why it failed, in the proxy's words
record Handshake(
    String version,
    String cipher,
    String alpn,
    List<X509Certificate> chain,
    boolean asked,
    Optional<String> trouble) {
  static final Handshake NONE =
      new Handshake("", "", "", List.of(), false, Optional.of("there was no handshake"));

  boolean isDone() {
    return !version.isEmpty();
  }
}
