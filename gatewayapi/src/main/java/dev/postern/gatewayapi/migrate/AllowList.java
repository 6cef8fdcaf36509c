package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// whitelist-source-range and allowlist-source-range as networks of Envoy Gateway's SecurityPolicy.
/// Only where all of the list is understood, since what is left out would be shut out, and only
/// where one name says it.
final class AllowList {
  static final List<String> ANNOTATIONS =
      List.of("whitelist-source-range", "allowlist-source-range");

  private AllowList() {}

  /// Whether this guard is converted, so that the path need not be closed.
  static boolean convert(Location at, String guard) {
    boolean alone = ANNOTATIONS.stream().filter(name -> !at.value(name).isEmpty()).count() == 1;
    if (at.target != Target.ENVOY_GATEWAY || !ANNOTATIONS.contains(guard) || !alone) {
      return false;
    }
    List<Optional<String>> networks =
        Stream.of(at.value(guard).split(",", -1)).map(word -> network(word.strip())).toList();
    if (networks.stream().anyMatch(Optional::isEmpty)) {
      return false;
    }
    at.allowed = networks.stream().flatMap(Optional::stream).distinct().toList();
    at.different(
        guard,
        "a SecurityPolicy for the route, which looks at the address that connects: behind a load"
            + " balancer set clientIPDetection of a ClientTrafficPolicy, or all get 403");
    return true;
  }

  private static Optional<String> network(String text) {
    String address = text.replaceFirst("/[0-9]{1,3}$", "");
    boolean four = address.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}");
    boolean six = address.matches("[0-9A-Fa-f:]*:[0-9A-Fa-f:]*");
    if (!four && !six) {
      return Optional.empty();
    }
    return Optional.of(text.equals(address) ? address + (four ? "/32" : "/128") : text);
  }
}
