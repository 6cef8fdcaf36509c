package dev.postern.app.probe;

import java.util.Optional;

/// What a backend answers to, in plaintext or over TLS.
///
/// @param http1 its answer to a request of HTTP/1.1
/// @param http2 with prior knowledge, or after ALPN chose h2
public record Spoken(
    Optional<HttpAnswer> http1,
    boolean http2,
    Optional<Grpc> grpc,
    HttpAnswer.WebSocket webSocket,
    boolean fastCgi) {
  static final Spoken NOTHING =
      new Spoken(Optional.empty(), false, Optional.empty(), HttpAnswer.WebSocket.NOT_ASKED, false);

  public boolean isHttp() {
    return http1.isPresent() || http2;
  }

  public boolean isAnything() {
    return isHttp() || fastCgi;
  }
}
