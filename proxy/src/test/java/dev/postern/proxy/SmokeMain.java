package dev.postern.proxy;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.stats.StatStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

public class SmokeMain {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    int backend = Integer.parseInt(args[1]);
    Optional<UpstreamTls> tls = Optional.empty();
    if (args.length > 2) {
      try (var in = Files.newInputStream(Path.of(args[2]))) {
        var ca = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        tls =
            Optional.of(
                new UpstreamTls(
                    "example.com",
                    new UpstreamTls.Trust.Anchors(List.of(ca)),
                    List.of(new UpstreamTls.SubjectName.Dns("example.com"))));
      }
    }
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            tls,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    Route route =
        new Route(
            "r",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.Forward(
                List.of(
                    new WeightedBackend(
                        1,
                        new WeightedBackend.Destination.ToCluster("c"),
                        HeaderMutation.NONE,
                        HeaderMutation.NONE)),
                Optional.empty()));
    Listener listener =
        new Listener(
            "127.0.0.1_" + port,
            "127.0.0.1",
            port,
            "listener_" + port,
            List.of(
                new FilterChain(
                    "a",
                    List.of(),
                    Optional.empty(),
                    new RouteConfiguration("a", List.of(new VirtualHost("*", List.of(route)))))));
    StatStore stats = new StatStore(2);
    EmbeddedProxy proxy =
        new EmbeddedProxy(
            new ProxyOptions(
                1, args.length > 3 ? Optional.of(System.out::println) : Optional.empty()),
            stats);
    System.out.println(
        proxy.apply(
            new Ir(
                Map.of(listener.name(), listener),
                Map.of("c", cluster),
                Map.of(
                    "c",
                    new LoadAssignment(
                        "c", List.of(new LoadAssignment.Endpoint("127.0.0.1", backend)))))));
    Thread.currentThread().join();
  }
}
