package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Cluster;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import java.util.Comparator;
import java.util.List;

/// Keeps the [Ir] of one [Resolution].
public final class Lowering {
  private final VirtualHosts hosts;
  private final Gathered<ObjectRef, List<Listener>> listeners;
  private final Gathered<ObjectRef, ClusterLowering.Backends> backends;
  private final Keyed<String, Listener> listenersByName = new Keyed<>();
  private final Keyed<String, Cluster> clusters = new Keyed<>();
  private final Keyed<String, LoadAssignment> loadAssignments = new Keyed<>();
  private Ir ir = Ir.EMPTY;

  public Lowering(Memo memo, Resolution resolution) {
    hosts =
        new VirtualHosts(
            memo, resolution.places(), new RouteLowering(memo, resolution.routes()));
    listeners =
        memo.gather(
            () -> resolution.objects().all(Kind.GATEWAY),
            new ListenerLowering(memo, resolution.gateways(), hosts).query(),
            Comparator.naturalOrder());
    backends =
        memo.gather(
            () -> resolution.objects().all(Kind.SERVICE),
            new ClusterLowering(memo, resolution).query(),
            Comparator.naturalOrder());
  }

  /// The ir as of the last [#update].
  public Ir ir() {
    return ir;
  }

  /// Takes in what changed. Returns whether the ir is another one now.
  public boolean update() {
    for (var change : listeners.changes()) {
      change.before().ifPresent(all -> all.forEach(l -> listenersByName.remove(l.name(), l)));
      change.after().ifPresent(all -> all.forEach(l -> listenersByName.put(l.name(), l)));
    }
    for (var change : backends.changes()) {
      change.before().ifPresent(this::remove);
      change.after().ifPresent(this::put);
    }
    hosts.sweep();
    if (!listenersByName.isChanged() && !clusters.isChanged() && !loadAssignments.isChanged()) {
      return false;
    }
    ir = new Ir(listenersByName.snapshot(), clusters.snapshot(), loadAssignments.snapshot());
    return true;
  }

  private void remove(ClusterLowering.Backends gone) {
    gone.clusters().forEach(c -> clusters.remove(c.name(), c));
    gone.loadAssignments().forEach(a -> loadAssignments.remove(a.clusterName(), a));
  }

  private void put(ClusterLowering.Backends now) {
    now.clusters().forEach(c -> clusters.put(c.name(), c));
    now.loadAssignments().forEach(a -> loadAssignments.put(a.clusterName(), a));
  }
}
