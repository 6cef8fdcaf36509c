package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// In which order nginx tried the paths of a host, where they are regular expressions: by their
/// text, the longest first, and of equally long ones the last of the alphabet (getBackendServers of
/// the controller).
final class NginxOrder {
  private static final Comparator<Location> ORDER =
      Comparator.<Location>comparingInt(at -> text(at).length())
          .thenComparing(NginxOrder::text)
          .reversed();

  private NginxOrder() {}

  static List<Location> of(List<Location> locations) {
    List<Location> ordered = new ArrayList<>(locations);
    ordered.sort(ORDER);
    return ordered;
  }

  /// A Prefix became two locations, with a slash at its end and without, unless its own Ingress
  /// made it an expression (updateServerLocations of the controller).
  private static String text(Location at) {
    String path = at.path.path();
    boolean twice =
        !at.path.type().equals("Exact") && !at.isTrue("use-regex") && !PathFamily.rewrites(at);
    return twice && !path.endsWith("/") ? path + "/" : path;
  }

  /// Those that no request came to, each with one that nginx tried before it and that takes all of
  /// its paths.
  static Map<Location, Location> hidden(List<Location> locations) {
    List<Location> ordered = of(locations);
    Map<Location, Location> hidden = new LinkedHashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      Location first = ordered.get(i);
      Optional<String> all = all(first);
      for (Location other : ordered.subList(i + 1, ordered.size())) {
        if (all.isPresent() && other.start.startsWith(all.get())) {
          hidden.putIfAbsent(other, first);
        }
      }
    }
    return hidden;
  }

  /// With what a path begins that surely belongs to a location; empty where nothing is sure.
  private static Optional<String> all(Location at) {
    if (at.expression.takesAll()) {
      return Optional.of("");
    }
    Optional<String> all =
        at.expression.isLiteral()
            ? Optional.of(text(at))
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
        && (!shorter.endsAtSlash
            || start.endsWith("/")
            || longer.length() == start.length()
            || longer.charAt(start.length()) == '/');
  }
}
