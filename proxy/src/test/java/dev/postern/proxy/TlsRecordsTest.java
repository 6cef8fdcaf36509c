package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS records from a backend that come in pieces, with new keys, or were changed on the way.
class TlsRecordsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /// Some records, the last of which is not full.
  private static final byte[] BODY = new byte[40_000];

  static {
    new SplittableRandom(1).nextBytes(BODY);
  }

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  /// Passes on what the backend sends.
  private interface Wire {
    /// @param before how many octets of this connection have been passed on
    void pass(byte[] octets, int count, long before, OutputStream to) throws IOException;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aResponseThatComesOctetByOctetIsWhole(String version) throws Exception {
    OneRoute route =
        serving(
            version,
            (octets, count, _, to) -> {
              for (int i = 0; i < count; i++) {
                to.write(octets[i]);
              }
            });

    try (Socket client = new Socket(LOOPBACK, route.port())) {
      for (int i = 0; i < 2; i++) {
        assertThat(head(client)).as("%s", log).startsWith("HTTP/1.1 200 ");
        assertThat(client.getInputStream().readNBytes(BODY.length)).isEqualTo(BODY);
      }
    }
    assertThat(value("ssl.handshake")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aChangedRecordEndsTheResponseAndIsTold(String version) throws Exception {
    OneRoute route =
        serving(
            version,
            (octets, count, before, to) -> {
              if (before + count > BODY.length / 2) {
                octets[count - 1] ^= 1;
              }
              to.write(octets, 0, count);
            });

    try (Socket client = new Socket(LOOPBACK, route.port())) {
      assertThat(head(client)).startsWith("HTTP/1.1 200 ");
      assertThat(WebSocketBackend.rest(client.getInputStream())).isLessThan(BODY.length);
    }
    Awaitility.await("the access log").until(() -> !log.isEmpty());
    assertThat(log.getFirst()).contains(" UC ").contains("TLS with 127.0.0.1:");
    assertThat(value("ssl.connection_error")).isEqualTo(1);
    assertThat(value("upstream_cx_active")).isZero();
  }

  /// The JDK asks for the peer's new keys as well (RFC 8446 4.6.3).
  @Test
  void aBackendThatChangesItsKeysIsUnderstoodAndAnswered() throws Exception {
    OneRoute route =
        serving(
            "TLSv1.3",
            (octets, count, _, to) -> to.write(octets, 0, count),
            socket -> {
              ((SSLSocket) socket).startHandshake();
              socket.getOutputStream().write(BODY, 0, BODY.length / 2);
              ((SSLSocket) socket).startHandshake();
              socket.getOutputStream().write(BODY, BODY.length / 2, BODY.length / 2);
              ((SSLSocket) socket).startHandshake();
            });

    try (Socket client = new Socket(LOOPBACK, route.port())) {
      for (int i = 0; i < 5; i++) {
        assertThat(head(client)).as("%s", log).startsWith("HTTP/1.1 200 ");
        assertThat(client.getInputStream().readNBytes(BODY.length)).isEqualTo(BODY);
      }
    }
    assertThat(value("ssl.handshake")).isEqualTo(1);
  }

  private static String head(Socket client) throws IOException {
    WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return WebSocketBackend.head(client.getInputStream());
  }

  /// Sends the body, after the head.
  private interface Body {
    void send(Socket socket) throws IOException;
  }

  private OneRoute serving(String version, Wire wire) throws Exception {
    return serving(version, wire, socket -> socket.getOutputStream().write(BODY));
  }

  private OneRoute serving(String version, Wire wire, Body body) throws Exception {
    SecureBackend secure = new SecureBackend();
    SSLServerSocket server = (SSLServerSocket) secure.server();
    server.setEnabledProtocols(new String[] {version});
    server.bind(new InetSocketAddress(LOOPBACK, 0));
    WebSocketBackend backend =
        new WebSocketBackend(
            server,
            (_, socket) -> {
              String head = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length + "\r\n\r\n";
              socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
              body.send(socket);
            });
    open.add(backend);
    OneRoute route = OneRoute.to(relay(backend.port(), wire)).with(secure.trusted());
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), Timeouts.DEFAULT, Limits.DEFAULT), stats);
    open.add(proxy);
    proxy.apply(route.ir());
    return route;
  }

  /// Returns the port on which connections to the backend may be had over that wire.
  private int relay(int backend, Wire wire) throws IOException {
    ServerSocket relay = new ServerSocket(0, 50, LOOPBACK);
    open.add(relay);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket near = relay.accept();
              Socket far = new Socket(LOOPBACK, backend);
              near.setTcpNoDelay(true);
              Thread.ofVirtual()
                  .start(
                      () -> pass(near, far, (octets, count, _, to) -> to.write(octets, 0, count)));
              Thread.ofVirtual().start(() -> pass(far, near, wire));
            }
          } catch (IOException e) {
            // closed
          }
        });
    return relay.getLocalPort();
  }

  private static void pass(Socket from, Socket to, Wire wire) {
    try (from;
        to) {
      byte[] octets = new byte[16 * 1024];
      long before = 0;
      int count;
      while ((count = from.getInputStream().read(octets)) >= 0) {
        wire.pass(octets, count, before, to.getOutputStream());
        before += count;
      }
    } catch (IOException e) {
      // one of them is gone
    }
  }

  private long value(String name) {
    return stats.find("cluster.c").map(found -> found.numbers().get(name)).orElse(0L);
  }
}
