package dev.postern.gatewayapi.migrate;

import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.migrate.Canary.Choice;
import dev.postern.gatewayapi.resolve.Re2;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// canary-*: what a canary Ingress adds to the location that has the same host, path and path type.
/// nginx looked at the header first, then at the cookie, then at the weight; of the other
/// annotations those of the main Ingress counted.
final class CanaryFamily {
  private static final int USUAL_TOTAL = 100;
  private static final int MAX_WEIGHT = 1_000_000;

  private CanaryFamily() {}

  /// @param main the location without it; empty where there is none
  static void convert(Location at, Optional<Location> main) {
    for (String name : at.ingress.annotations().keySet()) {
      if (!name.startsWith("canary")) {
        at.same(name, "nothing: for a canary nginx took what the main Ingress says");
      }
    }
    main.ifPresent(of -> SessionFamily.canary(at, of));
    String without = reasonWithout(at, main);
    if (main.isEmpty() || !without.isEmpty()) {
      for (String name : at.ingress.annotations().keySet()) {
        at.same(name, "nothing: " + without);
      }
    } else if (!at.ingress.namespace().equals(main.get().ingress.namespace())) {
      for (String name : at.ingress.annotations().keySet()) {
        at.lost(
            name,
            "the main Ingress is in the namespace "
                + main.get().ingress.namespace()
                + ", and its policies reach no Service elsewhere",
            "bring the canary there; until then all requests go to the main backend");
      }
    } else {
      attach(at, main.get());
    }
  }

  /// For an Ingress that is none.
  static void without(Location at) {
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("canary")) {
        at.same(name, "nothing, as canary is not true");
      }
    }
  }

  private static String reasonWithout(Location at, Optional<Location> main) {
    if (main.isEmpty()) {
      return "no other Ingress has this host and path, and nginx served no canary alone";
    }
    Location into = main.get();
    if (into.canary.isPresent()) {
      return "another canary is there already, and nginx looked at one alone";
    }
    if (into.asksNobody) {
      return "the main Ingress sends all requests elsewhere";
    }
    boolean itself = into.path.service().equals(at.path.service()) && into.port == at.port;
    return itself ? "the canary's backend is the main one" : "";
  }

  private static void attach(Location at, Location main) {
    int total = Math.max(USUAL_TOTAL, number(at, "canary-weight-total"));
    int weight = Math.min(total, number(at, "canary-weight"));
    List<Choice> choices = new ArrayList<>(byHeader(at));
    choices.addAll(byCookie(at));
    at.same("canary-weight", weight + " of " + total);
    at.same("canary-weight-total", total + ", as nginx took no less than 100");
    at.same("canary", "a second backend of " + main.ingress.id());
    if (weight > 0 || !choices.isEmpty()) {
      main.canary = Optional.of(new Canary(at.path.service(), at.port, choices, weight, total));
    }
  }

  private static List<Choice> byHeader(Location at) {
    String header = at.value("canary-by-header");
    if (!header.matches("[A-Za-z0-9_-]{1,256}")) {
      for (String name : List.of("canary-by-header-value", "canary-by-header-pattern")) {
        at.same(name, "nothing without canary-by-header");
      }
      return List.of();
    }
    at.same("canary-by-header", "a header match");
    String value = at.value("canary-by-header-value");
    String pattern = at.value("canary-by-header-pattern");
    if (!value.isEmpty()) {
      at.same("canary-by-header-pattern", "nothing, as canary-by-header-value goes before it");
      return exact(at, header, value);
    }
    if (!pattern.isEmpty()) {
      return pattern(at, header, pattern);
    }
    at.same("canary-by-header", "header matches for always and never");
    at.same("canary-by-header-value", "nothing, as it is empty");
    at.same("canary-by-header-pattern", "nothing, as it is empty");
    return List.of(
        new Choice(match("Exact", header, "always"), true),
        new Choice(match("Exact", header, "never"), false));
  }

  /// The cookie among others, as nginx finds it: its name in any letter case, behind `;` or `,`.
  private static List<Choice> byCookie(Location at) {
    String cookie = at.value("canary-by-cookie");
    if (cookie.isEmpty()) {
      at.same("canary-by-cookie", "nothing, as it is empty");
      return List.of();
    }
    if (!cookie.matches("[A-Za-z0-9_-]{1,256}")) {
      at.lost(
          "canary-by-cookie", "no match is written for a cookie of this name", "choose another");
      return List.of();
    }
    at.different(
        "canary-by-cookie",
        "matches of Cookie by a regular expression, for always and never. Of several cookies of the"
            + " name nginx looked at the first; now always goes before never, whichever is first");
    return List.of(
        new Choice(match("RegularExpression", "Cookie", expression(cookie, "always")), true),
        new Choice(match("RegularExpression", "Cookie", expression(cookie, "never")), false));
  }

  private static String expression(String cookie, String value) {
    return "(?:.*[;,] *)?(?i:" + cookie + ") *= *" + value + "(?:;.*)?";
  }

  private static List<Choice> exact(Location at, String header, String value) {
    if (!HeaderFamily.isValue(value)) {
      at.lost("canary-by-header-value", "no match can have this value", "choose another");
      return List.of();
    }
    at.same("canary-by-header-value", "a header match");
    return List.of(new Choice(match("Exact", header, value), true));
  }

  private static List<Choice> pattern(Location at, String header, String pattern) {
    try {
      Re2.compile(".*(?:" + pattern + ").*");
    } catch (PatternSyntaxException e) {
      at.lost(
          "canary-by-header-pattern",
          "no route can have this expression: " + e.getDescription(),
          "write it without that");
      return List.of();
    }
    if (!HeaderFamily.isValue(pattern)) {
      at.lost("canary-by-header-pattern", "no match can have this value", "choose another");
      return List.of();
    }
    at.same("canary-by-header-pattern", "a header match, open at both ends as in nginx");
    return List.of(new Choice(match("RegularExpression", header, ".*(?:" + pattern + ").*"), true));
  }

  private static Map<String, Object> match(String type, String header, String value) {
    return Trees.map("type", type, "name", header, "value", value);
  }

  private static int number(Location at, String annotation) {
    String text = at.value(annotation);
    return text.matches("[0-9]{1,7}") ? Math.min(MAX_WEIGHT, Integer.parseInt(text)) : 0;
  }
}
