package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.LyingBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;

/** Answers each line with its name and how it was reached, on one line. */
final class BytesEcho implements AutoCloseable {
  private final LyingBackend server;

  private BytesEcho(LyingBackend server) {
    this.server = server;
  }

  static BytesEcho plain(String name) {
    return new BytesEcho(LyingBackend.plain(wire -> serve(name, wire)));
  }

  static BytesEcho tls(String name, Certificates certificate) {
    return new BytesEcho(LyingBackend.tls(certificate.serverContext(), wire -> serve(name, wire)));
  }

  private static void serve(String name, LyingBackend.Wire wire) throws IOException {
    String how = "";
    if (wire.socket() instanceof SSLSocket tls) {
      tls.startHandshake();
      List<SNIServerName> names = ((ExtendedSSLSession) tls.getSession()).getRequestedServerNames();
      how = " tls " + (names.isEmpty() ? "" : ((SNIHostName) names.getFirst()).getAsciiName());
    }
    for (int next = wire.in().read(); next >= 0; next = wire.in().read()) {
      if (next == '\n') {
        wire.out().write((name + how + "\n").getBytes(StandardCharsets.US_ASCII));
        wire.out().flush();
      }
    }
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
