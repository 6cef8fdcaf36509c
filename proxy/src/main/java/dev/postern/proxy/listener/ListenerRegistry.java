package dev.postern.proxy.listener;

import dev.postern.ir.DataPlane.Applied;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.tls.DownstreamTlsContexts;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// All listeners by name. Changed by the control thread alone.
public final class ListenerRegistry {
  private final Workers workers;
  private final StatStore stats;
  private final ClusterRegistry clusters;
  private final @Nullable AccessLog accessLog;
  private final DownstreamTlsContexts tlsContexts;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<String, Bound> bound = new HashMap<>();

  public ListenerRegistry(
      Workers workers,
      StatStore stats,
      ClusterRegistry clusters,
      DownstreamTlsContexts tlsContexts,
      @Nullable AccessLog accessLog) {
    this.workers = workers;
    this.stats = stats;
    this.clusters = clusters;
    this.tlsContexts = tlsContexts;
    this.accessLog = accessLog;
  }

  /// Makes it what `next` says. A socket that cannot be bound is tried again by the next call.
  ///
  /// @param anew whether every route is compiled anew
  public Applied update(Ir next, boolean anew) {
    List<String> gone = new ArrayList<>(bound.keySet());
    gone.removeAll(next.listeners().keySet());
    for (String name : gone) {
      Bound listener = bound.remove(name);
      if (listener != null) {
        listener.remove();
        stats.remove("listener." + name);
      }
    }
    Map<String, String> errors = new HashMap<>();
    Set<String> missing = new HashSet<>();
    for (Listener listener : next.listeners().values()) {
      Bound here = bound.get(listener.name());
      if (here != null && here.ir().transport() != listener.transport()) {
        here.remove();
        bound.remove(listener.name());
        here = null;
      }
      if (here == null) {
        BindFailure failure = bind(listener);
        if (failure != null) {
          errors.put(listener.name(), failure.message());
          if (failure.addressMissing()) {
            missing.add(listener.address());
          }
        }
      } else if (anew || !here.ir().equals(listener)) {
        here.update(listener, anew);
      }
    }
    return new Applied(errors, missing);
  }

  private @Nullable BindFailure bind(Listener listener) {
    Bound made =
        switch (listener.transport()) {
          case TCP ->
              new BoundListener(
                  listener, workers, clusters, stats, tlsContexts, accessLog, connections);
          case UDP -> new BoundUdp(listener, workers, clusters, stats);
        };
    BindFailure failure = made.bind();
    if (failure == null) {
      bound.put(listener.name(), made);
    } else {
      made.remove();
    }
    return failure;
  }

  /// Takes no more connections.
  public void unbindAll() {
    bound.values().forEach(Bound::unbind);
  }

  /// Connections of clients that are open.
  public int connections() {
    return connections.get();
  }
}
