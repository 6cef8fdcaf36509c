package dev.postern.app.probe;

import java.util.List;

/// What a handshake of the probe offers.
///
/// @param versions as the TLS engines spell them
/// @param alpn none to send no list
/// @param serverName empty for none
record TlsOffer(List<String> versions, List<String> alpn, String serverName) {
  static final List<String> MODERN = List.of("TLSv1.3", "TLSv1.2");
  static final List<String> OLD = List.of("TLSv1.1", "TLSv1");
  static final List<String> ALPN = List.of("h2", "http/1.1");

  static TlsOffer all(String serverName) {
    return new TlsOffer(MODERN, ALPN, serverName);
  }

  TlsOffer withVersions(List<String> other) {
    return new TlsOffer(other, alpn, serverName);
  }

  TlsOffer withAlpn(List<String> other) {
    return new TlsOffer(versions, other, serverName);
  }
}
