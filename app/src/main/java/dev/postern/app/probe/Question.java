package dev.postern.app.probe;

import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.function.Predicate;

/// What is said on one connection.
sealed interface Question {

  /// @param enough whether these bytes are a whole answer
  record Bytes(byte[] bytes, Predicate<byte[]> enough) implements Question {}

  /// One request over HTTP/2, in plaintext with prior knowledge.
  record Http2(Http2Headers fields, byte[] body) implements Question {}

  /// Nothing: it listens, for so long once it is connected.
  record Silence(Duration quiet) implements Question {}

  /// Nothing: the handshake is all.
  static Question handshake() {
    return new Bytes(new byte[0], heard -> true);
  }
}
