package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Long bodies whose sender is fast, then waits until what it has sent has arrived, in the middle
/// of what would have filled the next read.
class StalledBodyTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int PATIENCE_MILLIS = 30_000;

  /// Of the bodies that follow each other on a connection. The first stall of each tells most: from
  /// then on its sender is not taken for fast.
  private static final int[][] BODIES = {
    {2_000_000, 50_000, 50_000, 3_000_000, 1, 100_000, 2_000_000},
    {3_000_000, 140_000, 30_000, 1},
    {3_000_000, 170_000},
    {5_000_000, 1}
  };

  private static final String HEAD_END = "\r\n\r\n";

  private final Semaphore reached = new Semaphore(0);
  private final Semaphore arrived = new Semaphore(0);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResponseArrivesAsFarAsItWasSent(boolean tls) throws Exception {
    OneRoute route =
        serving(
            tls,
            backend -> {
              for (int[] body : BODIES) {
                readHead(backend.getInputStream());
                write(backend, "HTTP/1.1 200 OK\r\nContent-Length: " + length(body) + HEAD_END);
                send(body, backend);
              }
            });
    try (Socket client = connect(route.port())) {
      for (int[] body : BODIES) {
        write(client, "GET / HTTP/1.1\r\nHost: a" + HEAD_END);
        assertThat(readHead(client.getInputStream())).startsWith("HTTP/1.1 200");
        receive(body, client);
      }
    }
  }

  @Test
  void aRequestArrivesAsFarAsItWasSent() throws Exception {
    OneRoute route =
        serving(
            false,
            backend -> {
              for (int[] body : BODIES) {
                readHead(backend.getInputStream());
                reached.release();
                receive(body, backend);
                write(backend, "HTTP/1.1 204 No Content" + HEAD_END);
              }
            });
    try (Socket client = connect(route.port())) {
      for (int[] body : BODIES) {
        write(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length(body) + HEAD_END);
        assertThat(reached.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        send(body, client);
        assertThat(readHead(client.getInputStream())).startsWith("HTTP/1.1 204");
      }
    }
  }

  private interface Peer {
    void talk(Socket with) throws Exception;
  }

  private OneRoute serving(boolean tls, Peer peer) throws Exception {
    SecureBackend secure = new SecureBackend();
    ServerSocket server = tls ? secure.server() : new ServerSocket();
    open.add(server);
    server.bind(new InetSocketAddress(LOOPBACK, 0));
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = server.accept()) {
            peer.talk(socket);
            socket.getInputStream().readAllBytes();
          } catch (Exception e) {
            arrived.release(); // The other side sees what is missing.
          }
        });
    OneRoute route = OneRoute.to(server.getLocalPort());
    if (tls) {
      route = route.with(secure.trusted());
    }
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.empty(), Timeouts.DEFAULT, Limits.DEFAULT),
            new StatStore(1));
    open.add(proxy);
    assertThat(proxy.apply(route.ir()).listenerErrors()).isEmpty();
    return route;
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket(LOOPBACK, port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static int length(int... body) {
    return Arrays.stream(body).sum();
  }

  private static void write(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf(HEAD_END) < 0) {
      int octet = in.read();
      assertThat(octet).isNotNegative();
      head.append((char) octet);
    }
    return head.toString();
  }

  private void send(int[] body, Socket to) throws Exception {
    OutputStream out = to.getOutputStream();
    for (int piece : body) {
      out.write(new byte[piece]);
      out.flush();
      assertThat(arrived.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
  }

  private void receive(int[] body, Socket from) throws IOException {
    for (int piece : body) {
      assertThat(from.getInputStream().readNBytes(piece)).hasSize(piece);
      arrived.release();
    }
  }
}
