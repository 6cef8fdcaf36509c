package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.GatewayRules;
import dev.postern.gatewayapi.resolve.Hostnames;
import dev.postern.gatewayapi.resolve.JudgedGateway;
import dev.postern.gatewayapi.resolve.ListenerKey;
import dev.postern.gatewayapi.resolve.ListenerProtocol;
import dev.postern.gatewayapi.resolve.Places;
import dev.postern.gatewayapi.resolve.SocketName;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Listener;
import dev.postern.ir.Listener.Transport;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The sockets of a Gateway, with a filter chain for each HTTPS listener and for each host of a TLS
/// listener, or one for all HTTP listeners of the port, since plaintext connections cannot be told
/// apart.
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
  private final Places places;
  private final ByteLowering bytes;
  private final Query<ObjectRef, List<Listener>> sockets;
  private final Query<Socket, Listener> listeners;
  private final Query<Chain, FilterChain> chains;
  private final Query<ByteChain, Optional<FilterChain>> byteChains;
  private final Query<String, VirtualHost> empty;
  private final Query<String, VirtualHost> misdirected;

  ListenerLowering(
      Memo memo, GatewayRules gateways, VirtualHosts hosts, Places places, ByteLowering bytes) {
    this.gateways = gateways;
    this.hosts = hosts;
    this.places = places;
    this.bytes = bytes;
    sockets = memo.query(this::sockets);
    listeners = memo.query(this::listener);
    chains = memo.query(this::chain);
    byteChains = memo.query(this::byteChain);
    empty = memo.query(host -> new VirtualHost(host, List.of()));
    misdirected = memo.query(host -> new VirtualHost(host, List.of(MISDIRECTED)));
  }

  /// @param port with its transport
  private record Socket(ObjectRef gateway, String address, Port port) {}

  private record Port(int number, Transport transport) {}

  /// @param listener absent for all HTTP listeners of the port
  private record Chain(ObjectRef gateway, Port port, Optional<ListenerKey> listener) {}

  /// What a listener of bytes does with a host.
  private record ByteChain(ObjectRef gateway, ListenerKey listener, String host) {}

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
          .flatMap(listener -> port(listener).stream())
          .distinct()
          .forEach(port -> all.add(listeners.get(new Socket(ref, address, port))));
    }
    return List.copyOf(all);
  }

  private static Optional<Port> port(JudgedGateway.Listener listener) {
    return listener
        .protocol()
        .map(protocol -> new Port(listener.spec().port(), protocol.transport()));
  }

  private Listener listener(Socket socket) {
    ObjectRef gateway = socket.gateway();
    Port port = socket.port();
    List<JudgedGateway.Listener> all = accepted(gateway, port);
    List<JudgedGateway.Listener> served =
        all.stream().filter(JudgedGateway.Listener::isServed).toList();
    List<FilterChain> chainsOfSocket = new ArrayList<>();
    if (served.stream().allMatch(l -> is(l, ListenerProtocol.HTTP))) {
      chainsOfSocket.add(chains.get(new Chain(gateway, port, Optional.empty())));
    } else {
      for (JudgedGateway.Listener listener : served) {
        if (listener.isHttps()) {
          chainsOfSocket.add(
              chains.get(new Chain(gateway, port, Optional.of(listener.key(gateway)))));
        } else {
          addBytes(gateway, listener, all, chainsOfSocket);
        }
      }
      addClosed(gateway, all, chainsOfSocket);
    }
    return new Listener(
        SocketName.of(socket.address(), port.number(), port.transport()),
        socket.address(),
        port.number(),
        "listener_" + port.number() + (port.transport() == Transport.UDP ? "_udp" : ""),
        port.transport(),
        served.stream().anyMatch(ListenerLowering::isTls),
        chainsOfSocket);
  }

  private static boolean is(JudgedGateway.Listener listener, ListenerProtocol protocol) {
    return listener.protocol().filter(protocol::equals).isPresent();
  }

  private static boolean isTls(JudgedGateway.Listener listener) {
    return listener.protocol().filter(ListenerProtocol::isTls).isPresent();
  }

  /// Of protocols that can share the port, since others conflict.
  private List<JudgedGateway.Listener> accepted(ObjectRef gateway, Port port) {
    return gateways.judgement(gateway).map(JudgedGateway::listeners).orElse(List.of()).stream()
        .filter(l -> l.refused().isEmpty() && port(l).filter(port::equals).isPresent())
        .toList();
  }

  /// A chain for each host that routes have, as far as it belongs to the listener, and one for the
  /// rest of what the listener takes, which leads nowhere.
  private void addBytes(
      ObjectRef gateway,
      JudgedGateway.Listener listener,
      List<JudgedGateway.Listener> all,
      List<FilterChain> into) {
    TreeSet<String> hostsOfListener = new TreeSet<>(places.hosts().get(listener.key(gateway)));
    List<String> shadows = moreSpecific(listener, all);
    hostsOfListener.removeIf(host -> shadows.stream().anyMatch(s -> Hostnames.covers(s, host)));
    hostsOfListener.add(listener.host());
    hostsOfListener.forEach(host -> addByteChain(gateway, listener, host, into));
  }

  private void addByteChain(
      ObjectRef gateway, JudgedGateway.Listener listener, String host, List<FilterChain> into) {
    byteChains.get(new ByteChain(gateway, listener.key(gateway), host)).ifPresent(into::add);
  }

  /// Absent while the listener is gone and its readers have not heard of it yet.
  private Optional<FilterChain> byteChain(ByteChain chain) {
    ObjectRef gateway = chain.gateway();
    String host = chain.host();
    return gateways.judgement(gateway).stream()
        .flatMap(judged -> judged.listeners().stream())
        .filter(listener -> listener.key(gateway).equals(chain.listener()))
        .findFirst()
        .map(listener ->
            new FilterChain(
                name(gateway, List.of(listener)) + (host.equals(listener.host()) ? "" : "/" + host),
                serverNames(host),
                listener.tls(),
                listener.isServed()
                    ? bytes.filter(gateway, listener, host)
                    : new NetworkFilter.TcpProxy(List.of())));
  }

  /// The hosts of a listener that cannot be served belong to it all the same: where they would pass
  /// to a TLS listener with a wildcard, the connection is closed instead.
  private void addClosed(
      ObjectRef gateway, List<JudgedGateway.Listener> all, List<FilterChain> into) {
    for (JudgedGateway.Listener listener : all) {
      if (!listener.isServed()
          && all.stream()
              .anyMatch(other ->
                  is(other, ListenerProtocol.TLS)
                      && other.isServed()
                      && !other.equals(listener)
                      && Hostnames.covers(other.host(), listener.host()))) {
        addByteChain(gateway, listener, listener.host(), into);
      }
    }
  }

  private static List<String> serverNames(String host) {
    return host.equals(Hostnames.ANY) ? List.of() : List.of(host);
  }

  private static String name(ObjectRef gateway, List<JudgedGateway.Listener> own) {
    return gateway.namespace()
        + "/"
        + gateway.name()
        + "/"
        + String.join(",", own.stream().map(l -> l.key(gateway).label()).toList());
  }

  private FilterChain chain(Chain chain) {
    ObjectRef gateway = chain.gateway();
    List<JudgedGateway.Listener> all = accepted(gateway, chain.port());
    List<JudgedGateway.Listener> own =
        all.stream()
            .filter(l -> chain.listener().map(l.key(gateway)::equals).orElse(true))
            .toList();
    String name = name(gateway, own);
    List<String> serverNames =
        chain
            .listener()
            .flatMap(_ -> own.stream().findFirst())
            .map(listener -> serverNames(listener.host()))
            .orElse(List.of());
    return new FilterChain(
        name,
        serverNames,
        own.stream().flatMap(l -> l.tls().stream()).findFirst(),
        new RouteConfiguration(name, virtualHosts(gateway, own, all)));
  }

  /// A host belongs to the most specific listener that takes it, whether or not a route serves it
  /// there (Gateway.spec.listeners, HTTP listener isolation): so what a less specific listener has
  /// for it is left out, and where the owner has nothing, an empty virtual host answers 404.
  private List<VirtualHost> virtualHosts(
      ObjectRef gateway, List<JudgedGateway.Listener> own, List<JudgedGateway.Listener> all) {
    List<VirtualHost> virtualHosts = new ArrayList<>();
    for (JudgedGateway.Listener listener : own) {
      List<String> shadows = moreSpecific(listener, all);
      for (VirtualHost host : hosts.of(listener.key(gateway))) {
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
