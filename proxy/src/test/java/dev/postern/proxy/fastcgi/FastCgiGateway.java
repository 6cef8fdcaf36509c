package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FilterChain;
import dev.postern.ir.ForwardOptions;
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
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.ProxyOptions;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The proxy with one listener, whose every request goes to one FastCGI cluster.
final class FastCgiGateway implements AutoCloseable {
  final List<String> log = new CopyOnWriteArrayList<>();
  final int port;
  private final EmbeddedProxy proxy;
  private final HttpClient http = HttpClient.newHttpClient();

  FastCgiGateway(FastCgiOptions options, int... applications) throws IOException {
    this(options, Optional.empty(), Timeouts.DEFAULT, applications);
  }

  FastCgiGateway(FastCgiOptions options, ForwardOptions forward, int application)
      throws IOException {
    this(options, forward, Optional.empty(), Timeouts.DEFAULT, application);
  }

  FastCgiGateway(
      FastCgiOptions options, Optional<UpstreamTls> tls, Timeouts timeouts, int... applications)
      throws IOException {
    this(options, ForwardOptions.NONE, tls, timeouts, applications);
  }

  private FastCgiGateway(
      FastCgiOptions options,
      ForwardOptions forward,
      Optional<UpstreamTls> tls,
      Timeouts timeouts,
      int... applications)
      throws IOException {
    port = FreePort.next();
    proxy =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), timeouts, Limits.DEFAULT), new StatStore(1));
    proxy.apply(ir(port, options, forward, tls, applications));
  }

  private static Ir ir(
      int port,
      FastCgiOptions options,
      ForwardOptions forward,
      Optional<UpstreamTls> tls,
      int... applications) {
    Cluster cluster =
        new Cluster(
            "php",
            new Discovery.Eds(),
            new UpstreamProtocol.FastCgi(options),
            tls,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    WeightedBackend backend =
        new WeightedBackend(
            1,
            new WeightedBackend.Destination.ToCluster("php"),
            HeaderMutation.NONE,
            HeaderMutation.NONE);
    Route route =
        new Route(
            "r",
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.Forward(List.of(backend), forward));
    FilterChain chain =
        new FilterChain(
            "chain",
            List.of(),
            Optional.empty(),
            new RouteConfiguration("chain", List.of(new VirtualHost("*", List.of(route)))));
    Listener listener = new Listener("l", "127.0.0.1", port, "test", List.of(chain));
    return Ir.of(
        Map.of("l", listener),
        Map.of("php", cluster),
        Map.of(
            "php",
            new LoadAssignment(
                "php",
                Arrays.stream(applications)
                    .mapToObj(p -> new LoadAssignment.Endpoint("127.0.0.1", p))
                    .toList())));
  }

  HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target));
  }

  HttpResponse<String> get(String target) throws IOException, InterruptedException {
    return send(request(target));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString(ISO_8859_1));
  }

  /// All that comes back until the connection closes.
  String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    http.close();
    proxy.close();
  }
}
