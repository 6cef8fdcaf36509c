package dev.postern.proxy.downstream;

import static dev.postern.proxy.downstream.FrameClient.DATA;
import static dev.postern.proxy.downstream.FrameClient.END_STREAM;
import static dev.postern.proxy.downstream.FrameClient.RST_STREAM;
import static dev.postern.proxy.downstream.FrameClient.SETTINGS;
import static dev.postern.proxy.downstream.FrameClient.connect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.stat.HttpStat;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// WebSockets of clients that speak HTTP/2 (RFC 8441).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2WebSocketTest {
  private static final int PROTOCOL_ERROR = 1;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void theSettingsSayThatItMayBeAskedFor() throws Exception {
    FrameClient client = client(proxy(WebSocketBackend::echoOctets));

    byte[] settings = client.await(SETTINGS).payload();

    int found = -1;
    for (int i = 0; i < settings.length; i += 6) {
      if (settings[i] == 0 && settings[i + 1] == 8) {
        found = settings[i + 5];
      }
    }
    assertThat(found).isEqualTo(1);
  }

  @Test
  void octetsGoBothWaysUntilBothHaveEnded() throws Exception {
    WebSocketBackend backend = backend(WebSocketBackend::echoOctets);
    TestProxy proxy = proxy(backend);
    FrameClient client = client(proxy);
    client.headers(1, false, connect("websocket", "sec-websocket-protocol", "chat"));
    Http2Headers answer = client.head();
    assertThat(answer.status()).asString().isEqualTo("200");
    assertThat(answer.contains("sec-websocket-accept")).isFalse();
    assertThat(answer.contains("upgrade")).isFalse();
    assertThat(answer.contains("connection")).isFalse();

    client.frame(DATA, 0, 1, octets("hello"));
    assertThat(client.await(DATA).payload()).asString().isEqualTo("hello");
    client.frame(DATA, END_STREAM, 1, octets(" world"));
    assertThat(client.rest()).isEqualTo(" world");

    assertThat(backend.heads.getFirst())
        .startsWith("GET /chat HTTP/1.1\r\nhost: test.example\r\n")
        .contains("\r\nconnection: upgrade\r\nupgrade: websocket\r\n")
        .contains("\r\nsec-websocket-version: 13\r\n", "\r\nsec-websocket-protocol: chat\r\n")
        .containsPattern("\r\nsec-websocket-key: [A-Za-z0-9+/]{22}==\r\n")
        .doesNotContain("content-length", "transfer-encoding");
    Awaitility.await().until(() -> proxy.log.size() == 1);
    assertThat(proxy.log.getFirst()).contains("\"GET /chat HTTP/2\" 101 - 11 11 ");
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_UPGRADES_TOTAL)).isEqualTo(1);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_UPGRADES_ACTIVE)).isZero();
  }

  @Test
  void aTunnelIsNoRequestThatIsUnderWay() throws Exception {
    TestProxy proxy = proxy(WebSocketBackend::echoOctets);
    FrameClient client = client(proxy);
    client.headers(1, false, connect("websocket"));
    client.head();
    assertThat(underWay(proxy)).isZero();
    client.frame(DATA, END_STREAM, 1, octets("hello"));
    assertThat(client.rest()).isEqualTo("hello");
    assertThat(underWay(proxy)).isZero();
  }

  private static long underWay(TestProxy proxy) throws Exception {
    return proxy.worker.loop().submit(proxy.worker::requestsUnderWay).get(20, TimeUnit.SECONDS);
  }

  @Test
  void aBackendThatEndsItsSideStillGetsTheRest() throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    FrameClient client =
        client(
            proxy((head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "bye");
              socket.shutdownOutput();
              got.complete(socket.getInputStream().readAllBytes().length);
              throw new EOFException();
            }));
    client.headers(1, false, connect("websocket"));
    client.head();
    assertThat(client.rest()).isEqualTo("bye");
    client.frame(DATA, 0, 1, new byte[10_000]);
    client.frame(DATA, END_STREAM, 1, new byte[5_000]);
    assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(15_000);
  }

  @Test
  void whatTheClientSendsBeforeTheAnswerWaits() throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    FrameClient client =
        client(
            proxy((head, socket) -> {
              go.join();
              WebSocketBackend.echoOctets(head, socket);
            }));
    client.headers(1, false, connect("websocket"));
    client.frame(DATA, 0, 1, octets("early"));
    go.complete(null);
    client.head();
    assertThat(client.await(DATA).payload()).asString().isEqualTo("early");
  }

  @Test
  void aRefusalIsAnOrdinaryResponse() throws Exception {
    TestProxy proxy =
        proxy((head, socket) ->
            WebSocketBackend.send(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"));
    FrameClient client = client(proxy);
    client.headers(1, false, connect("websocket"));
    assertThat(client.head().status()).asString().isEqualTo("403");
    assertThat(client.rest()).isEqualTo("no");
    client.get(3);
    assertThat(client.head().status()).asString().isEqualTo("403");
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_UPGRADES_TOTAL)).isZero();
  }

  /// nginx 1.31.3, 3f720dc78.
  @Test
  void whatIsAboutTheBackendsConnectionDoesNotReachTheClient() throws Exception {
    FrameClient client =
        client(
            proxy((head, socket) ->
                WebSocketBackend.send(
                    socket,
                    "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, X-Hop"
                        + "\r\nX-Hop: 1\r\nProxy-Connection: keep-alive\r\nKeep-Alive: timeout=5"
                        + "\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n")));
    client.get(1);
    Http2Headers answer = client.head();
    assertThat(answer.status()).asString().isEqualTo("426");
    assertThat(answer.names().stream().map(CharSequence::toString))
        .containsExactlyInAnyOrder(":status", "x-end", "content-length", "date");
  }

  @Test
  void aSuccessThatIsNoSwitchIsAFault() throws Exception {
    TestProxy proxy =
        proxy((head, socket) ->
            WebSocketBackend.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    FrameClient client = client(proxy);
    client.headers(1, false, connect("websocket"));
    assertThat(client.head().status()).asString().isEqualTo("502");
    Awaitility.await().until(() -> proxy.log.size() == 1);
    assertThat(proxy.log.getFirst()).contains("answered 200 instead of switching to websocket");
  }

  @Test
  void aSwitchWithTheWrongAcceptIsAFault() throws Exception {
    TestProxy proxy =
        proxy((head, socket) ->
            WebSocketBackend.send(socket, WebSocketBackend.switching("no key") + "octets"));
    FrameClient client = client(proxy);
    client.headers(1, false, connect("websocket"));
    assertThat(client.head().status()).asString().isEqualTo("502");
    Awaitility.await().until(() -> proxy.log.size() == 1);
    assertThat(proxy.log.getFirst()).contains("without the right Sec-WebSocket-Accept");
  }

  @Test
  void anotherProtocolIsNotSupported() throws Exception {
    FrameClient client = client(proxy(WebSocketBackend::echoOctets));
    client.headers(1, false, connect("connect-udp"));
    assertThat(client.head().status()).asString().isEqualTo("501");
  }

  @Test
  void aProtocolBelongsToAConnectAlone() throws Exception {
    FrameClient client = client(proxy(WebSocketBackend::echoOctets));
    String[] get = connect("websocket");
    get[1] = "GET";
    client.headers(1, false, get);
    assertThat(client.head().status()).asString().isEqualTo("400");
    assertThat(client.await(RST_STREAM).resetCode()).isEqualTo(PROTOCOL_ERROR);
  }

  @Test
  void aConnectWithALengthIsMalformed() throws Exception {
    FrameClient client = client(proxy(WebSocketBackend::echoOctets));
    client.headers(1, false, connect("websocket", "content-length", "5"));
    assertThat(client.head().status()).asString().isEqualTo("400");
  }

  @Test
  void aTunnelThatBreaksResetsTheStreamAlone() throws Exception {
    FrameClient client =
        client(
            proxy((head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head));
              socket.getInputStream().read();
              socket.setSoLinger(true, 0);
              throw new EOFException();
            }));
    client.headers(1, false, connect("websocket"));
    client.head();
    client.frame(DATA, 0, 1, octets("x"));
    assertThat(client.await(RST_STREAM).resetCode()).isEqualTo(10);
    client.headers(3, false, connect("websocket"));
    assertThat(client.head().status()).asString().isEqualTo("200");
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private WebSocketBackend backend(WebSocketBackend.Session session) throws IOException {
    WebSocketBackend backend = new WebSocketBackend(session);
    open.add(backend);
    return backend;
  }

  private TestProxy proxy(WebSocketBackend.Session session) throws IOException {
    return proxy(backend(session));
  }

  private TestProxy proxy(WebSocketBackend backend) {
    TestProxy proxy = new TestProxy(backend.port());
    open.add(proxy);
    return proxy;
  }

  private FrameClient client(TestProxy proxy) throws IOException {
    FrameClient client = new FrameClient(proxy.port());
    open.add(client);
    return client;
  }
}
