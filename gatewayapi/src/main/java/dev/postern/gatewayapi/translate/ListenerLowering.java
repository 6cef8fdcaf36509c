package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.GatewayRules;
import dev.postern.gatewayapi.resolve.Hostnames;
import dev.postern.gatewayapi.resolve.JudgedGateway;
import dev.postern.gatewayapi.resolve.ListenerKey;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Listener;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The sockets of a Gateway, with a filter chain for each HTTPS listener, or one for all HTTP
/// listeners of the port, since plaintext connections cannot be told apart.
final class ListenerLowering {
  /// RFC 9110 15.5.20.
  private static final Route MISDIRECTED =
      new Route(
          "misdirected",
          RouteMatch.ANY,
          HeaderMutation.NONE,
          HeaderMutation.NONE,
          new RouteAction.DirectResponse(421, "this connection is not for that host\n"));

  private final GatewayRules gateways;
  private final VirtualHosts hosts;
  private final Query<ObjectRef, List<Listener>> sockets;
  private final Query<Socket, Listener> listeners;
  private final Query<Chain, FilterChain> chains;
  private final Query<String, VirtualHost> empty;
  private final Query<String, VirtualHost> misdirected;

  ListenerLowering(Memo memo, GatewayRules gateways, VirtualHosts hosts) {
    this.gateways = gateways;
    this.hosts = hosts;
    sockets = memo.query(this::sockets);
    listeners = memo.query(this::listener);
    chains = memo.query(this::chain);
    empty = memo.query(host -> new VirtualHost(host, List.of()));
    misdirected = memo.query(host -> new VirtualHost(host, List.of(MISDIRECTED)));
  }

  private record Socket(ObjectRef gateway, String address, int port) {}

  /// @param listener its name; absent for all HTTP listeners of the port
  private record Chain(ObjectRef gateway, int port, Optional<String> listener) {}

  Query<ObjectRef, List<Listener>> query() {
    return sockets;
  }

  private List<Listener> sockets(ObjectRef ref) {
    Optional<JudgedGateway> gateway = gateways.judgement(ref);
    if (gateway.isEmpty() || gateway.get().refused().isPresent()) {
      return List.of();
    }
    List<Listener> all = new ArrayList<>();
    for (String address : gateway.get().addresses()) {
      gateway.get().listeners().stream()
          .filter(JudgedGateway.Listener::isServed)
          .map(listener -> listener.spec().port())
          .distinct()
          .forEach(port -> all.add(listeners.get(new Socket(ref, address, port))));
    }
    return List.copyOf(all);
  }

  private Listener listener(Socket socket) {
    List<FilterChain> all = new ArrayList<>();
    List<JudgedGateway.Listener> served =
        accepted(socket.gateway(), socket.port()).stream()
            .filter(JudgedGateway.Listener::isServed)
            .toList();
    if (served.stream().noneMatch(JudgedGateway.Listener::isHttps)) {
      all.add(chains.get(new Chain(socket.gateway(), socket.port(), Optional.empty())));
    } else {
      for (JudgedGateway.Listener listener : served) {
        Optional<String> name = Optional.of(listener.spec().name());
        all.add(chains.get(new Chain(socket.gateway(), socket.port(), name)));
      }
    }
    return new Listener(
        socket.address() + "_" + socket.port(),
        socket.address(),
        socket.port(),
        "listener_" + socket.port(),
        all);
  }

  /// Of one protocol, since others conflict.
  private List<JudgedGateway.Listener> accepted(ObjectRef gateway, int port) {
    return gateways.judgement(gateway).map(JudgedGateway::listeners).orElse(List.of()).stream()
        .filter(l -> l.spec().port() == port && l.refused().isEmpty())
        .toList();
  }

  private FilterChain chain(Chain chain) {
    List<JudgedGateway.Listener> all = accepted(chain.gateway(), chain.port());
    List<JudgedGateway.Listener> own =
        all.stream()
            .filter(l -> chain.listener().map(l.spec().name()::equals).orElse(true))
            .toList();
    String name =
        chain.gateway().namespace()
            + "/"
            + chain.gateway().name()
            + "/"
            + String.join(",", own.stream().map(l -> l.spec().name()).toList());
    List<String> serverNames =
        chain
            .listener()
            .flatMap(_ -> own.getFirst().spec().hostname())
            .map(List::of)
            .orElse(List.of());
    return new FilterChain(
        name,
        serverNames,
        own.stream().flatMap(l -> l.tls().stream()).findFirst(),
        new RouteConfiguration(name, virtualHosts(chain.gateway(), own, all)));
  }

  /// A host belongs to the most specific listener that takes it, whether or not a route serves it
  /// there (Gateway.spec.listeners, HTTP listener isolation): so what a less specific listener has
  /// for it is left out, and where the owner has nothing, an empty virtual host answers 404.
  private List<VirtualHost> virtualHosts(
      ObjectRef gateway, List<JudgedGateway.Listener> own, List<JudgedGateway.Listener> all) {
    List<VirtualHost> virtualHosts = new ArrayList<>();
    for (JudgedGateway.Listener listener : own) {
      List<String> shadows = moreSpecific(listener, all);
      for (VirtualHost host : hosts.of(new ListenerKey(gateway, listener.spec().name()))) {
        if (shadows.stream().noneMatch(s -> Hostnames.covers(s, host.domain()))) {
          virtualHosts.add(host);
        }
      }
    }
    if (!own.isEmpty() && own.getFirst().isHttps()) {
      addMisdirected(own.getFirst(), all, virtualHosts);
    } else {
      own.stream()
          .flatMap(listener -> moreSpecific(listener, all).stream())
          .distinct()
          .filter(shadow -> lacks(virtualHosts, shadow))
          .toList()
          .forEach(shadow -> virtualHosts.add(empty.get(shadow)));
    }
    virtualHosts.sort(Comparator.comparing(VirtualHost::domain));
    return virtualHosts;
  }

  /// A host of another HTTPS listener of the port was asked for on a connection that is not for it:
  /// 421, so that the client makes one that is (GEP-3567). A host of nobody is 404.
  private void addMisdirected(
      JudgedGateway.Listener own,
      List<JudgedGateway.Listener> all,
      List<VirtualHost> virtualHosts) {
    List<String> others =
        all.stream().filter(l -> !l.equals(own)).map(JudgedGateway.Listener::host).toList();
    if (!others.isEmpty() && lacks(virtualHosts, own.host())) {
      virtualHosts.add(empty.get(own.host()));
    }
    others.stream()
        .filter(host -> lacks(virtualHosts, host))
        .forEach(host -> virtualHosts.add(misdirected.get(host)));
  }

  private static boolean lacks(List<VirtualHost> virtualHosts, String domain) {
    return virtualHosts.stream().noneMatch(host -> host.domain().equals(domain));
  }

  private static List<String> moreSpecific(
      JudgedGateway.Listener than, List<JudgedGateway.Listener> all) {
    return all.stream()
        .filter(l -> !l.equals(than) && Hostnames.covers(than.host(), l.host()))
        .map(JudgedGateway.Listener::host)
        .toList();
  }
}
