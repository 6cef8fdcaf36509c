package dev.postern.gatewayapi.migrate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// In which order nginx tried the paths of a host, where they are regular expressions: by their
/// text as it is written, the longest first, of equally long ones the last of the alphabet, and of
/// equal ones that of the oldest Ingress (getBackendServers of the controller).
final class NginxOrder {
  private static final Comparator<byte[]> TEXT =
      Comparator.<byte[]>comparingInt(text -> text.length)
          .thenComparing(Arrays::compareUnsigned)
          .reversed();
  private static final Comparator<Location> ORDER =
      Comparator.comparing(at -> at.path.path().getBytes(StandardCharsets.UTF_8), TEXT);

  private NginxOrder() {}

  /// @param locations those of the oldest Ingress first
  static List<Location> of(List<Location> locations) {
    return locations.stream().sorted(ORDER).toList();
  }

  /// Whether a path has only what is below its slash. A Prefix became two locations, with a slash
  /// and without, which stood side by side. The second one was left out where an Exact has the same
  /// path, and there was one location without a slash where the Prefix was an expression of its own
  /// (updateServerLocations of the controller).
  private static boolean isBelow(Location at, List<Location> locations) {
    String path = at.path.path();
    return !isExact(at)
        && !at.isTrue("use-regex")
        && !PathFamily.rewrites(at)
        && !path.endsWith("/")
        && locations.stream().anyMatch(other -> isExact(other) && other.path.path().equals(path));
  }

  private static boolean isExact(Location at) {
    return at.path.type().equals("Exact");
  }

  /// Those that no request came to, each with one that nginx tried before it and that takes all of
  /// its paths.
  ///
  /// @param locations all of the host, those of the oldest Ingress first
  static Map<Location, Location> hidden(List<Location> locations) {
    List<Location> ordered = of(locations);
    Map<Location, Location> hidden = new LinkedHashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      Location first = ordered.get(i);
      Optional<String> all = all(first, locations);
      for (Location other : ordered.subList(i + 1, ordered.size())) {
        if (all.isPresent() && other.start.startsWith(all.get())) {
          hidden.putIfAbsent(other, first);
        }
      }
    }
    return hidden;
  }

  /// With what a path begins that surely belongs to a location; empty where nothing is sure.
  private static Optional<String> all(Location at, List<Location> locations) {
    if (at.expression.takesAll()) {
      return Optional.of("");
    }
    Optional<String> all =
        at.expression.isLiteral()
            ? Optional.of(at.path.path() + (isBelow(at, locations) ? "/" : ""))
            : at.expression.prefix().map(prefix -> prefix + "/");
    return all.map(text -> text.toLowerCase(Locale.ROOT));
  }

  /// Whether some path may belong to both.
  static boolean overlap(Location one, Location other) {
    return goesOn(one, other.start) || goesOn(other, one.start);
  }

  private static boolean goesOn(Location shorter, String longer) {
    String start = shorter.start;
    return longer.startsWith(start)
        && (!shorter.isKnownToEndAtSlash()
            || start.endsWith("/")
            || longer.length() == start.length()
            || longer.charAt(start.length()) == '/');
  }
}
