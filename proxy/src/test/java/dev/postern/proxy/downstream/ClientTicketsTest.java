package dev.postern.proxy.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The session tickets that a client gets with the first response on its connection.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientTicketsTest {

  /// They come in the same buffer, which has room for them behind some lengths and not others.
  @Test
  void theFirstResponseIsWholeWhateverItsLength() throws Exception {
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    SslContext tls =
        SslContextBuilder.forServer(identity.getKeyPair().getPrivate(), identity.getCertificate())
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols("TLSv1.3")
            .build();
    SSLSocketFactory clients = Http2TrafficTest.trusting(identity).getSocketFactory();
    try (HttpBackend backend =
            new HttpBackend(exchange -> {
              int length = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
              try (exchange) {
                exchange.sendResponseHeaders(200, length);
                exchange.getResponseBody().write(new byte[length]);
              }
            });
        TestProxy proxy = new TestProxy(backend.port(), tls, Timeouts.DEFAULT, Limits.DEFAULT)) {
      for (int length = 3_000; length < 20_000; length += 200) {
        try (SSLSocket client =
            (SSLSocket) clients.createSocket(InetAddress.getLoopbackAddress(), proxy.port())) {
          String request =
              "GET /" + length + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
          client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          String got =
              new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
          assertThat(got.length() - got.indexOf("\r\n\r\n") - 4)
              .as("of %d", length)
              .isEqualTo(length);
        }
      }
    } finally {
      ReferenceCountUtil.release(tls);
    }
  }
}
