package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.ir.NetworkFilter.WeightedCluster;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of a connection whose filter chain changes while its TLS handshake is under way.
class TcpChainChangeTest {
  private static final String NAME = "one.example";
  private static final String OTHER_NAME = "other.example";

  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final X509Bundle identity = Certificates.issued(Certificates.leaf(NAME), authority);
  private final int port = FreePort.next();
  private final EmbeddedProxy proxy =
      new EmbeddedProxy(new ProxyOptions(1, Optional.empty()), new StatStore(1));
  private final List<AutoCloseable> open = new ArrayList<>(List.of(proxy));
  private final int before = greeter("before");
  private final int now = greeter("now");

  TcpChainChangeTest() throws IOException {}

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void itIsServedAsTheChainIsWhenTheHandshakeIsDone() throws Exception {
    proxy.apply(ir(chain(NAME, "before")));
    assertThat(comesAfter(ir(chain(NAME, "now")))).isEqualTo("now");
  }

  @Test
  void itIsClosedWhenItsChainIsGone() throws Exception {
    proxy.apply(ir(chain(NAME, "before"), chain(OTHER_NAME, "before")));
    assertThat(comesAfter(ir(chain(OTHER_NAME, "before")))).isEmpty();
  }

  @Test
  void itIsClosedWhenItsListenerIsGone() throws Exception {
    proxy.apply(ir(chain(NAME, "before")));
    assertThat(comesAfter(Ir.of(Map.of(), clusters(), endpoints()))).isEmpty();
  }

  /// What a client hears whose handshake goes on only after that change.
  private String comesAfter(Ir next) throws Exception {
    try (HelloRelay relay = new HelloRelay(port);
        SSLSocket client = client(relay.port());
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      Future<String> heard = reader.submit(() -> all(client));
      relay.awaitHello();
      proxy.apply(next);
      relay.goOn();
      return heard.get(30, TimeUnit.SECONDS);
    }
  }

  private static String all(SSLSocket client) {
    try {
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException closed) {
      return "";
    }
  }

  private SSLSocket client(int to) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), to);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(NAME)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private Ir ir(FilterChain... chains) {
    Listener listener =
        new Listener("l", "127.0.0.1", port, "test", Listener.Transport.TCP, true, List.of(chains));
    return Ir.of(Map.of("l", listener), clusters(), endpoints());
  }

  private static Map<String, Cluster> clusters() {
    return Map.of("before", cluster("before"), "now", cluster("now"));
  }

  private Map<String, LoadAssignment> endpoints() {
    return Map.of("before", endpoint("before", before), "now", endpoint("now", now));
  }

  private FilterChain chain(String serverName, String cluster) {
    DownstreamTls tls =
        new DownstreamTls(
            List.of(
                new ServerCertificate(
                    "ns/cert",
                    List.of(identity.getCertificatePath()),
                    new PrivateKeyDer(identity.getKeyPair().getPrivate().getEncoded()))),
            List.of());
    return new FilterChain(
        "for " + serverName,
        List.of(serverName),
        Optional.of(tls),
        new TcpProxy(List.of(new WeightedCluster(1, cluster))));
  }

  private static Cluster cluster(String name) {
    return new Cluster(
        name,
        new Discovery.Eds(),
        new UpstreamProtocol.Bytes(),
        Optional.empty(),
        Duration.ofSeconds(2),
        Cluster.DEFAULT_IDLE_TIMEOUT,
        CircuitBreakers.DEFAULT,
        OutlierDetection.DEFAULT);
  }

  private static LoadAssignment endpoint(String cluster, int port) {
    return new LoadAssignment(cluster, List.of(new LoadAssignment.Endpoint("127.0.0.1", port)));
  }

  private int greeter(String text) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
              return; // closed
            }
          }
        });
    return server.getLocalPort();
  }
}
