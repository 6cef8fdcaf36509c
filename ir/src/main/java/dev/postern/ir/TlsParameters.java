package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// Limits on what TLS may negotiate.
///
/// @param minVersion absent for TLS 1.2
/// @param maxVersion absent for TLS 1.3
/// @param cipherSuites OpenSSL or IANA names, for TLS 1.2; none for the data plane's own
/// @param alpnProtocols offered instead of what the protocol asks for; none for that
public record TlsParameters(
    Optional<Version> minVersion,
    Optional<Version> maxVersion,
    List<String> cipherSuites,
    List<String> alpnProtocols) {

  /// Nothing said.
  public static final TlsParameters DEFAULT =
      new TlsParameters(Optional.empty(), Optional.empty(), List.of(), List.of());

  /// Versions of TLS, the oldest first.
  public enum Version {
    TLS_1_0("TLSv1"),
    TLS_1_1("TLSv1.1"),
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String text;

    Version(String text) {
      this.text = text;
    }

    /// As Envoy's stats and the TLS engines spell it.
    public String text() {
      return text;
    }
  }

  public TlsParameters {
    cipherSuites = List.copyOf(cipherSuites);
    alpnProtocols = List.copyOf(alpnProtocols);
  }
}
