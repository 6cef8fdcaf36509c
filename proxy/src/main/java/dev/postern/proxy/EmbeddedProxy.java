package dev.postern.proxy;

import dev.postern.ir.DataPlane;
import dev.postern.ir.Ir;
import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.dns.DnsEndpoints;
import dev.postern.proxy.fastcgi.FastCgiProtocol;
import dev.postern.proxy.listener.ListenerRegistry;
import dev.postern.proxy.tls.DownstreamTlsContexts;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.upstream.NettyConnector;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The built-in data plane on Netty.
public final class EmbeddedProxy implements DataPlane {
  /// So many names of clusters that are no more are remembered before routes are compiled anew
  /// without them.
  private static final int MAX_STALE = 1_000;

  private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Workers workers;
  private final ClusterRegistry clusters;
  private final ListenerRegistry listeners;
  private final DownstreamTlsContexts towardsClients = new DownstreamTlsContexts();
  private final UpstreamTlsContexts towardsBackends =
      new UpstreamTlsContexts(InstantSource.system());

  /// Starts the event loops; nothing is bound before [#apply].
  ///
  /// @param stats with room for [ProxyOptions#workers] workers
  public EmbeddedProxy(ProxyOptions options, StatStore stats) {
    workers = new Workers(options.workers(), options.timeouts(), options.limits());
    clusters =
        new ClusterRegistry(
            workers,
            stats,
            new NettyConnector(workers.transport(), new FastCgiProtocol()),
            towardsBackends,
            new DnsEndpoints(workers.all().getFirst().loop(), workers.transport()));
    listeners =
        new ListenerRegistry(
            workers,
            stats,
            clusters,
            towardsClients,
            options.accessLog().map(AccessLog::new).orElse(null));
  }

  /// Make before break: clusters first, then the routes to them, at last what is gone.
  @Override
  public Applied apply(Ir ir) {
    clusters.update(ir);
    boolean anew = clusters.stale() > MAX_STALE;
    if (anew) {
      clusters.forgetStale();
    }
    Applied applied = listeners.update(ir, anew);
    clusters.prune();
    return applied;
  }

  /// The clusters, for the admin endpoint.
  public Collection<ClusterEntry> clusters() {
    return clusters.entries();
  }

  @Override
  public boolean drain(Duration limit) {
    listeners.unbindAll();
    workers.onEach(Worker::drain);
    long deadline = System.nanoTime() + limit.toNanos();
    while (listeners.connections() > 0) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(DRAIN_POLL_NANOS);
    }
    return true;
  }

  @Override
  public void close() {
    listeners.unbindAll();
    clusters.close();
    workers.close();
    towardsClients.close();
    towardsBackends.close();
  }
}
