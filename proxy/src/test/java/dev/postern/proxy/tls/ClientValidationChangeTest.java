package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.NetworkFilter.HttpConnectionManager;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.downstream.FrameClient;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of connections that were let in by other client validation than there is now
/// (GEP-91). The clients are the JDK's, over real sockets.
class ClientValidationChangeTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: test.example\r\n\r\n";
  private static final String ANSWER = "hello";

  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final X509Bundle server = Certificates.issued(Certificates.leaf("server"), authority);
  private final X509Bundle before = Certificates.selfSigned(Certificates.authority("before"));
  private final X509Bundle now = Certificates.selfSigned(Certificates.authority("now"));
  private final int port = FreePort.next();
  private final EmbeddedProxy proxy =
      new EmbeddedProxy(new ProxyOptions(1, Optional.empty()), new StatStore(1));
  private final List<AutoCloseable> open = new ArrayList<>(List.of(proxy));

  /// Until it is set the backend has no answer for `/slow`.
  private final CountDownLatch answering = new CountDownLatch(1);

  private final CountDownLatch asked = new CountDownLatch(1);
  private int backend;

  /// Who is let in before; afterwards it is who has a certificate of the authority `now`.
  private enum Before {
    EVERYBODY,
    EVERYBODY_BUT_ASKED,
    ANOTHER_AUTHORITY
  }

  @AfterEach
  void closeAll() throws Exception {
    answering.countDown();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherRequestOnAnHttp1ConnectionIsNotServed(Before was) throws Exception {
    apply(validation(was));
    SSLSocket client = client(before, port, "http/1.1");
    assertThat(ask(client)).startsWith("HTTP/1.1 200");

    apply(trusting(now));
    assertThat(allThatComes(client))
        .satisfiesAnyOf(
            came -> assertThat(came).startsWith("HTTP/1.1 421"),
            came -> assertThat(came).as("closed before it was asked").isEmpty());
    assertThat(ask(client(now, port, "http/1.1"))).startsWith("HTTP/1.1 200");
  }

  @Test
  void anIdleHttp1ConnectionIsClosed() throws Exception {
    apply(Optional.empty());
    SSLSocket client = client(before, port, "http/1.1");
    assertThat(ask(client)).startsWith("HTTP/1.1 200");

    apply(trusting(now));
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aRequestUnderWayIsAnsweredAndItsHttp1ConnectionIsClosedWithThat() throws Exception {
    apply(Optional.empty());
    SSLSocket client = client(before, port, "http/1.1");
    WebSocketBackend.send(client, REQUEST.replace("/ HTTP", "/slow HTTP"));
    awaitAsked();

    apply(trusting(now));
    answering.countDown();
    String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("connection: close")
        .endsWith(ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void anotherRequestOnAnHttp2ConnectionIsNotServed(Before was) throws Exception {
    apply(validation(was));
    try (FrameClient client = new FrameClient(client(before, port, "h2"))) {
      client.get(1);
      assertThat(client.head().status()).asString().isEqualTo("200");
      assertThat(client.rest()).isEqualTo(ANSWER);

      apply(trusting(now));
      List<FrameClient.Frame> came = new ArrayList<>();
      try {
        client.get(3);
      } catch (IOException closedAlready) {
        // That is fine, too.
      }
      for (FrameClient.Frame f = client.read(); f != FrameClient.Frame.CLOSED; f = client.read()) {
        came.add(f);
      }
      assertThat(came).noneMatch(frame -> frame.type() == FrameClient.HEADERS);
      assertThat(came)
          .anyMatch(frame -> frame.type() == FrameClient.GOAWAY && frame.goAwayCode() == 0);
      assertThat(came)
          .filteredOn(frame -> frame.type() == FrameClient.RST_STREAM)
          .as("REFUSED_STREAM: the client may send it again (RFC 9113 8.7)")
          .allMatch(frame -> frame.resetCode() == 7);
    }
  }

  @Test
  void aRequestUnderWayIsAnsweredOnItsHttp2Connection() throws Exception {
    apply(Optional.empty());
    try (FrameClient client = new FrameClient(client(before, port, "h2"))) {
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          "https",
          ":path",
          "/slow",
          ":authority",
          "test.example");
      awaitAsked();

      apply(trusting(now));
      assertThat(client.await(FrameClient.GOAWAY).goAwayCode()).isZero();
      answering.countDown();
      assertThat(client.head().status()).asString().isEqualTo("200");
      assertThat(client.rest()).isEqualTo(ANSWER);
      assertThat(client.await(FrameClient.HEADERS)).isEqualTo(FrameClient.Frame.CLOSED);
    }
  }

  /// The client's Finished comes after the change.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandshakeUnderWayLetsNobodyIn(boolean http) throws Exception {
    apply(server, Optional.empty(), http);
    HelloRelay relay = new HelloRelay(port);
    open.add(relay);
    SSLSocket client = client(before, relay.port(), "");
    Thread change =
        Thread.ofVirtual()
            .start(() -> {
              try {
                relay.awaitHello();
                apply(server, trusting(now), http);
                relay.goOn();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    assertThat(allThatComes(client)).isEmpty();
    change.join();
  }

  /// A certificate that is renewed, or routes that change, concern no connection that is there.
  @ParameterizedTest
  @EnumSource
  void otherChangesLeaveConnectionsAlone(Before was) throws Exception {
    apply(validation(was));
    SSLSocket http1 = client(before, port, "http/1.1");
    try (FrameClient http2 = new FrameClient(client(before, port, "h2"))) {
      for (int i = 0; i < 2; i++) {
        WebSocketBackend.send(http1, REQUEST);
        String head = WebSocketBackend.head(http1.getInputStream());
        assertThat(head).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("connection: close");
        assertThat(http1.getInputStream().readNBytes(ANSWER.length())).hasSize(ANSWER.length());
        http2.get(2 * i + 1);
        assertThat(http2.head().status()).asString().isEqualTo("200");
        assertThat(http2.rest()).isEqualTo(ANSWER);

        X509Bundle renewed = Certificates.issued(Certificates.leaf("server"), authority);
        apply(renewed, validation(was), true);
      }
    }
  }

  /// As when an authority is replaced by and by.
  @Test
  void whoWouldBeLetInNowStays() throws Exception {
    apply(trusting(before));
    SSLSocket client = client(before, port, "http/1.1");
    assertThat(ask(client)).startsWith("HTTP/1.1 200");
    List<Optional<ClientValidation>> wider =
        List.of(
            trusting(now, before),
            Optional.of(new ClientValidation(List.of(now.getCertificate()), true)),
            Optional.empty());
    for (Optional<ClientValidation> next : wider) {
      apply(next);
      assertThat(ask(client))
          .startsWith("HTTP/1.1 200")
          .doesNotContainIgnoringCase("connection: close");
    }

    apply(trusting(before));
    assertThat(allThatComes(client)).as("others came in meanwhile").doesNotContain("200");
  }

  private Optional<ClientValidation> validation(Before was) {
    return switch (was) {
      case EVERYBODY -> Optional.empty();
      case EVERYBODY_BUT_ASKED ->
          Optional.of(new ClientValidation(List.of(now.getCertificate()), true));
      case ANOTHER_AUTHORITY -> trusting(before);
    };
  }

  private static Optional<ClientValidation> trusting(X509Bundle... authorities) {
    return Optional.of(
        new ClientValidation(
            Arrays.stream(authorities).map(X509Bundle::getCertificate).toList(), false));
  }

  private void apply(Optional<ClientValidation> validation) throws IOException {
    apply(server, validation, true);
  }

  private void apply(X509Bundle identity, Optional<ClientValidation> validation, boolean http)
      throws IOException {
    if (backend == 0) {
      backend = backend(http);
    }
    DownstreamTls tls =
        new DownstreamTls(
            List.of(
                new ServerCertificate(
                    "ns/cert",
                    List.of(identity.getCertificatePath()),
                    new PrivateKeyDer(identity.getKeyPair().getPrivate().getEncoded()))),
            DownstreamTls.HTTP_ALPN,
            TlsParameters.DEFAULT,
            validation);
    NetworkFilter filter =
        http
            ? new HttpConnectionManager(routes())
            : new TcpProxy(List.of(new WeightedCluster(1, "c")));
    FilterChain chain = new FilterChain("chain", List.of(), Optional.of(tls), filter);
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            http ? new UpstreamProtocol.Http1() : new UpstreamProtocol.Bytes(),
            Optional.empty(),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    LoadAssignment endpoints =
        new LoadAssignment("c", List.of(new LoadAssignment.Endpoint("127.0.0.1", backend)));
    Listener listener = new Listener("l", "127.0.0.1", port, "test", List.of(chain));
    assertThat(
            proxy
                .apply(Ir.of(Map.of("l", listener), Map.of("c", cluster), Map.of("c", endpoints)))
                .listenerErrors())
        .isEmpty();
  }

  private static RouteConfiguration routes() {
    WeightedBackend to =
        new WeightedBackend(
            1,
            new WeightedBackend.Destination.ToCluster("c"),
            HeaderMutation.NONE,
            HeaderMutation.NONE);
    Route route =
        new Route(
            "all",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.Forward(List.of(to), ForwardOptions.NONE));
    return new RouteConfiguration("chain", List.of(new VirtualHost("*", List.of(route))));
  }

  /// @param http whether it speaks HTTP; else it greets whoever connects
  private int backend(boolean http) throws IOException {
    ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    if (http) {
      WebSocketBackend backend =
          new WebSocketBackend(listening, (head, socket) -> answer(head, socket));
      open.add(backend);
      return backend.port();
    }
    open.add(listening);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              try (Socket socket = listening.accept()) {
                socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
              }
            }
          } catch (IOException e) {
            // closed
          }
        });
    return listening.getLocalPort();
  }

  private void answer(String head, Socket socket) throws IOException {
    if (head.startsWith("GET /slow ")) {
      asked.countDown();
      try {
        answering.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    WebSocketBackend.send(
        socket,
        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(ANSWER.length(), ANSWER));
  }

  private void awaitAsked() throws InterruptedException {
    assertThat(asked.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
  }

  /// @param voucher who vouches for the client
  /// @param alpn empty for none
  private SSLSocket client(X509Bundle voucher, int to, String alpn) throws Exception {
    X509Bundle identity = Certificates.issued(Certificates.leaf("client"), voucher);
    KeyManager[] keys = identity.toKeyManagerFactory().getKeyManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, authority.toTrustManagerFactory().getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), to);
    open.add(socket);
    socket.setSoTimeout(PATIENCE_MILLIS);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(alpn.isEmpty() ? new String[0] : new String[] {alpn});
    socket.setSSLParameters(parameters);
    return socket;
  }

  /// Sends a request; returns the head of its answer, the body of which was read as well.
  private static String ask(Socket client) throws IOException {
    WebSocketBackend.send(client, REQUEST);
    String head = WebSocketBackend.head(client.getInputStream());
    assertThat(client.getInputStream().readNBytes(ANSWER.length()))
        .isEqualTo(ANSWER.getBytes(StandardCharsets.US_ASCII));
    return head;
  }

  /// Sends a request; returns what comes until the connection ends, which may be at once.
  private static String allThatComes(Socket client) throws IOException {
    StringBuilder all = new StringBuilder();
    try {
      WebSocketBackend.send(client, REQUEST);
      int octet;
      while (all.indexOf(ANSWER) < 0 && (octet = client.getInputStream().read()) >= 0) {
        all.append((char) octet);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException closed) {
      // It closed before the request had left.
    }
    return all.toString();
  }
}
