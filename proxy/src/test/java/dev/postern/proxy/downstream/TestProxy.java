package dev.postern.proxy.downstream;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.HeaderMatch;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PathMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.ValueMatch;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.exchange.RouteTarget;
import dev.postern.proxy.route.RouteTable;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.upstream.BackendProtocol;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.ClusterSpec;
import dev.postern.proxy.upstream.NettyConnector;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// One worker that listens on loopback and forwards everything to one backend. It has a fault: who
/// sends the header `x-fault` is compared with an expression that takes more stack than there is.
final class TestProxy implements AutoCloseable {
  private static final BackendProtocol NO_FAST_CGI =
      _ -> {
        throw new UnsupportedOperationException();
      };

  final StatGroup http;
  final StatGroup cluster;
  final List<String> log = new CopyOnWriteArrayList<>();
  final Worker worker;
  private final Workers workers;
  private final Channel listener;

  TestProxy(int backendPort) {
    this(backendPort, null, Timeouts.DEFAULT, Limits.DEFAULT);
  }

  TestProxy(int backendPort, SslContext tls, Timeouts timeouts, Limits limits) {
    workers = new Workers(1, timeouts, limits);
    worker = workers.all().getFirst();
    StatStore stats = new StatStore(1);
    http = stats.group("http.test", HttpStat.SCHEMA);
    cluster = stats.group("cluster.test", ClusterStat.SCHEMA);
    ClusterEntry entry =
        new ClusterEntry(
            "test",
            cluster,
            new NettyConnector(workers.transport(), NO_FAST_CGI),
            new UpstreamTlsContexts(InstantSource.system()),
            1);
    entry.spec(
        new ClusterSpec(
            new Cluster(
                "test",
                new Discovery.Eds(),
                new UpstreamProtocol.Http1(),
                Optional.empty(),
                Cluster.DEFAULT_CONNECT_TIMEOUT,
                Cluster.DEFAULT_IDLE_TIMEOUT,
                CircuitBreakers.DEFAULT,
                OutlierDetection.DEFAULT),
            List.of(new LoadAssignment.Endpoint("127.0.0.1", backendPort))));
    RouteTable<RouteTarget> table =
        RouteTable.compile(routes(), null, route -> RouteTarget.of(route, _ -> entry));
    AccessLog accessLog = new AccessLog(log::add);
    listener =
        new ServerBootstrap()
            .group(workers.group())
            .channel(workers.transport().serverChannel())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    ClientConnection client =
                        new ClientConnection(
                            worker,
                            http.worker(0),
                            accessLog,
                            tls != null,
                            (InetSocketAddress) channel.remoteAddress(),
                            (InetSocketAddress) channel.localAddress());
                    if (tls == null) {
                      channel.pipeline().addLast(new ClientProtocol(client, () -> table));
                    } else {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                      channel.pipeline().addLast(new Alpn(client, () -> table));
                    }
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  private static final class Alpn extends ApplicationProtocolNegotiationHandler {
    private final ClientConnection client;
    private final Routes routes;

    Alpn(ClientConnection client, Routes routes) {
      super("");
      this.client = client;
      this.routes = routes;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      ClientProtocol.install(ctx.pipeline(), client, routes, protocol);
    }
  }

  private static RouteConfiguration routes() {
    RouteMatch fault =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            Optional.empty(),
            List.of(
                new HeaderMatch("x-fault", new ValueMatch.Regex("(a?b?c?d?e?f?g?h?i?j?){1000}"))),
            List.of());
    return new RouteConfiguration(
        "test",
        List.of(
            new VirtualHost(
                "*", List.of(forward("fault", fault), forward("all", RouteMatch.ANY)))));
  }

  private static Route forward(String name, RouteMatch match) {
    return new Route(
        name,
        match,
        HeaderMutation.NONE,
        HeaderMutation.NONE,
        new RouteAction.Forward(
            List.of(
                new WeightedBackend(
                    1,
                    new WeightedBackend.Destination.ToCluster("test"),
                    HeaderMutation.NONE,
                    HeaderMutation.NONE)),
            Optional.empty()));
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  long count(HttpStat stat) {
    return http.value(stat.ordinal());
  }

  @Override
  public void close() {
    workers.close();
  }
}
