package dev.postern.proxy.http2backend;

import static dev.postern.proxy.downstream.FrameClient.DATA;
import static dev.postern.proxy.downstream.FrameClient.END_STREAM;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.Conversation;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.downstream.FrameClient;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets to backends that speak HTTP/2 alone (RFC 8441), here Node.js.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebSocketOverHttp2Test {
  private static final byte[] SMALL_WINDOW = {0, 4, 0, 0, 0x40, 0};

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void messagesGoBothWaysUntilTheCloseAndTheLogHasTheirSizes() throws Exception {
    NodeWebSockets node = node();
    Hop hop = hop(Hop.to(node.port()));

    Conversation.overWs(hop.port);

    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains("\"GET /chat HTTP/1.1\" 101 - ").contains(" HTTP/2 - ");
    String[] sizes = hop.log.getFirst().split(" ", -1);
    assertThat(Long.parseLong(sizes[6])).isGreaterThan(1_000_000);
    assertThat(Long.parseLong(sizes[7])).isGreaterThan(1_000_000);
    assertThat(node.request())
        .contains("\":method\":\"CONNECT\"", "\":protocol\":\"websocket\"", "\":scheme\":\"http\"")
        .contains("\":path\":\"/chat\"", "\"sec-websocket-version\":\"13\"", "x-forwarded-for")
        .doesNotContain("sec-websocket-key", "\"upgrade\"", "\"connection\"", "content-length");
    await(() -> hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE) == 0);
    assertThat(hop.count(ClusterStat.HTTP2_TX_RESET)).isZero();
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameOverTlsWhoseAlpnIsH2Alone(boolean byTheOffer) throws Exception {
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=example.com")
            .addSanDnsName("example.com")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    NodeWebSockets node = node(identity);
    UpstreamTls tls =
        new UpstreamTls(
            "example.com",
            new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns("example.com")),
            Optional.empty(),
            byTheOffer
                ? new TlsParameters(Optional.empty(), Optional.empty(), List.of(), List.of("h2"))
                : TlsParameters.DEFAULT);
    UpstreamProtocol protocol =
        byTheOffer ? new UpstreamProtocol.Negotiated() : new UpstreamProtocol.Http2();
    Hop hop = hop(Hop.to(node.port()).tls(tls).protocol(protocol));

    Conversation.overWs(hop.port);

    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - ").contains(" HTTP/2 TLSv1.3 ");
    assertThat(node.request()).contains("\":scheme\":\"https\"");
  }

  @Test
  void aClientOfHttp2GetsNeitherKeyNorAccept() throws Exception {
    NodeWebSockets node = node();
    Hop hop = hop(Hop.to(node.port()));
    FrameClient client = client(hop);
    client.headers(1, false, connect("/octets"));
    Http2Headers answer = client.head();
    assertThat(answer.status()).asString().isEqualTo("200");
    assertThat(answer.get("sec-websocket-protocol")).asString().isEqualTo("chat");
    assertThat(answer.contains("sec-websocket-accept")).isFalse();
    assertThat(answer.contains("upgrade")).isFalse();

    client.frame(DATA, 0, 1, octets("hello"));
    assertThat(client.await(DATA).payload()).asString().isEqualTo("hello");
    client.frame(DATA, END_STREAM, 1, octets(" world"));
    assertThat(client.rest()).isEqualTo(" world");

    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains("\"GET /octets HTTP/2\" 101 - 11 11 ");
    assertThat(node.request()).doesNotContain("sec-websocket-key");
    await(() -> hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE) == 0);
  }

  @Test
  void aClientThatEndsItsSideStillGetsTheRest() throws Exception {
    Hop hop = hop(Hop.to(node().port()));
    try (Socket client = upgraded(hop, "/count")) {
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("got 300000");
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - 300000 10 ");
  }

  @Test
  void aBackendThatEndsItsSideStillGetsTheRest() throws Exception {
    NodeWebSockets node = node();
    Hop hop = hop(Hop.to(node.port()));
    try (Socket client = upgraded(hop, "/bye")) {
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      client.getOutputStream().write(new byte[300_000]);
    }
    await(() -> node.count("got 300000") == 1);
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - 300000 3 ");
    await(() -> hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE) == 0);
    assertThat(hop.count(ClusterStat.HTTP2_TX_RESET)).isZero();
  }

  @Test
  void aRefusalIsAnOrdinaryResponseAndTheConnectionServesOn() throws Exception {
    NodeWebSockets node = node();
    Hop hop = hop(Hop.to(node.port()));
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, upgrade("/nowhere") + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      for (int i = 0; i < 2; i++) {
        assertThat(head(client)).startsWith("HTTP/1.1 403 Forbidden").doesNotContain("pgrade");
        assertThat(client.getInputStream().readNBytes(12)).asString().contains("no");
      }
    }
    try (Socket client = upgraded(hop, "/octets")) {
      WebSocketBackend.send(client, "x");
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
    await(() -> node.count("connection") == 1);
    assertThat(hop.count(ClusterStat.HTTP2_TX_RESET)).isZero();
  }

  @Test
  void aClientThatDoesNotReadHoldsItsBackendBackAndNobodyElse() throws Exception {
    Hop hop = hop(Hop.to(node().port()));
    try (Socket slow = upgraded(hop, "/flood");
        Socket other = upgraded(hop, "/octets")) {
      await(() -> hop.count(ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING) > 0);
      WebSocketBackend.send(other, "x");
      assertThat(other.getInputStream().read()).isEqualTo('x');
      slow.shutdownOutput();
      long read = 0;
      byte[] part = new byte[64 * 1024];
      int count;
      while ((count = slow.getInputStream().read(part)) >= 0) {
        read += count;
      }
      assertThat(read).isEqualTo(64L << 20);
    }
  }

  @Test
  void aClientOfHttp2WithASmallWindowGetsAllOfIt() throws Exception {
    Hop hop = hop(Hop.to(node().port()));
    FrameClient client = new FrameClient(hop.port, SMALL_WINDOW);
    open.add(client);
    client.headers(1, false, connect("/count"));
    client.head();
    for (int i = 0; i < 20; i++) {
      client.frame(DATA, i == 19 ? END_STREAM : 0, 1, new byte[10_000]);
    }
    assertThat(client.rest()).isEqualTo("got 200000");
  }

  @Test
  void aClientThatIsGoneResetsTheStreamAlone() throws Exception {
    NodeWebSockets node = node();
    Hop hop = hop(Hop.to(node.port()));
    FrameClient client = client(hop);
    client.headers(1, false, connect("/octets"));
    client.head();
    client.frame(FrameClient.RST_STREAM, 0, 1, FrameClient.int32(8));
    await(() -> hop.count(ClusterStat.HTTP2_TX_RESET) == 1);
    client.headers(3, false, connect("/octets"));
    assertThat(client.head().status()).asString().isEqualTo("200");
    await(() -> node.count("connection") == 1);
  }

  @Test
  void aTunnelWithoutOctetsEnds() throws Exception {
    Hop hop = hop(Hop.to(node().port()).tunnelIdle(Duration.ofMillis(400)));
    try (Socket client = upgraded(hop, "/octets")) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 SI ").contains("nothing came through the tunnel");
    await(() -> hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE) == 0);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_TIMEOUT)).isZero();
  }

  private NodeWebSockets node() throws Exception {
    NodeWebSockets node = new NodeWebSockets();
    open.add(node);
    return node;
  }

  private NodeWebSockets node(X509Bundle identity) throws Exception {
    NodeWebSockets node =
        new NodeWebSockets(identity.toTempPrivateKeyPem(), identity.toTempCertChainPem());
    open.add(node);
    return node;
  }

  private Hop hop(Hop hop) {
    open.add(hop);
    return hop.apply();
  }

  private FrameClient client(Hop hop) throws IOException {
    FrameClient client = new FrameClient(hop.port);
    open.add(client);
    return client;
  }

  static String upgrade(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  static Socket socket(Hop hop) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), hop.port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /// A client of HTTP/1.1 that was let through.
  static Socket upgraded(Hop hop, String path) throws IOException {
    Socket socket = socket(hop);
    WebSocketBackend.send(socket, upgrade(path));
    assertThat(head(socket))
        .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
        .contains("\r\nconnection: upgrade\r\nupgrade: websocket\r\n")
        .contains("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    return socket;
  }

  static String head(Socket socket) throws IOException {
    return WebSocketBackend.head(socket.getInputStream());
  }

  static String[] connect(String path) {
    return new String[] {
      ":method", "CONNECT",
      ":protocol", "websocket",
      ":scheme", "http",
      ":path", path,
      ":authority", "test.example",
      "sec-websocket-protocol", "chat",
      "sec-websocket-version", "13"
    };
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
