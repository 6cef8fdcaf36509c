package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.Cluster;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Keeps the [Ir] of one [Resolution].
public final class Lowering {
  private final VirtualHosts hosts;
  private final Gathered<ObjectRef, List<Listener>> listeners;
  private final List<Gathered<ObjectRef, ClusterLowering.Backends>> backends;
  private final Keyed<String, Listener> listenersByName = new Keyed<>();
  private final Keyed<String, Cluster> clusters = new Keyed<>();
  private final Keyed<String, LoadAssignment> loadAssignments = new Keyed<>();
  private Ir ir = Ir.EMPTY;

  public Lowering(Memo memo, Resolution resolution) {
    hosts =
        new VirtualHosts(
            memo,
            resolution.places(),
            resolution.sides(),
            new RouteLowering(memo, resolution.routes()));
    listeners =
        resolution
            .objects()
            .gather(
                memo,
                Kind.GATEWAY,
                new ListenerLowering(
                        memo,
                        resolution.gateways(),
                        hosts,
                        resolution.places(),
                        new ByteLowering(memo, resolution.byteRoutes()))
                    .query());
    Query<ObjectRef, ClusterLowering.Backends> clustersOf =
        new ClusterLowering(memo, resolution).query();
    backends =
        resolution.backends().kinds().stream()
            .map(kind -> resolution.objects().gather(memo, kind, clustersOf))
            .toList();
  }

  /// The ir as of the last [#update].
  public Ir ir() {
    return ir;
  }

  /// Takes in what changed. Returns whether the ir is another one now.
  public boolean update() {
    takeListeners(listeners.changes());
    takeBackends(backends.stream().flatMap(kind -> kind.changes().stream()).toList());
    hosts.sweep();
    if (!listenersByName.isChanged() && !clusters.isChanged() && !loadAssignments.isChanged()) {
      return false;
    }
    ir = new Ir(listenersByName.snapshot(), clusters.snapshot(), loadAssignments.snapshot());
    return true;
  }

  private void takeListeners(List<Gathered.Change<ObjectRef, List<Listener>>> changes) {
    Set<String> gone = new HashSet<>();
    for (var change : changes) {
      change.before().ifPresent(all -> all.forEach(l -> gone.add(l.name())));
    }
    for (var change : changes) {
      change.after().ifPresent(all -> all.forEach(l -> put(listenersByName, gone, l.name(), l)));
    }
    gone.forEach(listenersByName::remove);
  }

  private void takeBackends(List<Gathered.Change<ObjectRef, ClusterLowering.Backends>> changes) {
    Set<String> gone = new HashSet<>();
    Set<String> goneAssignments = new HashSet<>();
    for (var change : changes) {
      change.before().ifPresent(b -> b.clusters().forEach(c -> gone.add(c.name())));
      change
          .before()
          .ifPresent(b -> b.loadAssignments().forEach(a -> goneAssignments.add(a.clusterName())));
    }
    for (var change : changes) {
      change.after().ifPresent(b -> b.clusters().forEach(c -> put(clusters, gone, c.name(), c)));
      change
          .after()
          .ifPresent(b ->
              b.loadAssignments()
                  .forEach(a -> put(loadAssignments, goneAssignments, a.clusterName(), a)));
    }
    gone.forEach(clusters::remove);
    goneAssignments.forEach(loadAssignments::remove);
  }

  private static <V> void put(Keyed<String, V> into, Set<String> gone, String name, V value) {
    into.put(name, value);
    gone.remove(name);
  }
}
