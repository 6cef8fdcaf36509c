package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.DATA;
import static dev.postern.proxy.http2backend.FrameServer.END_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.PING;
import static dev.postern.proxy.http2backend.FrameServer.SETTINGS;
import static dev.postern.proxy.http2backend.FrameServer.WINDOW_UPDATE;
import static dev.postern.proxy.http2backend.FrameServer.int32;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.http2backend.FrameServer.Frame;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What nginx mended on its backend side in 2026, release by release, as tests of ours.
/// docs/upstream-regressions.md has the table.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UpstreamRegressionsTest {
  private static final int REFUSED_STREAM = 7;

  /// Netty leaves stream 1 to upgrades.
  private static final int FIRST = 1;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  static List<UpstreamProtocol> overTls() {
    return List.of(
        new UpstreamProtocol.Http1(),
        new UpstreamProtocol.Http2(),
        new UpstreamProtocol.Negotiated());
  }

  /// nginx 1.29.5, a59f5f099.
  @ParameterizedTest
  @MethodSource("overTls")
  void aPlaintextResponseBeforeTheHandshakeIsNoResponse(UpstreamProtocol protocol)
      throws Exception {
    int backend =
        plain(out ->
            out.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil".getBytes(US_ASCII)));
    UpstreamTls tls =
        new UpstreamTls(
            "example.com",
            new UpstreamTls.Trust.System(),
            List.of(new UpstreamTls.SubjectName.Dns("example.com")));
    Hop hop = hop(Hop.to(backend).protocol(protocol).tls(tls));
    assertThat(raw(hop, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 503 ")
        .doesNotContain("evil");
    assertThat(hop.count(ClusterStat.SSL_HANDSHAKE)).isZero();
  }

  /// nginx 1.29.5, d7a249470.
  @Test
  void nothingOfAnAttemptThatWasRefusedIsInTheNextOnesAnswer() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          int first = c.request();
          for (int i = 0; i < 20; i++) {
            c.headers(first, false, ":status", "103", "link", "first");
          }
          c.reset(first, REFUSED_STREAM);
          int second = c.request();
          for (int i = 0; i < 20; i++) {
            c.headers(second, false, ":status", "103", "link", "second");
          }
          c.headers(second, false, ":status", "200", "x-from", "second", "content-length", "2");
          c.frame(DATA, END_STREAM, second, "ok".getBytes(US_ASCII));
          c.rest();
        });
    String answer =
        raw(hop(Hop.to(server.port())), "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    String last = answer.substring(answer.lastIndexOf("HTTP/1.1 "));
    assertThat(last)
        .startsWith("HTTP/1.1 200 ")
        .contains("x-from: second\r\n", "content-length: 2\r\n")
        .doesNotContain("link:")
        .endsWith("\r\n\r\nok");
  }

  /// nginx 1.29.7, a29476464.
  @Test
  void framesThatAnswerOneBackendDoNotReachTheNext() throws Exception {
    FrameServer refusing =
        server(c -> {
          c.hello();
          while (true) {
            int stream = c.request();
            c.frame(SETTINGS, 0, 0);
            c.frame(PING, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            c.reset(stream, REFUSED_STREAM);
          }
        });
    FrameServer willing =
        server(c -> {
          c.hello();
          while (true) {
            c.answer(c.request(), "fine");
          }
        });
    Hop hop = hop(Hop.to(refusing.port(), willing.port()).grpc());
    for (int i = 0; i < 20; i++) {
      assertThat(raw(hop, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
          .endsWith("fine\r\n0\r\n\r\n");
    }
    await(() -> refusing.seen.stream().anyMatch(f -> f.type() == PING));
    assertThat(willing.seen.stream().filter(f -> f.type() == PING)).isEmpty();
    assertThat(willing.seen.stream().filter(f -> f.type() == SETTINGS && f.flags() != 0))
        .hasSize(willing.connections.get());
  }

  /// nginx 1.31.0, 00979ba9d.
  @Test
  void proxyConnectionIsNotSentOnInEitherVersion() throws Exception {
    String request =
        "GET / HTTP/1.1\r\nhost: a\r\nproxy-connection: keep-alive\r\nx-other: 1\r\n"
            + "connection: close\r\n\r\n";
    WebSocketBackend http1 =
        new WebSocketBackend((head, socket) ->
            WebSocketBackend.send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    open.add(http1);
    raw(hop(Hop.to(http1.port()).protocol(new UpstreamProtocol.Http1())), request);
    assertThat(http1.heads.getFirst()).contains("x-other: 1").doesNotContain("proxy-connection");

    Http2Headers sent = sentInHttp2(request);
    assertThat(sent.contains("x-other")).isTrue();
    assertThat(sent.contains("proxy-connection")).isFalse();
  }

  /// nginx 1.31.2 and 1.31.3, 26d824ec3 and 44c66e92c.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResponseHeadHasALimitInHttp2(boolean grpc) throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          int stream = c.request();
          c.frame(HEADERS, 0, stream, FrameServer.block(":status", "200"));
          byte[] part = FrameServer.block("x-name", "v".repeat(10_000));
          for (int i = 0; i < 1000; i++) {
            c.frame(FrameServer.CONTINUATION, i < 999 ? 0 : FrameServer.END_HEADERS, stream, part);
          }
          c.rest();
        });
    Hop hop = Hop.to(server.port());
    String answer =
        raw(
            hop(grpc ? hop.grpc() : hop),
            "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n"
                + (grpc ? "content-type: application/grpc\r\n" : "")
                + "\r\n");
    assertThat(answer).doesNotContain("x-name");
    if (grpc) {
      assertThat(answer).startsWith("HTTP/1.1 200 ").containsPattern("grpc-status: (13|14)\r\n");
    } else {
      assertThat(answer).containsPattern("^HTTP/1.1 50[23] ");
    }
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 0);
  }

  /// nginx 1.31.4, f340e7885.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeadThatEndsTheStreamDoesNotHideThatABodyIsMissing(boolean grpc) throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.headers(
              c.request(),
              true,
              ":status",
              "200",
              "content-type",
              "application/grpc",
              "content-length",
              "7",
              "grpc-status",
              "0");
          c.rest();
        });
    Hop hop = Hop.to(server.port());
    String answer =
        raw(
            hop(grpc ? hop.grpc() : hop),
            "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n"
                + (grpc ? "content-type: application/grpc\r\n" : "")
                + "\r\n");
    if (grpc) {
      assertThat(answer).doesNotContain("grpc-status: 0").containsPattern("grpc-status: [1-9]");
    } else {
      assertThat(answer).startsWith("HTTP/1.1 502 ");
    }
  }

  /// nginx 1.31.4, 3c65267a0; RFC 9113 6.9.
  @Test
  void aWindowUpdateOfZeroIsAProtocolErrorOfItsStream() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.frame(WINDOW_UPDATE, 0, c.request(), int32(0));
          while (true) {
            c.answer(c.request(), "next");
          }
        });
    Hop hop = hop(Hop.to(server.port()));
    String get = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    assertThat(raw(hop, get)).startsWith("HTTP/1.1 502 ");
    await(() -> server.resetsSeen(1) == 1);
    assertThat(raw(hop, get)).contains("next");
    assertThat(server.connections).hasValue(1);
  }

  /// nginx 1.31.4, 3c65267a0; RFC 9113 6.9.
  @Test
  void aWindowUpdateOfZeroForAllStreamsEndsTheConnection() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.request();
          c.frame(WINDOW_UPDATE, 0, 0, int32(0));
          c.rest();
        });
    Hop hop = hop(Hop.to(server.port()));
    assertThat(raw(hop, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 502 ");
    await(() -> server.seen.stream().anyMatch(f -> f.type() == FrameServer.GOAWAY));
    Frame last = server.seen.stream().filter(f -> f.type() == FrameServer.GOAWAY).findFirst().get();
    assertThat(last.number(4)).isEqualTo(1);
  }

  /// nginx 1.31.4, dea68dbf1; RFC 9113 8.3.1.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nhost: shop.example:8080\r\nconnection: close\r\n\r\n",
        "GET http://shop.example:8080/ HTTP/1.1\r\nhost: other.example\r\n"
            + "connection: close\r\n\r\n"
      })
  void theHostIsTheAuthorityAndThereIsNoHostField(String request) throws Exception {
    Http2Headers sent = sentInHttp2(request);
    assertThat(sent.authority()).asString().isEqualTo("shop.example:8080");
    assertThat(sent.contains("host")).isFalse();
  }

  private Http2Headers sentInHttp2(String request) throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.answer(c.request(), "ok");
          c.rest();
        });
    assertThat(raw(hop(Hop.to(server.port())), request)).startsWith("HTTP/1.1 200 ");
    Frame head = server.seen.stream().filter(f -> f.type() == HEADERS).findFirst().orElseThrow();
    return new DefaultHttp2HeadersDecoder()
        .decodeHeaders(FIRST, Unpooled.wrappedBuffer(head.payload()));
  }

  private FrameServer server(Script script) throws IOException {
    FrameServer server = new FrameServer(script);
    open.add(server);
    return server;
  }

  private Hop hop(Hop hop) {
    open.add(hop);
    return hop.apply();
  }

  private interface Greeting {
    void to(OutputStream out) throws IOException;
  }

  /// A backend that speaks first.
  private int plain(Greeting greeting) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              greeting.to(socket.getOutputStream());
              var _ = socket.getInputStream().skip(Long.MAX_VALUE);
            } catch (IOException gone) {
              // The proxy has had enough.
            }
          }
        });
    return server.getLocalPort();
  }

  /// All that comes back until the connection closes.
  private static String raw(Hop hop, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hop.port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
