package dev.postern.proxy.listener;

import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.downstream.Http1ServerConnection;
import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.ListenerStat;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatCells;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One socket that clients connect to, and what is in force there.
final class BoundListener {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);
  private static final int BACKLOG = 4096;

  private final Workers workers;
  private final ClusterRegistry clusters;
  private final @Nullable AccessLog accessLog;
  private final StatGroup listenerStats;
  private final StatGroup httpStats;
  private final AtomicInteger connections;
  private final Map<String, ChainRoutes> chains = new ConcurrentHashMap<>();
  private volatile Listener ir;
  private @Nullable Channel channel;

  /// @param connections counts those of all listeners
  BoundListener(
      Listener ir,
      Workers workers,
      ClusterRegistry clusters,
      StatStore stats,
      @Nullable AccessLog accessLog,
      AtomicInteger connections) {
    this.ir = ir;
    this.workers = workers;
    this.clusters = clusters;
    this.accessLog = accessLog;
    this.connections = connections;
    this.listenerStats = stats.group("listener." + ir.name(), ListenerStat.SCHEMA);
    this.httpStats = stats.group("http." + ir.statPrefix(), HttpStat.SCHEMA);
    update(ir, true);
  }

  /// Takes over what changed; the next request on any connection sees it.
  void update(Listener next, boolean anew) {
    ir = next;
    Set<String> gone = new HashSet<>(chains.keySet());
    for (FilterChain chain : next.filterChains()) {
      gone.remove(chain.name());
      chains
          .computeIfAbsent(chain.name(), _ -> new ChainRoutes(clusters))
          .update(chain.routeConfiguration(), anew);
    }
    for (String name : gone) {
      ChainRoutes routes = chains.remove(name);
      if (routes != null) {
        routes.clear();
      }
    }
  }

  /// Binds; returns why it could not, for a person, or null.
  @Nullable String bind() {
    ChannelFuture binding =
        new ServerBootstrap()
            .group(workers.group())
            .channel(workers.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, workers.all().getFirst().allocator())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accept(accepted);
                  }
                })
            .bind(new InetSocketAddress(ir.address(), ir.port()))
            .awaitUninterruptibly();
    if (binding.isSuccess()) {
      channel = binding.channel();
      return null;
    }
    return BindFailure.explain(ir, binding.cause());
  }

  private void accept(Channel accepted) {
    Worker worker = workers.of(accepted.eventLoop());
    StatCells counts = listenerStats.worker(worker.index());
    int open = connections.incrementAndGet();
    accepted.closeFuture().addListener(_ -> connections.decrementAndGet());
    if (open > worker.limits().clientConnections()) {
      counts.increment(ListenerStat.DOWNSTREAM_CX_OVERFLOW.ordinal());
      accepted.close();
      return;
    }
    StatCells http = httpStats.worker(worker.index());
    counts.increment(ListenerStat.DOWNSTREAM_CX_TOTAL.ordinal());
    counts.increment(ListenerStat.DOWNSTREAM_CX_ACTIVE.ordinal());
    http.increment(HttpStat.DOWNSTREAM_CX_TOTAL.ordinal());
    http.increment(HttpStat.DOWNSTREAM_CX_ACTIVE.ordinal());
    accepted
        .closeFuture()
        .addListener(_ -> {
          counts.add(ListenerStat.DOWNSTREAM_CX_ACTIVE.ordinal(), -1);
          counts.increment(ListenerStat.DOWNSTREAM_CX_DESTROY.ordinal());
          http.add(HttpStat.DOWNSTREAM_CX_ACTIVE.ordinal(), -1);
          http.increment(HttpStat.DOWNSTREAM_CX_DESTROY.ordinal());
        });
    plaintext(accepted, worker, http);
  }

  private void plaintext(Channel accepted, Worker worker, StatCells http) {
    FilterChain chain = ir.filterChains().isEmpty() ? null : ir.filterChains().getFirst();
    ChainRoutes routes = chain == null ? null : chains.get(chain.name());
    if (routes == null) {
      accepted.close();
      return;
    }
    ClientConnection connection = connection(accepted, worker, http, false);
    accepted.pipeline().addLast(new Http1ServerConnection(accepted, connection, routes));
  }

  private ClientConnection connection(
      Channel accepted, Worker worker, StatCells http, boolean tls) {
    return new ClientConnection(
        worker,
        http,
        accessLog,
        tls,
        (InetSocketAddress) accepted.remoteAddress(),
        (InetSocketAddress) accepted.localAddress());
  }

  Listener ir() {
    return ir;
  }

  /// Takes no more connections; those that are go on.
  void unbind() {
    if (channel != null) {
      channel.close().awaitUninterruptibly();
      channel = null;
    }
  }

  /// Takes no more connections, and has no more routes for those that are.
  void remove() {
    unbind();
    chains.values().forEach(ChainRoutes::clear);
  }
}
