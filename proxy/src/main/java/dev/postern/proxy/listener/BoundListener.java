package dev.postern.proxy.listener;

import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
import dev.postern.ir.NetworkFilter;
import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.downstream.ClientProtocol;
import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.ListenerStat;
import dev.postern.proxy.stat.TcpStat;
import dev.postern.proxy.tcp.TcpClient;
import dev.postern.proxy.tcp.TcpConnection;
import dev.postern.proxy.tls.ClientTls;
import dev.postern.proxy.tls.DownstreamTlsContexts;
import dev.postern.proxy.tls.ServerNames;
import dev.postern.proxy.tls.TlsFacts;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.worker.Transport;
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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One socket that clients connect to, and what is in force there.
final class BoundListener implements Bound {
  private static final int BACKLOG = 4096;

  private final Workers workers;
  private final ClusterRegistry clusters;
  private final @Nullable AccessLog accessLog;
  private final StatGroup listenerStats;
  private final StatGroup httpStats;
  private final StatStore stats;
  private final AtomicInteger connections;
  private final DownstreamTlsContexts tlsContexts;
  private final Map<String, ChainRoutes> chains = new ConcurrentHashMap<>();
  private volatile Listener ir;
  private volatile @Nullable ServerNames serverNames;
  private @Nullable Channel channel;

  /// @param connections counts those of all listeners
  BoundListener(
      Listener ir,
      Workers workers,
      ClusterRegistry clusters,
      StatStore stats,
      DownstreamTlsContexts tlsContexts,
      @Nullable AccessLog accessLog,
      AtomicInteger connections) {
    this.ir = ir;
    this.workers = workers;
    this.clusters = clusters;
    this.tlsContexts = tlsContexts;
    this.accessLog = accessLog;
    this.connections = connections;
    this.listenerStats = stats.group("listener." + ir.name(), ListenerStat.SCHEMA);
    this.httpStats = stats.group("http." + ir.statPrefix(), HttpStat.SCHEMA);
    this.stats = stats;
    update(ir, true);
  }

  /// Takes over what changed; the next request on any connection sees it.
  @Override
  public void update(Listener next, boolean anew) {
    Set<String> gone = new HashSet<>(chains.keySet());
    List<ChainRoutes> ended = new ArrayList<>();
    for (FilterChain chain : next.filterChains()) {
      String key = key(chain);
      gone.remove(key);
      ChainRoutes here = chains.get(key);
      if (here != null && here.mayBecome(chain)) {
        here.update(chain, anew);
        continue;
      }
      ChainRoutes routes = new ChainRoutes(clusters, chain);
      routes.update(chain, anew);
      chains.put(key, routes);
      if (here != null) {
        ended.add(here);
      }
    }
    ServerNames before = serverNames;
    serverNames = next.tlsInspector() ? tlsContexts.serverNames(next.filterChains()) : null;
    ir = next;
    // Behind that: nobody chooses any more what is gone.
    for (String name : gone) {
      ChainRoutes routes = chains.remove(name);
      if (routes != null) {
        routes.clear();
      }
    }
    if (before != null) {
      before.release();
    }
    // Last: who connects again because of it is let in by what is in force now.
    ended.forEach(ChainRoutes::end);
  }

  /// TCP_NODELAY is Netty's default.
  @Override
  public @Nullable BindFailure bind() {
    ChannelFuture binding =
        new ServerBootstrap()
            .group(workers.group())
            .channel(workers.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.RECVBUF_ALLOCATOR, workers.transport().accepting())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, workers.all().getFirst().allocator())
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Outlet.WATER_MARK)
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
    return BindFailure.of(ir, binding.cause());
  }

  private void accept(Channel accepted) {
    Worker worker = workers.of(accepted.eventLoop());
    accepted.config().setRecvByteBufAllocator(worker.readBuffers());
    StatCells counts = listenerStats.worker(worker.index());
    int open = connections.incrementAndGet();
    accepted.closeFuture().addListener(_ -> connections.decrementAndGet());
    if (open > worker.limits().clientConnections()) {
      counts.increment(ListenerStat.DOWNSTREAM_CX_OVERFLOW.ordinal());
      accepted.close();
      return;
    }
    counts.increment(ListenerStat.DOWNSTREAM_CX_TOTAL.ordinal());
    counts.increment(ListenerStat.DOWNSTREAM_CX_ACTIVE.ordinal());
    accepted
        .closeFuture()
        .addListener(_ -> {
          counts.add(ListenerStat.DOWNSTREAM_CX_ACTIVE.ordinal(), -1);
          counts.increment(ListenerStat.DOWNSTREAM_CX_DESTROY.ordinal());
        });
    Listener now = ir;
    if (serverNames != null) {
      if (httpAlone(now)) {
        countHttp(accepted, worker);
      }
      accepted.pipeline().addLast(new SilentClient(worker));
      ClientTls.install(
          accepted.pipeline(),
          this::serverNames,
          worker.timeouts().requestHead(),
          new TlsOutcome(this, worker, counts, httpAlone(now)));
      return;
    }
    FilterChain chain = now.filterChains().isEmpty() ? null : now.filterChains().getFirst();
    if (chain == null || chain.tls().isPresent() || !serve(accepted, worker, chain, null, false)) {
      counts.increment(ListenerStat.NO_FILTER_CHAIN_MATCH.ordinal());
      accepted.close();
    }
  }

  /// A connection counts for HTTP from its begin, also if its handshake fails, unless it may turn
  /// out to be for something else.
  private static boolean httpAlone(Listener listener) {
    return listener.filterChains().stream()
        .allMatch(chain -> chain.filter() instanceof NetworkFilter.HttpConnectionManager);
  }

  /// Gives a connection to the chain's filter, as it is by now.
  ///
  /// @param facts of TLS that ended here; null for none
  /// @param counted whether the connection counts for HTTP already
  /// @return false when the chain is no more, or has become stricter about whom it lets in
  boolean serve(
      Channel accepted,
      Worker worker,
      FilterChain chain,
      @Nullable TlsFacts facts,
      boolean counted) {
    ChainRoutes routes = chains.get(key(chain));
    if (routes == null || !routes.takes(chain)) {
      return false;
    }
    return switch (chain.filter()) {
      case NetworkFilter.TcpProxy _ -> {
        NetworkFilter.TcpProxy proxy = routes.tcpProxy();
        if (proxy != null) {
          StatCells cells =
              stats.group("tcp." + ir.statPrefix(), TcpStat.SCHEMA).worker(worker.index());
          TcpConnection.start(
              accepted, new TcpClient(worker, cells, accessLog), proxy, clusters::entry);
        }
        yield proxy != null;
      }
      case NetworkFilter.HttpConnectionManager _ -> {
        if (!counted) {
          countHttp(accepted, worker);
        }
        http(accepted, worker, routes, facts);
        yield true;
      }
      case NetworkFilter.UdpProxy _ -> false;
    };
  }

  private void countHttp(Channel accepted, Worker worker) {
    StatCells http = httpStats.worker(worker.index());
    http.increment(HttpStat.DOWNSTREAM_CX_TOTAL.ordinal());
    http.increment(HttpStat.DOWNSTREAM_CX_ACTIVE.ordinal());
    accepted
        .closeFuture()
        .addListener(_ -> {
          http.add(HttpStat.DOWNSTREAM_CX_ACTIVE.ordinal(), -1);
          http.increment(HttpStat.DOWNSTREAM_CX_DESTROY.ordinal());
        });
  }

  private void http(Channel accepted, Worker worker, ChainRoutes routes, @Nullable TlsFacts facts) {
    StatCells http = httpStats.worker(worker.index());
    ClientConnection connection = connection(accepted, worker, http, facts != null);
    if (facts == null) {
      accepted.pipeline().addLast(new ClientProtocol(connection, routes));
      return;
    }
    http.increment(HttpStat.DOWNSTREAM_CX_SSL_TOTAL.ordinal());
    http.increment(HttpStat.DOWNSTREAM_CX_SSL_ACTIVE.ordinal());
    accepted
        .closeFuture()
        .addListener(_ -> http.add(HttpStat.DOWNSTREAM_CX_SSL_ACTIVE.ordinal(), -1));
    ClientProtocol.install(accepted.pipeline(), connection, routes, facts.alpn());
  }

  /// A chain that is turned from plaintext into TLS is another: what came in plaintext must not be
  /// served by it.
  private static String key(FilterChain chain) {
    return chain.name() + (chain.tls().isPresent() ? " with TLS" : "");
  }

  /// The chains by name; one that was turned into plaintext since has none.
  private ServerNames serverNames() {
    ServerNames names = serverNames;
    return names != null ? names : tlsContexts.serverNames(List.of());
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

  void countTls(TlsFacts facts) {
    listenerStats.named("ssl.versions." + facts.version()).increment();
    listenerStats.named("ssl.ciphers." + facts.cipher()).increment();
    if (!facts.curve().isEmpty()) {
      listenerStats.named("ssl.curves." + facts.curve()).increment();
    }
  }

  @Override
  public Listener ir() {
    return ir;
  }

  /// Takes no more connections; those that are go on, and so do those that the system has taken
  /// already.
  @Override
  public void unbind() {
    Channel listening = channel;
    if (listening != null) {
      channel = null;
      try {
        listening.eventLoop().execute(() -> takeLast(listening));
      } catch (RejectedExecutionException ended) {
        return; // The loop has ended, and closes its channels.
      }
      workers.awaitClosed(listening);
    }
  }

  private static void takeLast(Channel listening) {
    try {
      Transport.acceptWaiting(listening, BACKLOG);
    } finally {
      listening.close();
    }
  }

  /// Takes no more connections, and has no more routes for those that are.
  @Override
  public void remove() {
    unbind();
    chains.values().forEach(ChainRoutes::clear);
    if (serverNames != null) {
      serverNames.release();
    }
  }
}
