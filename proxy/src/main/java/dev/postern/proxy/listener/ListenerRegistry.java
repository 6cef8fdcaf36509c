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
import java.util.Objects;
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
  /// New sockets are bound before those that stay show the change, and what is gone goes after
  /// that, so that whom one of these sends to another finds it. What is gone goes first where its
  /// port is wanted.
  ///
  /// @param anew whether every route is compiled anew
  public Applied update(Ir next, boolean anew) {
    Set<Integer> wanted = new HashSet<>();
    for (Listener listener : next.listeners().values()) {
      if (!stays(listener)) {
        wanted.add(listener.port());
      }
    }
    List<Bound> staying = new ArrayList<>();
    List<Bound> leaving = new ArrayList<>();
    for (Bound listener : List.copyOf(bound.values())) {
      Listener now = next.listeners().get(listener.ir().name());
      if (now != null && stays(now)) {
        staying.add(listener);
      } else if (wanted.contains(listener.ir().port())) {
        remove(listener, now == null);
      } else {
        leaving.add(listener);
      }
    }
    Applied applied = bindMissing(next);
    for (Bound listener : staying) {
      Listener now = Objects.requireNonNull(next.listeners().get(listener.ir().name()));
      if (anew || !listener.ir().equals(now)) {
        listener.update(now, anew);
      }
    }
    leaving.forEach(listener -> remove(listener, true));
    return applied;
  }

  /// Whether its socket is there already.
  private boolean stays(Listener listener) {
    Bound here = bound.get(listener.name());
    return here != null && here.ir().transport() == listener.transport();
  }

  private void remove(Bound listener, boolean forGood) {
    String name = listener.ir().name();
    bound.remove(name);
    listener.remove();
    if (forGood) {
      stats.remove("listener." + name);
    }
  }

  private Applied bindMissing(Ir next) {
    Map<String, String> errors = new HashMap<>();
    Set<String> missing = new HashSet<>();
    for (Listener listener : next.listeners().values()) {
      BindFailure failure = bound.containsKey(listener.name()) ? null : bind(listener);
      if (failure != null) {
        errors.put(listener.name(), failure.message());
        if (failure.addressMissing()) {
          missing.add(listener.address());
        }
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
