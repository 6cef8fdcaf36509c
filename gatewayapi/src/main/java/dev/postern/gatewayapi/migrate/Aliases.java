package dev.postern.gatewayapi.migrate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// server-alias: further names of a host, for all of its paths. Of a host's Ingresses the first
/// that says some counts (createServers of the controller), and of hosts with the same alias the
/// first of the alphabet, since nginx ignores a server_name that it has seen.
final class Aliases {
  private final Set<String> hosts;

  /// By host.
  private final Map<String, Ingress> first = new TreeMap<>();

  private final Map<String, String> hostOf = new HashMap<>();

  /// @param ingresses the oldest first
  Aliases(List<Ingress> ingresses) {
    this.hosts = new HashSet<>();
    for (Ingress ingress : ingresses) {
      if (!ingress.isCanary()) {
        hosts.addAll(ingress.hosts());
        if (words(ingress).stream().anyMatch(alias -> !alias.isEmpty())) {
          ingress.hosts().forEach(host -> first.putIfAbsent(host, ingress));
        }
      }
    }
    first.forEach(
        (host, ingress) -> words(ingress).forEach(alias -> hostOf.putIfAbsent(alias, host)));
  }

  private static List<String> words(Ingress ingress) {
    String text = ingress.annotations().getOrDefault("server-alias", "").strip();
    return List.of(text.split("[,\\s]+", -1));
  }

  void convert(Location at) {
    String host = at.path.host();
    Ingress owner = first.get(host);
    if (host.isEmpty()) {
      at.same("server-alias", "nothing, as all hosts are served");
    } else if (owner == null) {
      at.same("server-alias", "nothing, as it is empty");
    } else {
      if (!owner.id().equals(at.ingress.id())) {
        at.same("server-alias", "nothing: that of " + owner.id() + " counts for this host");
      }
      for (String alias : words(owner)) {
        if (!alias.isEmpty() && !alias.equals(host)) {
          convert(at, alias, owner.id().equals(at.ingress.id()));
        }
      }
    }
  }

  /// @param own whether the location's Ingress says it
  private void convert(Location at, String alias, boolean own) {
    Verdict verdict;
    if (hosts.contains(alias)) {
      verdict = new Verdict.Same("nothing: " + alias + " is a host of an Ingress itself");
    } else if (!at.path.host().equals(hostOf.get(alias))) {
      verdict =
          new Verdict.Same(
              "nothing: " + alias + " is an alias of " + hostOf.get(alias) + ", as in nginx");
    } else if (isHost(alias)) {
      at.aliases.add(alias);
      verdict = new Verdict.Same("hostnames of all routes of the host");
    } else {
      verdict =
          new Verdict.NotPossible(
              "no route has the host name '" + alias + "'",
              "write the hosts out, or a wildcard such as *.example.com");
    }
    if (own) {
      at.verdicts().ofAnnotation("server-alias", verdict);
    }
  }

  /// A host name of the Gateway API, perhaps with a wildcard.
  static boolean isHost(String host) {
    return HeaderFamily.isName(host.startsWith("*.") ? host.substring(2) : host);
  }
}
