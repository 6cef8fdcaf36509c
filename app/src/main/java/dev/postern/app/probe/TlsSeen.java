package dev.postern.app.probe;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What was seen of a backend's TLS.
///
/// @param versions accepted, the newest first, as the TLS engines spell them
/// @param cipher of the best handshake; empty where none came to an end
/// @param alpn chosen from h2 and http/1.1; empty for none
/// @param alpnAccepted every protocol that was chosen from some offer
/// @param chain the leaf first; empty where none was shown
/// @param trouble why no handshake with TLS 1.2 or 1.3 came to an end, or the connection after it
public record TlsSeen(
    List<String> versions,
    String cipher,
    String alpn,
    List<String> alpnAccepted,
    List<X509Certificate> chain,
    ClientCertificate clientCertificate,
    Optional<String> trouble) {

  /// Of Postern's.
  public enum ClientCertificate {
    NOT_ASKED,
    /// Wanted, and done without.
    ASKED,
    DEMANDED
  }

  /// Whether something newer than TLS 1.1 is spoken.
  public boolean isModern() {
    return versions.stream().anyMatch(TlsOffer.MODERN::contains);
  }
}
