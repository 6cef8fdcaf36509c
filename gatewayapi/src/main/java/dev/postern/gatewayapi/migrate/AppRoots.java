package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Optional;

/// app-root: `if ($uri = /) { return 302 ... }` for the whole server, whatever path says it, and
/// before nginx looked at any path, its guards and its redirects (nginx.tmpl of the controller).
final class AppRoots {
  private AppRoots() {}

  /// @param locations all of the host
  /// @param live those that are written
  static void convert(List<Location> locations, List<Location> live) {
    Optional<Location> first = Optional.empty();
    for (Location at : NginxOrder.of(locations)) {
      String root = at.value("app-root");
      if (!root.startsWith("/")) {
        at.same("app-root", "nothing, as it is " + (root.isEmpty() ? "empty" : "no path"));
      } else if (first.isPresent() && !first.get().value("app-root").equals(root)) {
        at.same("app-root", "nothing: nginx looked at that of " + words(first.get()) + " first");
      } else {
        first = first.or(() -> Optional.of(at));
        judge(at, root);
      }
    }
    first
        .filter(at -> isWritable(at.value("app-root")))
        .ifPresent(at -> write(live.contains(at) ? at : live.getFirst(), at, live));
  }

  private static String words(Location at) {
    return at.ingress.id() + " at " + at.path.path();
  }

  private static void judge(Location at, String root) {
    if (isWritable(root)) {
      at.different(
          "app-root",
          "RequestRedirect 302 of / alone, for the whole host, which keeps the query now");
    } else {
      at.lost("app-root", "no redirect goes to " + root, "write a path without a query");
    }
  }

  private static boolean isWritable(String root) {
    return root.matches("/[!-~]{0,1000}") && !root.matches(".*[$?#].*");
  }

  private static void write(Location carrier, Location first, List<Location> live) {
    carrier.appRoot = Optional.of(first.value("app-root"));
    for (Location at : live) {
      if (at.matchType.equals("Exact") && at.matchValue.equals("/")) {
        at.matchValue = "";
        PathFamily.different(
            at,
            new Verdict.Same(
                "left out, as in nginx: the app-root of " + words(first) + " redirects it"));
      }
    }
  }
}
