package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is spoken over TLS, by what the backend selects.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AlpnTest {
  private static final UpstreamProtocol HTTP2 = new UpstreamProtocol.Http2();
  private static final UpstreamProtocol NEGOTIATED = new UpstreamProtocol.Negotiated();
  private static final X509Bundle CERTIFICATE = certificate();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(client));

  private static X509Bundle certificate() {
    try {
      return new CertificateBuilder()
          .subject("CN=localhost")
          .addSanDnsName("localhost")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void http2IsOfferedAloneAndABackendThatDemandsItIsSatisfied() throws Exception {
    Hop hop = hop(http2(List.of("h2")), HTTP2);
    assertThat(get(hop).headers().firstValue("got-.scheme")).hasValue("https");
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL)).isEqualTo(1);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("HTTP/2 TLSv1.3");
  }

  @Test
  void aBackendThatSelectsNothingIsSpokenToInHttp2() throws Exception {
    Hop hop = hop(http2(List.of()), HTTP2);
    assertThat(get(hop).statusCode()).isEqualTo(200);
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL)).isEqualTo(1);
  }

  @Test
  void aBackendThatNegotiatesHttp2GetsItAndABurstSharesTheConnection() throws Exception {
    NettyH2Server server = http2(List.of("h2", "http/1.1"));
    Hop hop = hop(server, NEGOTIATED);
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(client.sendAsync(request(hop), HttpResponse.BodyHandlers.ofString()));
    }
    for (var one : all) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void aBackendInHttp1GetsThatWhereItIsNegotiatedAlsoInABurst() throws Exception {
    Hop hop = hop(http1(), NEGOTIATED);
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(client.sendAsync(request(hop), HttpResponse.BodyHandlers.ofString()));
    }
    for (var one : all) {
      assertThat(one.get().body()).isEqualTo("HTTP/1.1");
    }
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP1_TOTAL)).isPositive();
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_HTTP2_TOTAL)).isZero();
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE)).isZero();
  }

  @Test
  void aBackendThatSelectsHttp1WhereHttp2IsWantedIsRefusedWithAReason() throws Exception {
    // Offered beside h2 because somebody said so.
    Hop hop =
        hop(
            http1(),
            HTTP2,
            new TlsParameters(
                Optional.empty(), Optional.empty(), List.of(), List.of("h2", "http/1.1")));
    assertThat(get(hop).statusCode()).isEqualTo(502);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("selected http/1.1 by ALPN where HTTP/2 is wanted");
  }

  private NettyH2Server http2(List<String> selects) throws Exception {
    SslContextBuilder tls =
        SslContextBuilder.forServer(
                CERTIFICATE.getKeyPair().getPrivate(), CERTIFICATE.getCertificatePath())
            .sslProvider(SslProvider.JDK);
    if (!selects.isEmpty()) {
      // The JDK's engine can refuse who offers nothing that it takes, as grpc-go does.
      tls.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
              ApplicationProtocolConfig.SelectedListenerFailureBehavior.FATAL_ALERT,
              selects));
    }
    SslContext context = tls.build();
    NettyH2Server server = new NettyH2Server(Http2Settings.defaultSettings(), context);
    open.add(server);
    return server;
  }

  /// The JDK's HTTPS server, which selects http/1.1 only when asked by a handler: here by its
  /// engine.
  private HttpsServer http1() throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(CERTIFICATE.toKeyManagerFactory().getKeyManagers(), null, null);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(com.sun.net.httpserver.HttpsParameters parameters) {
            javax.net.ssl.SSLParameters said = context.getDefaultSSLParameters();
            said.setApplicationProtocols(new String[] {"http/1.1"});
            parameters.setSSLParameters(said);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getProtocol().getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    open.add(() -> server.stop(0));
    return server;
  }

  private Hop hop(NettyH2Server server, UpstreamProtocol protocol) {
    return hop(server.port(), protocol, TlsParameters.DEFAULT);
  }

  private Hop hop(HttpsServer server, UpstreamProtocol protocol) {
    return hop(server, protocol, TlsParameters.DEFAULT);
  }

  private Hop hop(HttpsServer server, UpstreamProtocol protocol, TlsParameters parameters) {
    return hop(server.getAddress().getPort(), protocol, parameters);
  }

  private Hop hop(int port, UpstreamProtocol protocol, TlsParameters parameters) {
    Hop hop =
        Hop.to(port)
            .protocol(protocol)
            .tls(
                new UpstreamTls(
                    "localhost",
                    new UpstreamTls.Trust.Anchors(List.of(CERTIFICATE.getCertificate())),
                    List.of(new UpstreamTls.SubjectName.Dns("localhost")),
                    Optional.empty(),
                    parameters))
            .apply();
    open.add(hop);
    return hop;
  }

  private HttpResponse<String> get(Hop hop) throws Exception {
    return client.send(request(hop), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(Hop hop) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hop.port + "/")).build();
  }
}
