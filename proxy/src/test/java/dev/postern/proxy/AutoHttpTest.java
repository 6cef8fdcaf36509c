package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.stats.StatStore;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/// A backend that is spoken to in TLS exactly when the client spoke TLS.
class AutoHttpTest {
  private static final X509Bundle IDENTITY = identity();

  @Test
  void theHopIsSecureExactlyWhenTheClientsIs() throws Exception {
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(IDENTITY.toKeyManagerFactory().getKeyManagers(), null, null);
    HttpsServer secure = HttpsServer.create(anyPort(), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(serving));
    HttpServer plain = HttpServer.create(anyPort(), 0);
    int plainListener = FreePort.next();
    int secureListener = FreePort.next();
    try (EmbeddedProxy proxy =
            new EmbeddedProxy(new ProxyOptions(1, Optional.empty()), new StatStore(1));
        HttpClient client = trusting()) {
      start(secure, "secure");
      start(plain, "plain");
      proxy.apply(
          ir(plainListener, secureListener, plain.getAddress().getPort(), secure.getAddress()));

      assertThat(get(client, "http://localhost:" + plainListener)).isEqualTo("plain");
      assertThat(get(client, "https://localhost:" + secureListener)).isEqualTo("secure");
      // What a client claims does not count.
      assertThat(get(client, "http://localhost:" + plainListener, "X-Forwarded-Proto", "https"))
          .isEqualTo("plain");
    } finally {
      secure.stop(0);
      plain.stop(0);
    }
  }

  private static Ir ir(int plain, int secure, int plainBackend, InetSocketAddress secureBackend) {
    UpstreamTls tls =
        new UpstreamTls(
            "localhost",
            new UpstreamTls.Trust.Anchors(List.of(IDENTITY.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns("localhost")));
    Cluster http = cluster("auto_http", Optional.empty());
    Cluster https = cluster("auto_https", Optional.of(tls));
    DownstreamTls served =
        new DownstreamTls(
            List.of(
                new DownstreamTls.ServerCertificate(
                    "ns/tls",
                    List.of(IDENTITY.getCertificate()),
                    new PrivateKeyDer(IDENTITY.getKeyPair().getPrivate().getEncoded()))),
            DownstreamTls.HTTP_ALPN);
    Listener first = listener("plain", plain, Optional.empty());
    Listener second = listener("secure", secure, Optional.of(served));
    return Ir.of(
        Map.of(first.name(), first, second.name(), second),
        Map.of(http.name(), http, https.name(), https),
        Map.of(
            http.name(), assignment(http.name(), plainBackend),
            https.name(), assignment(https.name(), secureBackend.getPort())));
  }

  private static Listener listener(String name, int port, Optional<DownstreamTls> tls) {
    WeightedBackend backend =
        new WeightedBackend(
            1,
            new WeightedBackend.Destination.ToClusterByScheme("auto_http", "auto_https"),
            HeaderMutation.NONE,
            HeaderMutation.NONE);
    Route route =
        new Route(
            "r",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.Forward(List.of(backend), Optional.empty()));
    FilterChain chain =
        new FilterChain(
            name,
            List.of(),
            tls,
            new RouteConfiguration(name, List.of(new VirtualHost("*", List.of(route)))));
    return new Listener("127.0.0.1_" + port, "127.0.0.1", port, "test", List.of(chain));
  }

  private static Cluster cluster(String name, Optional<UpstreamTls> tls) {
    return new Cluster(
        name,
        new Discovery.Eds(),
        new UpstreamProtocol.Http1(),
        tls,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        Cluster.DEFAULT_IDLE_TIMEOUT,
        CircuitBreakers.DEFAULT,
        OutlierDetection.DEFAULT);
  }

  private static LoadAssignment assignment(String cluster, int port) {
    return new LoadAssignment(cluster, List.of(new LoadAssignment.Endpoint("127.0.0.1", port)));
  }

  private static void start(HttpServer server, String body) {
    byte[] octets = body.getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, octets.length);
          exchange.getResponseBody().write(octets);
          exchange.close();
        });
    server.start();
  }

  private static HttpClient trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLParameters parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("");
    return HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
  }

  private static String get(HttpClient client, String uri, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri + "/"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  private static X509Bundle identity() {
    try {
      return new CertificateBuilder()
          .subject("CN=localhost")
          .addSanDnsName("localhost")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
