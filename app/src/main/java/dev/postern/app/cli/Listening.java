package dev.postern.app.cli;

import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
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
    boolean tls = listener.filterChains().stream().anyMatch(chain -> chain.tls().isPresent());
    String scheme = tls ? "https://" : "http://";
    String url = scheme + host(listener.address()) + ":" + listener.port() + "/";
    return new Listening(url, List.copyOf(chains));
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

  private static String hosts(Listener listener) {
    var shown = new ArrayList<String>();
    int all = 0;
    for (FilterChain chain : listener.filterChains()) {
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
    return "  for " + String.join(", ", shown) + rest;
  }
}
