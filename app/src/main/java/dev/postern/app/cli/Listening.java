package dev.postern.app.cli;

import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// A socket of the ir in words: the URL that a person can open, and what it is for.
///
/// @param url `http://localhost:8080/` for one that listens everywhere
/// @param gatewayListeners `namespace/gateway/listener`, sorted
record Listening(String url, List<String> gatewayListeners) {
  private static final int HOSTS_SHOWN = 3;

  static Listening of(Listener listener) {
    var chains = new TreeSet<String>();
    listener.filterChains().forEach(chain -> chains.add(chain.name()));
    String url = scheme(listener) + host(listener.address()) + ":" + listener.port();
    boolean http = listener.filterChains().stream().anyMatch(Listening::isHttp);
    return new Listening(http ? url + "/" : url, List.copyOf(chains));
  }

  /// What to write before the socket; that of HTTP where HTTP and other TLS share it.
  private static String scheme(Listener listener) {
    if (listener.transport() == Listener.Transport.UDP) {
      return "udp://";
    }
    if (listener.filterChains().stream().anyMatch(Listening::isHttp)) {
      return listener.tlsInspector() ? "https://" : "http://";
    }
    return listener.tlsInspector() ? "tls://" : "tcp://";
  }

  private static boolean isHttp(FilterChain chain) {
    return chain.filter() instanceof NetworkFilter.HttpConnectionManager;
  }

  private static String host(String address) {
    if (address.equals("0.0.0.0") || address.equals("::")) {
      return "localhost";
    }
    return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
  }

  /// One line about it, hosts included.
  String line(Listener listener) {
    return url + "  " + String.join(", ", gatewayListeners) + hosts(listener);
  }

  private static List<NetworkFilter.WeightedCluster> clusters(NetworkFilter filter) {
    return switch (filter) {
      case NetworkFilter.HttpConnectionManager _ -> List.of();
      case NetworkFilter.TcpProxy(var clusters) -> clusters;
      case NetworkFilter.UdpProxy(var clusters) -> clusters;
    };
  }

  private static String hosts(Listener listener) {
    var shown = new ArrayList<String>();
    int all = 0;
    for (FilterChain chain : listener.filterChains()) {
      for (NetworkFilter.WeightedCluster to : clusters(chain.filter())) {
        all++;
        if (shown.size() < HOSTS_SHOWN) {
          shown.add(
              String.join(", ", chain.serverNames())
                  + (chain.serverNames().isEmpty() ? "to " : " to ")
                  + (to.cluster().isEmpty() ? "an invalid backend" : to.cluster()));
        }
      }
      for (VirtualHost host : chain.routeConfiguration().virtualHosts()) {
        all++;
        if (shown.size() < HOSTS_SHOWN) {
          shown.add(host.domain().equals("*") ? "any host" : host.domain());
        }
      }
    }
    if (all == 0) {
      return "  no route yet";
    }
    String rest = all > shown.size() ? " and " + (all - shown.size()) + " more" : "";
    return (listener.filterChains().stream().anyMatch(Listening::isHttp) ? "  for " : "  ")
        + String.join(", ", shown)
        + rest;
  }
}
