package dev.postern.proxy.tls;

import static dev.postern.proxy.tls.Certificates.YESTERDAY;
import static dev.postern.proxy.tls.Certificates.authority;
import static dev.postern.proxy.tls.Certificates.issued;
import static dev.postern.proxy.tls.Certificates.leaf;
import static dev.postern.proxy.tls.Certificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.proxy.tls.TlsFailure.Kind;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.X509Bundle;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTlsContextTest {
  private static final X509Bundle CA = selfSigned(authority("ca"));
  private static final X509Bundle BACKEND = issued(leaf("example.com", "backend"), CA);
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private static final List<String> HTTP1 = List.of("http/1.1");

  private final UpstreamTlsContexts contexts = new UpstreamTlsContexts(InstantSource.system());

  @BeforeAll
  static void boringSslIsThere() {
    assertThat(OpenSsl.isAvailable()).as("%s", OpenSsl.unavailabilityCause()).isTrue();
  }

  @AfterAll
  static void stop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void tls13IsAgreedOnWithItsFacts() throws Exception {
    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.3", "TLSv1.2")) {
      assertThat(connect(contexts.retain(tls(CA), HTTP1), backend.port()))
          .isEqualTo(
              new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", false, "http/1.1"));
    }
  }

  @Test
  void tls12IsAgreedOnWithItsFacts() throws Exception {
    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.2")) {
      assertThat(connect(contexts.retain(tls(CA), HTTP1), backend.port()))
          .isEqualTo(
              new TlsFacts(
                  "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "X25519", false, "http/1.1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aBackendThatIsNotTrustedIsRefused(String version) throws Exception {
    X509Bundle expired = selfSigned(leaf("example.com").notAfter(YESTERDAY));
    try (TlsBackend backend = new TlsBackend(expired, version)) {
      TlsFailure failure = failure(tls(expired), backend.port());

      assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
      assertThat(failure.reason())
          .startsWith("the certificate of 127.0.0.1:" + backend.port() + " (CN=leaf) expired on");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aBackendOfAnotherNameIsRefused(String version) throws Exception {
    try (TlsBackend backend = new TlsBackend(issued(leaf("other.com"), CA), version)) {
      TlsFailure failure = failure(tls(CA), backend.port());

      assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_SAN);
      assertThat(failure.reason()).contains("is for DNS:other.com; expected DNS:example.com");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "backend"})
  void theServerNameIsThePolicysWhateverTheAddress(String sni) throws Exception {
    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.3")) {
      connect(contexts.retain(tls(sni, "example.com", CA), HTTP1), backend.port());

      assertThat(backend.serverNames()).containsExactly(sni);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void sessionsAreResumed(String version) throws Exception {
    UpstreamTlsContext context = contexts.retain(tls(CA), HTTP1);
    try (TlsBackend backend = new TlsBackend(BACKEND, version)) {
      assertThat(connect(context, backend.port()).resumed()).isFalse();
      int resumed = 0;
      for (int i = 0; i < 100; i++) {
        resumed += connect(context, backend.port()).resumed() ? 1 : 0;
      }
      assertThat(resumed).isGreaterThanOrEqualTo(97);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionIsResumedUnderTheValueThatVerifiedItAlone(String version) throws Exception {
    X509Bundle otherCa = selfSigned(authority("other"));
    try (TlsBackend backend = new TlsBackend(BACKEND, version)) {
      UpstreamTlsContext trusting = contexts.retain(tls(CA), HTTP1);
      connect(trusting, backend.port());
      assertThat(connect(trusting, backend.port()).resumed()).isTrue();

      // The same server, server name and trust but one more anchor: verified anew, and accepted.
      UpstreamTlsContext more = contexts.retain(tls(CA, otherCa), HTTP1);
      assertThat(connect(more, backend.port()).resumed()).isFalse();

      // Trust was taken away: no old session helps.
      assertThat(failure(tls(otherCa), backend.port()).kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
      assertThat(failure(tls("example.com", "elsewhere.com", CA), backend.port()).kind())
          .isEqualTo(Kind.FAIL_VERIFY_SAN);

      assertThat(connect(trusting, backend.port()).resumed()).isTrue();
    }
  }

  @Test
  void aSessionIsNotOfferedToAnotherEndpoint() throws Exception {
    UpstreamTlsContext context = contexts.retain(tls(CA), HTTP1);
    try (TlsBackend one = new TlsBackend(BACKEND, "TLSv1.3");
        TlsBackend two = new TlsBackend(BACKEND, "TLSv1.3")) {
      connect(context, one.port());
      assertThat(connect(context, two.port()).resumed()).isFalse();
      assertThat(connect(context, two.port()).resumed()).isTrue();
      assertThat(connect(context, one.port()).resumed()).isTrue();
    }
  }

  @Test
  void aBackendWithoutTlsIsRefusedWithoutRepeatingWhatItSaid() throws Exception {
    try (ServerSocket backend = TlsBackend.plain("HTTP/1.1 400 Bad secret")) {
      TlsFailure failure = failure(tls(CA), backend.getLocalPort());

      assertThat(failure.kind()).isEqualTo(Kind.CONNECTION_ERROR);
      assertThat(failure.reason())
          .isEqualTo(
              "127.0.0.1:%d does not speak TLS on this port: it sent something else",
              backend.getLocalPort());
    }
  }

  @Test
  void aBackendThatHangsUpIsSaidToHaveDoneSo() throws Exception {
    try (ServerSocket backend = TlsBackend.plain("")) {
      TlsFailure failure = failure(tls(CA), backend.getLocalPort());

      assertThat(failure.kind()).isEqualTo(Kind.CONNECTION_ERROR);
      assertThat(failure.reason()).contains("during the TLS handshake");
    }
  }

  @Test
  void equalValuesShareAContextUntilTheLastRelease() throws Exception {
    UpstreamTlsContext one = contexts.retain(tls(CA), HTTP1);
    UpstreamTlsContext two = contexts.retain(tls(CA), HTTP1);
    assertThat(two).isSameAs(one);
    assertThat(contexts.retain(tls("example.com", "else.com", CA), HTTP1)).isNotSameAs(one);
    assertThat(contexts.size()).isEqualTo(2);

    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.3")) {
      connect(one, backend.port());
      one.release();
      assertThat(connect(two, backend.port()).resumed()).isTrue();
      two.release();
      assertThat(contexts.size()).isEqualTo(1);

      assertThat(connect(contexts.retain(tls(CA), HTTP1), backend.port()).resumed()).isFalse();
      // A connection that comes just after the last release still gets its handshake.
      assertThat(connect(one, backend.port()).resumed()).isFalse();
    }
  }

  @Test
  void aNameThatTlsCannotCarryFailsTheConnectionAlone() {
    UpstreamTlsContext context = contexts.retain(tls("not a name", "example.com", CA), HTTP1);

    assertThatThrownBy(() -> context.newHandler(ByteBufAllocator.DEFAULT, "127.0.0.1", 1))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("not a name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "::1"})
  void noServerNameIsSentWhereThereIsNoneOrAnAddress(String sni) throws Exception {
    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.3")) {
      connect(contexts.retain(tls(sni, "example.com", CA), HTTP1), backend.port());

      assertThat(backend.serverNames()).isEmpty();
    }
  }

  @Test
  void anAddressIsFoundAmongTheCertificatesAddressesAlone() throws Exception {
    X509Bundle address = issued(leaf("10.0.0.9").addSanIpAddress("10.0.0.7"), CA);
    try (TlsBackend backend = new TlsBackend(address, "TLSv1.3")) {
      connect(contexts.retain(tls("", "10.0.0.7", CA), HTTP1), backend.port());

      assertThat(failure(tls("", "10.0.0.9", CA), backend.port()).reason())
          .contains("is for DNS:10.0.0.9, IP:10.0.0.7; expected DNS:10.0.0.9");
    }
  }

  @Test
  void anyNameStillNeedsAChainAndDates() throws Exception {
    List<SubjectName> any = List.of(new SubjectName.Any());
    UpstreamTls trusting =
        new UpstreamTls("", new UpstreamTls.Trust.Anchors(List.of(CA.getCertificate())), any);
    try (TlsBackend backend = new TlsBackend(issued(leaf("any.org"), CA), "TLSv1.3");
        TlsBackend stranger = new TlsBackend(selfSigned(leaf("any.org")), "TLSv1.3");
        TlsBackend old = new TlsBackend(issued(leaf("a").notAfter(YESTERDAY), CA), "TLSv1.3")) {
      connect(contexts.retain(trusting, HTTP1), backend.port());

      assertThat(failure(trusting, stranger.port()).kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
      assertThat(failure(trusting, old.port()).reason()).contains("expired on");
      connect(
          contexts.retain(new UpstreamTls("", new UpstreamTls.Trust.Unverified(), any), HTTP1),
          old.port());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionEndsWithTheCertificatesThatItWasVerifiedBy(String version) throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    UpstreamTlsContexts dated = new UpstreamTlsContexts(now::get);
    Instant end = Instant.now().plus(Duration.ofHours(1));
    try (TlsBackend backend =
        new TlsBackend(issued(leaf("example.com").notAfter(end), CA), version)) {
      UpstreamTlsContext context = dated.retain(tls(CA), HTTP1);
      connect(context, backend.port());
      assertThat(connect(context, backend.port()).resumed()).isTrue();

      now.set(end.plusSeconds(1));
      assertThatThrownBy(() -> connect(context, backend.port()))
          .rootCause()
          .hasMessageContaining("expired on");
    }
  }

  @Test
  void anotherOfferOfProtocolsIsAnotherContext() throws Exception {
    try (TlsBackend backend = new TlsBackend(BACKEND, "TLSv1.3")) {
      UpstreamTlsContext http1 = contexts.retain(tls(CA), HTTP1);
      UpstreamTlsContext none = contexts.retain(tls(CA), List.of());

      assertThat(connect(http1, backend.port()).alpn()).isEqualTo("http/1.1");
      assertThat(connect(none, backend.port()))
          .satisfies(facts -> assertThat(facts.alpn()).isEmpty())
          .satisfies(facts -> assertThat(facts.resumed()).isFalse());
      assertThat(contexts.size()).isEqualTo(2);
    }
  }

  private TlsFailure failure(UpstreamTls tls, int port) throws Exception {
    UpstreamTlsContext context = contexts.retain(tls, HTTP1);
    try {
      TlsFacts facts = connect(context, port);
      throw new AssertionError("not refused: " + facts);
    } catch (ExecutionException e) {
      return TlsFailure.of(e.getCause(), "127.0.0.1:" + port);
    } finally {
      context.release();
    }
  }

  /// Shakes hands, waits for the greeting (tickets come before it), closes.
  private static TlsFacts connect(UpstreamTlsContext context, int port) throws Exception {
    CompletableFuture<TlsFacts> facts = new CompletableFuture<>();
    CompletableFuture<Void> greeted = new CompletableFuture<>();
    Channel channel =
        new Bootstrap()
            .group(LOOP)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) throws Exception {
                    SslHandler tls = context.newHandler(channel.alloc(), "127.0.0.1", port);
                    tls.handshakeFuture()
                        .addListener(done -> {
                          if (done.isSuccess()) {
                            facts.complete(TlsFacts.of(tls));
                          } else {
                            facts.completeExceptionally(done.cause());
                          }
                        });
                    channel.pipeline().addLast(tls, new Greeting(greeted));
                  }
                })
            .connect("127.0.0.1", port)
            .sync()
            .channel();
    try {
      TlsFacts result = facts.get(20, TimeUnit.SECONDS);
      greeted.get(20, TimeUnit.SECONDS);
      return result;
    } finally {
      channel.close().sync();
    }
  }

  private static final class Greeting extends SimpleChannelInboundHandler<ByteBuf> {
    private final CompletableFuture<Void> greeted;

    Greeting(CompletableFuture<Void> greeted) {
      this.greeted = greeted;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      greeted.complete(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // the handshake future tells
    }
  }

  private static UpstreamTls tls(X509Bundle... anchors) {
    return tls("example.com", "example.com", anchors);
  }

  private static UpstreamTls tls(String sni, String name, X509Bundle... anchors) {
    return new UpstreamTls(
        sni,
        new UpstreamTls.Trust.Anchors(
            Arrays.stream(anchors).map(X509Bundle::getCertificate).toList()),
        List.of(new SubjectName.Dns(name)));
  }
}
