package dev.postern.proxy.tls;

import static dev.postern.proxy.tls.Certificates.authority;
import static dev.postern.proxy.tls.Certificates.ec;
import static dev.postern.proxy.tls.Certificates.issued;
import static dev.postern.proxy.tls.Certificates.leaf;
import static dev.postern.proxy.tls.Certificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import dev.postern.proxy.tls.TlsFailure.Kind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTlsTest {
  private static final X509Bundle ONE = selfSigned(leaf("one.example.com"));
  private static final X509Bundle TWO = selfSigned(leaf("*.example.com", "two.org"));
  private static final Duration LONG = Duration.ofSeconds(20);

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final DownstreamTlsContexts contexts = new DownstreamTlsContexts();
  private final BlockingQueue<String> established = new LinkedBlockingQueue<>();
  private final BlockingQueue<TlsFacts> agreed = new LinkedBlockingQueue<>();
  private final BlockingQueue<TlsFailure> failed = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> unmatched = new LinkedBlockingQueue<>();
  private volatile ServerNames names;
  private SSLContext client;
  private String[] schemes;
  private String[] suites;

  @BeforeEach
  void trustEverybody() throws Exception {
    client = SSLContext.getInstance("TLS");
    client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "one.example.com,   exact",
    "ONE.example.com,   exact",
    "x.example.com,     wildcard",
    "x.y.example.com,   wildcard",
    "x.deep.example.com, deeper",
    "example.com,       rest",
    "other.org,         rest",
    ",                  rest",
  })
  void theFilterChainIsChosenByServerName(String serverName, String chain) throws Exception {
    serve(
        chain("rest", List.of(), ONE),
        chain("wildcard", List.of("*.example.com"), ONE),
        chain("deeper", List.of("*.deep.example.com"), ONE),
        chain("exact", List.of("one.example.com"), ONE));
    try (SSLSocket socket = handshake(start(LONG), serverName)) {
      assertThat(established.poll(20, TimeUnit.SECONDS)).isEqualTo(chain);
      assertThat(socket.getSession().isValid()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"one.example.com, 0", "x.example.com, 1", "two.org, 1", "other.org, 0", ", 0"})
  void theCertificateThatFitsTheNameIsServedElseTheFirst(String serverName, int certificate)
      throws Exception {
    serve(chain("all", List.of(), ONE, TWO));
    try (SSLSocket socket = handshake(start(LONG), serverName)) {
      assertThat(served(socket)).isEqualTo(List.of(ONE, TWO).get(certificate).getCertificate());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "one.example.com, ecdsa_secp256r1_sha256, 0",
    "one.example.com, rsa_pss_rsae_sha256,    1",
    "x.example.com,   rsa_pss_rsae_sha256,    2",
    ",                rsa_pss_rsae_sha256,    1",
  })
  void ofSeveralCertificatesOneIsServedWhoseSignaturesTheClientTakes(
      String serverName, String scheme, int certificate) throws Exception {
    List<X509Bundle> bundles =
        List.of(
            ONE,
            selfSigned(leaf("one.example.com").rsa2048()),
            selfSigned(leaf("*.example.com").rsa2048()));
    serve(chain("all", List.of(), bundles.toArray(X509Bundle[]::new)));
    schemes = new String[] {scheme};
    try (SSLSocket socket = handshake(start(LONG), serverName)) {
      assertThat(served(socket)).isEqualTo(bundles.get(certificate).getCertificate());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,   ecdsa_secp256r1_sha256, TLSv1.2, 1",
    "256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ecdsa_secp256r1_sha256, TLSv1.2, 0",
    "256, TLS_AES_128_GCM_SHA256,                  ecdsa_secp256r1_sha256, TLSv1.2, 0",
    "384, TLS_AES_128_GCM_SHA256,                  ecdsa_secp256r1_sha256, TLSv1.2, 1",
    "384, TLS_AES_128_GCM_SHA256,                  ecdsa_secp384r1_sha384, TLSv1.2, 0",
    "256, TLS_AES_128_GCM_SHA256,                  ecdsa_secp384r1_sha384, TLSv1.2, 1",
    "521, TLS_AES_128_GCM_SHA256,                  ecdsa_secp521r1_sha512, TLSv1.2, 0",
    "521, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ecdsa_secp521r1_sha512, TLSv1.2, 0",
    "256, TLS_AES_128_GCM_SHA256,                  ecdsa_secp384r1_sha384, TLSv1,   1",
    "256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,   rsa_pkcs1_sha256,       TLSv1,   1",
  })
  void ofSeveralCertificatesOneIsServedThatSuitsTheClientInAll(
      int curve, String suite, String scheme, String oldest, int certificate) throws Exception {
    List<X509Bundle> bundles =
        List.of(
            issued(leaf("a.example").keyPair(ec(curve)), selfSigned(authority("a"))),
            selfSigned(leaf("a.example").rsa2048()));
    DownstreamTls any = chain("all", List.of(), bundles.toArray(X509Bundle[]::new)).tls().get();
    Version min = oldest.equals("TLSv1") ? Version.TLS_1_0 : Version.TLS_1_2;
    serve(
        new FilterChain(
            "all",
            List.of(),
            Optional.of(
                new DownstreamTls(
                    any.certificates(),
                    any.alpn(),
                    new TlsParameters(Optional.of(min), Optional.empty(), List.of(), List.of()),
                    Optional.empty())),
            new RouteConfiguration("all", List.of())));
    schemes = new String[] {scheme, "rsa_pss_rsae_sha256"};
    suites = new String[] {suite};
    try (SSLSocket socket = handshake(start(LONG), "a.example")) {
      assertThat(served(socket)).isEqualTo(bundles.get(certificate).getCertificate());
    }
  }

  @Test
  void whoTakesTheSignaturesOfNoCertificateOfTheNameIsRefused() throws Exception {
    serve(chain("all", List.of(), ONE, selfSigned(leaf("other.example.com").rsa2048())));
    schemes = new String[] {"rsa_pss_rsae_sha256"};
    assertThatThrownBy(() -> handshake(start(LONG), "one.example.com"))
        .isInstanceOf(IOException.class);
    TlsFailure failure = failed.poll(20, TimeUnit.SECONDS);
    assertThat(failure.reason()).contains("SHA-1");
  }

  @Test
  void anUnknownNameIsToldSo() throws Exception {
    serve(chain("one", List.of("one.example.com"), ONE));
    int port = start(LONG);

    assertThatThrownBy(() -> handshake(port, "other.org").close())
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("unrecognized_name");
    assertThat(unmatched.poll(20, TimeUnit.SECONDS))
        .isEqualTo("the client asked for the server name other.org, which no listener here has");
    assertThatThrownBy(() -> handshake(port, null).close()).isInstanceOf(SSLException.class);
  }

  @Test
  void http2IsPreferred() throws Exception {
    serve(chain("all", List.of(), ONE));
    int port = start(LONG);

    handshake(port, null, "http/1.1", "h2").close();
    assertThat(agreed.poll(20, TimeUnit.SECONDS).alpn()).isEqualTo("h2");
    handshake(port, null, "http/1.1").close();
    assertThat(agreed.poll(20, TimeUnit.SECONDS).alpn()).isEqualTo("http/1.1");
    handshake(port, null).close();
    assertThat(agreed.poll(20, TimeUnit.SECONDS).alpn()).isEmpty();
    handshake(port, null, "spdy/1").close();
    assertThat(agreed.poll(20, TimeUnit.SECONDS).alpn()).isEmpty();
  }

  @Test
  void whatFollowsTheHandshakeReachesTheHandlersThatWereAdded() throws Exception {
    serve(chain("all", List.of(), ONE));
    try (SSLSocket socket = handshake(start(LONG), null)) {
      socket.getOutputStream().write("echo".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("echo");
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.3", "TLSv1.2"})
  void clientsResumeTheirSessions(String version) throws Exception {
    client = SSLContext.getInstance(version);
    client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    serve(chain("all", List.of(), ONE));
    int port = start(LONG);
    for (int i = 0; i < 3; i++) {
      try (SSLSocket socket = handshake(port, "one.example.com")) {
        socket.getOutputStream().write('x');
        socket.getInputStream().read(); // the tickets come first
      }
      TlsFacts facts = agreed.poll(20, TimeUnit.SECONDS);
      assertThat(facts.version()).isEqualTo(version);
      assertThat(facts.resumed()).isEqualTo(i > 0);
    }
  }

  @Test
  void aRotatedCertificateIsServedToTheNextAndDisturbsNobody() throws Exception {
    ServerNames before = serve(chain("all", List.of(), ONE));
    int port = start(LONG);
    try (SSLSocket old = handshake(port, null);
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
      serve(chain("all", List.of(), TWO));
      before.release();
      assertThat(contexts.size()).isEqualTo(1);

      try (SSLSocket next = handshake(port, null);
          SSLSocket waited = handshake(slow, null)) {
        assertThat(served(next)).isEqualTo(TWO.getCertificate());
        assertThat(served(waited)).isEqualTo(TWO.getCertificate());
      }
      old.getOutputStream().write('x');
      assertThat(old.getInputStream().read()).isEqualTo('x');
    }
  }

  @Test
  void anEqualCertificateKeepsItsContext() throws Exception {
    ServerNames before = serve(chain("all", List.of(), ONE));
    DownstreamTlsContext context = before.choose(null, Unpooled.EMPTY_BUFFER).context();
    ServerNames after = serve(chain("changed", List.of("a.b"), ONE, TWO));
    before.release();

    assertThat(after.choose("a.b", Unpooled.EMPTY_BUFFER).context()).isSameAs(context);
    assertThat(contexts.size()).isEqualTo(2);
    after.release();
    assertThat(contexts.size()).isZero();
  }

  @Test
  void plaintextOnATlsPortIsClosedAtOnce() throws Exception {
    serve(chain("all", List.of(), ONE));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), start(LONG))) {
      socket.getOutputStream().write('G');
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(failed.poll(20, TimeUnit.SECONDS).reason()).contains("does not speak TLS");
  }

  @Test
  void aClientThatSaysNothingIsClosedAfterTheTimeout() throws Exception {
    serve(chain("all", List.of(), ONE));
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), start(Duration.ofMillis(50)))) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(failed.poll(20, TimeUnit.SECONDS).reason()).contains("in time");
  }

  @Test
  void aClientThatStopsAfterItsFirstMessageIsClosedAfterTheTimeout() throws Exception {
    serve(chain("all", List.of(), ONE));
    byte[] hello = clientHello();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), start(Duration.ofMillis(50)))) {
      socket.getOutputStream().write(hello);
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    }
    assertThat(failed.poll(20, TimeUnit.SECONDS).reason()).contains("in time");
  }

  @Test
  void aFirstMessageThatIsTooLongIsRefused() throws Exception {
    serve(chain("all", List.of(), ONE));
    byte[] start = {22, 3, 1, 0x40, 0, 1, 0, 0x50, 0};
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), start(LONG))) {
      socket.getOutputStream().write(Arrays.copyOf(start, 5 + 0x4000));
      assertThat(readToTheEnd(socket)).isTrue();
    }
    assertThat(failed.poll(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.CONNECTION_ERROR);
  }

  @Test
  void aKeyThatCannotBeUsedFailsItsHandshakesAndTellsNothingOfItself() throws Exception {
    names =
        contexts.serverNames(
            List.of(
                new FilterChain(
                    "bad",
                    List.of(),
                    Optional.of(
                        new DownstreamTls(
                            List.of(
                                new ServerCertificate(
                                    "ns/secret",
                                    List.of(ONE.getCertificate()),
                                    new PrivateKeyDer("hush".getBytes(StandardCharsets.UTF_8)))),
                            List.of())),
                    new RouteConfiguration("bad", List.of()))));
    int port = start(LONG);

    assertThatThrownBy(() -> handshake(port, null).close()).isInstanceOf(IOException.class);
    assertThat(failed.poll(20, TimeUnit.SECONDS).reason())
        .contains("ns/secret cannot be served")
        .doesNotContain("hush");
  }

  @Test
  void rsaKeysAreServedToo() throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate certificate = Certificates.version1("CN=rsa", key);
    names =
        contexts.serverNames(
            List.of(
                chain(
                    "rsa",
                    List.of(),
                    new ServerCertificate(
                        "rsa",
                        List.of(certificate),
                        new PrivateKeyDer(key.getPrivate().getEncoded())))));
    try (SSLSocket socket = handshake(start(LONG), null)) {
      assertThat(served(socket)).isEqualTo(certificate);
    }
  }

  private ServerNames serve(FilterChain... chains) {
    names = contexts.serverNames(List.of(chains));
    return names;
  }

  private static FilterChain chain(String name, List<String> serverNames, X509Bundle... served) {
    return chain(
        name,
        serverNames,
        Stream.of(served)
            .map(bundle ->
                new ServerCertificate(
                    "ns/" + name,
                    bundle.getCertificatePathList(),
                    new PrivateKeyDer(bundle.getKeyPair().getPrivate().getEncoded())))
            .toArray(ServerCertificate[]::new));
  }

  private static FilterChain chain(
      String name, List<String> serverNames, ServerCertificate... certificates) {
    return new FilterChain(
        name,
        serverNames,
        Optional.of(new DownstreamTls(List.of(certificates), DownstreamTls.HTTP_ALPN)),
        new RouteConfiguration(name, List.of()));
  }

  private int start(Duration timeout) throws Exception {
    ClientTls.Outcome outcome =
        new ClientTls.Outcome() {
          @Override
          public void established(Channel channel, FilterChain chain, TlsFacts facts) {
            established.add(chain.name());
            agreed.add(facts);
            channel.pipeline().addLast(new Echo());
          }

          @Override
          public void passedThrough(Channel channel, FilterChain chain) {
            channel.close();
          }

          @Override
          public void failed(Channel channel, TlsFailure failure) {
            failed.add(failure);
          }

          @Override
          public void unmatched(Channel channel, String reason) {
            unmatched.add(reason);
          }
        };
    Channel server =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    ClientTls.install(channel.pipeline(), () -> names, timeout, outcome);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  private SSLSocket handshake(int port, String serverName, String... alpn) throws IOException {
    return handshake(new Socket(InetAddress.getLoopbackAddress(), port), serverName, alpn);
  }

  private SSLSocket handshake(Socket connection, String serverName, String... alpn)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(
                    connection,
                    serverName == null ? "127.0.0.1" : serverName,
                    connection.getPort(),
                    true);
    SSLParameters parameters = socket.getSSLParameters();
    if (serverName != null) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(alpn);
    parameters.setSignatureSchemes(schemes);
    if (suites != null) {
      parameters.setCipherSuites(suites);
    }
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }

  private static X509Certificate served(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private byte[] clientHello() throws Exception {
    var engine = client.createSSLEngine();
    engine.setUseClientMode(true);
    var hello = java.nio.ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(java.nio.ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  /// Whether the other side ended the connection, in whatever way.
  private static boolean readToTheEnd(Socket socket) {
    try {
      socket.setSoTimeout(20_000);
      socket.getInputStream().readAllBytes();
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
