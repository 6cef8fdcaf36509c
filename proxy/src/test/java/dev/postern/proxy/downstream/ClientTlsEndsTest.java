package dev.postern.proxy.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client's close_notify while the TCP connection goes on.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientTlsEndsTest {
  private static final String HEAD =
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

  /// It comes together with the head, when there is no connection to the backend yet.
  @Test
  void aRequestThatIsCutOffIsNotMadeAWholeOne() throws Exception {
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    var tls =
        SslContextBuilder.forServer(identity.getKeyPair().getPrivate(), identity.getCertificate())
            .build();
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy =
            new TestProxy(backend.getLocalPort(), tls, Timeouts.DEFAULT, Limits.DEFAULT);
        Corked plain = new Corked(proxy.port())) {
      SSLSocket client =
          (SSLSocket)
              Http2TrafficTest.trusting(identity)
                  .getSocketFactory()
                  .createSocket(plain, "localhost", proxy.port(), false);
      client.startHandshake();
      plain.cork();
      client.getOutputStream().write((HEAD + "6\r\nabc").getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput();
      plain.uncork();
      try (Socket taken = backend.accept()) {
        InputStream in = taken.getInputStream();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        while (!got.toString(StandardCharsets.US_ASCII).contains("abc")) {
          got.write(in.read());
        }
        plain.shutdownOutput();
        in.transferTo(got);
        assertThat(got.toString(StandardCharsets.US_ASCII)).endsWith("abc\r\n");
      }
    }
  }

  /// What is written meanwhile leaves at once.
  private static final class Corked extends Socket {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean corked;

    Corked(int port) throws IOException {
      super(InetAddress.getLoopbackAddress(), port);
    }

    void cork() {
      corked = true;
    }

    void uncork() throws IOException {
      corked = false;
      super.getOutputStream().write(kept.toByteArray());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      OutputStream to = super.getOutputStream();
      return new OutputStream() {
        @Override
        public void write(int octet) throws IOException {
          write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
          (corked ? kept : to).write(octets, from, length);
        }
      };
    }
  }
}
