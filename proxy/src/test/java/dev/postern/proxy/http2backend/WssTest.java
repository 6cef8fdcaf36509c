package dev.postern.proxy.http2backend;

import static dev.postern.proxy.downstream.FrameClient.DATA;
import static dev.postern.proxy.downstream.FrameClient.END_STREAM;
import static dev.postern.proxy.downstream.FrameClient.HEADERS;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.connect;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.head;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.octets;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.upgrade;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.Conversation;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.downstream.FrameClient;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// WebSockets of clients that come by TLS, to backends with and without.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WssTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private X509Bundle identity;

  /// What is behind the proxy.
  enum Behind {
    WS,
    WSS,
    HTTP2,
    HTTP2_OVER_TLS
  }

  @BeforeEach
  void identity() throws Exception {
    identity =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void messagesGoBothWaysUntilTheClose(Behind behind) throws Exception {
    Hop hop = hop(behind, WebSocketBackend::echoFrames);
    TrustManagerFactory trusted = identity.toTrustManagerFactory();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trusted.getTrustManagers(), null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      Conversation.with(client, URI.create("wss://localhost:" + hop.port + "/chat"));
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains("\"GET /chat HTTP/1.1\" 101 - ");
  }

  @ParameterizedTest
  @EnumSource
  void octetsOfHttp2GoBothWaysUntilBothHaveEnded(Behind behind) throws Exception {
    Hop hop = hop(behind, WebSocketBackend::echoOctets);
    FrameClient client = new FrameClient(socket(hop, "h2"));
    open.add(client);
    client.headers(1, false, connect("/octets"));
    client.await(HEADERS);
    client.frame(DATA, 0, 1, octets("hello"));
    assertThat(client.await(DATA).payload()).asString().isEqualTo("hello");
    client.frame(DATA, END_STREAM, 1, octets(" world"));
    assertThat(client.rest()).isEqualTo(" world");
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains("\"GET /octets HTTP/2\" 101 - 11 11 ");
  }

  /// Its FIN becomes a close_notify to the client, which may go on.
  @Test
  void aBackendThatEndsItsSideStillGetsTheRest() throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    Hop hop =
        hop(
            Behind.WS,
            (head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head) + "bye");
              socket.shutdownOutput();
              got.complete(socket.getInputStream().readAllBytes().length);
              throw new EOFException();
            });
    try (SSLSocket client = upgraded(hop)) {
      assertThat(client.getInputStream().readNBytes(3)).asString().isEqualTo("bye");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(300_000);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - 300000 3 ");
  }

  /// What the backend still sends then is lost, see "What cannot be had".
  @ParameterizedTest
  @EnumSource(names = {"WS", "WSS"})
  void allThatAClientSentBeforeItsCloseNotifyArrives(Behind behind) throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    Hop hop =
        hop(
            behind,
            (head, socket) -> {
              WebSocketBackend.send(socket, WebSocketBackend.switching(head));
              got.complete(socket.getInputStream().readAllBytes().length);
              throw new EOFException();
            });
    try (SSLSocket client = upgraded(hop)) {
      client.getOutputStream().write(new byte[300_000]);
      client.shutdownOutput();
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(300_000);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 ");
  }

  @Test
  void aClientThatSendsItsFramesWithTheHandshakeLosesNone() throws Exception {
    Hop hop = hop(Behind.WSS, WebSocketBackend::echoOctets);
    try (SSLSocket client = socket(hop, "http/1.1")) {
      WebSocketBackend.send(client, upgrade("/") + "early");
      assertThat(head(client)).startsWith("HTTP/1.1 101 ");
      assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("early");
    }
  }

  private Hop hop(Behind behind, WebSocketBackend.Session session) throws Exception {
    boolean secure = behind == Behind.WSS || behind == Behind.HTTP2_OVER_TLS;
    Hop hop =
        switch (behind) {
          case WS, WSS -> {
            ServerSocket server =
                secure
                    ? serverContext()
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getLoopbackAddress())
                    : new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            WebSocketBackend backend = new WebSocketBackend(server, session);
            open.add(backend);
            yield Hop.to(backend.port()).protocol(new UpstreamProtocol.Http1());
          }
          case HTTP2, HTTP2_OVER_TLS -> {
            NodeWebSockets node =
                secure
                    ? new NodeWebSockets(
                        identity.toTempPrivateKeyPem(), identity.toTempCertChainPem())
                    : new NodeWebSockets();
            open.add(node);
            yield Hop.to(node.port());
          }
        };
    if (secure) {
      hop.tls(
          new UpstreamTls(
              "localhost",
              new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
              List.of(new UpstreamTls.SubjectName.Dns("localhost"))));
    }
    open.add(hop);
    return hop.https(identity).apply();
  }

  private SSLContext serverContext() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
    return context;
  }

  private static SSLSocket socket(Hop hop, String alpn) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), hop.port);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {alpn});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    assertThat(socket.getApplicationProtocol()).isEqualTo(alpn);
    return socket;
  }

  private static SSLSocket upgraded(Hop hop) throws Exception {
    SSLSocket socket = socket(hop, "http/1.1");
    WebSocketBackend.send(socket, upgrade("/"));
    assertThat(head(socket)).startsWith("HTTP/1.1 101 ");
    return socket;
  }
}
