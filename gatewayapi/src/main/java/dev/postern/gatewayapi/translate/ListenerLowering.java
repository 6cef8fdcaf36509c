package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.GatewayRules;
import dev.postern.gatewayapi.resolve.Hostnames;
import dev.postern.gatewayapi.resolve.JudgedGateway;
import dev.postern.gatewayapi.resolve.ListenerKey;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The sockets of a Gateway, with a filter chain for each HTTPS listener, or one for all HTTP
/// listeners of the port, since plaintext connections cannot be told apart.
final class ListenerLowering {
  private final GatewayRules gateways;
  private final VirtualHosts hosts;
  private final Query<ObjectRef, List<Listener>> sockets;
  private final Query<Socket, Listener> listeners;
  private final Query<Chain, FilterChain> chains;
  private final Query<String, VirtualHost> empty;

  ListenerLowering(Memo memo, GatewayRules gateways, VirtualHosts hosts) {
    this.gateways = gateways;
    this.hosts = hosts;
    sockets = memo.query(this::sockets);
    listeners = memo.query(this::listener);
    chains = memo.query(this::chain);
    empty = memo.query(host -> new VirtualHost(host, List.of()));
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
            // None, where the listener just went and nobody has let go of its chain yet.
            .flatMap(_ -> own.stream().findFirst())
            .flatMap(l -> l.spec().hostname())
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
    own.stream()
        .flatMap(listener -> moreSpecific(listener, all).stream())
        .distinct()
        .filter(shadow -> virtualHosts.stream().noneMatch(h -> h.domain().equals(shadow)))
        .toList()
        .forEach(shadow -> virtualHosts.add(empty.get(shadow)));
    virtualHosts.sort(Comparator.comparing(VirtualHost::domain));
    return virtualHosts;
  }

  private static List<String> moreSpecific(
      JudgedGateway.Listener than, List<JudgedGateway.Listener> all) {
    return all.stream()
        .filter(l -> !l.equals(than) && Hostnames.covers(than.host(), l.host()))
        .map(JudgedGateway.Listener::host)
        .toList();
  }
}
