package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Index;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which routes are at which listener and host: [Attachments] seen from the other side.
///
/// [#update] must be called after objects have changed and before anything is read here.
public final class Places {
  private final List<Gathered<ObjectRef, Attachment>> attachments;
  private final Index<ListenerKey, ObjectRef> routes;
  private final Index<ListenerKey, String> hosts;
  private final Index<HostKey, ObjectRef> routesByHost;

  Places(Memo memo, Objects objects, Attachments attachments) {
    this.attachments =
        List.of(
            objects.gather(memo, Kind.HTTP_ROUTE, attachments.query()),
            objects.gather(memo, Kind.GRPC_ROUTE, attachments.query()),
            objects.gather(memo, Kind.TLS_ROUTE, attachments.query()),
            objects.gather(memo, Kind.TCP_ROUTE, attachments.query()),
            objects.gather(memo, Kind.UDP_ROUTE, attachments.query()));
    routes = memo.index();
    hosts = memo.index();
    routesByHost = memo.index();
  }

  /// The routes that a listener takes.
  Index<ListenerKey, ObjectRef> routes() {
    return routes;
  }

  /// The hosts that routes serve at a listener.
  public Index<ListenerKey, String> hosts() {
    return hosts;
  }

  /// The routes that serve a host.
  public Index<HostKey, ObjectRef> routesByHost() {
    return routesByHost;
  }

  /// Takes in what changed. Work is in proportion to it.
  void update() {
    attachments.forEach(kind -> update(kind.changes()));
  }

  private void update(List<Gathered.Change<ObjectRef, Attachment>> changes) {
    for (Gathered.Change<ObjectRef, Attachment> change : changes) {
      Set<HostKey> before = new HashSet<>();
      Set<HostKey> after = new HashSet<>();
      change.before().ifPresent(attachment -> collect(attachment, before));
      change.after().ifPresent(attachment -> collect(attachment, after));
      after.stream().filter(key -> !before.contains(key)).forEach(key -> add(key, change.key()));
      before.stream().filter(key -> !after.contains(key)).forEach(key -> remove(key, change.key()));
      listenersOf(before, after).forEach(listener -> routes.remove(listener, change.key()));
      listenersOf(after, before).forEach(listener -> routes.add(listener, change.key()));
    }
  }

  private static void collect(Attachment attachment, Set<HostKey> into) {
    for (Attachment.Parent parent : attachment.parents()) {
      for (Attachment.Place place : parent.places()) {
        ListenerKey listener = new ListenerKey(parent.gateway(), parent.owner(), place.listener());
        place.hosts().forEach(host -> into.add(new HostKey(listener, host)));
      }
    }
  }

  private static Set<ListenerKey> listenersOf(Set<HostKey> keys, Set<HostKey> without) {
    Set<ListenerKey> listeners = new HashSet<>();
    keys.forEach(key -> listeners.add(key.listener()));
    without.forEach(key -> listeners.remove(key.listener()));
    return listeners;
  }

  private void add(HostKey key, ObjectRef route) {
    routesByHost.add(key, route);
    hosts.add(key.listener(), key.host());
  }

  private void remove(HostKey key, ObjectRef route) {
    routesByHost.remove(key, route);
    if (!routesByHost.contains(key)) {
      hosts.remove(key.listener(), key.host());
    }
  }
}
