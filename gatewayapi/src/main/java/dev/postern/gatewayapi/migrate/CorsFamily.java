package dev.postern.gatewayapi.migrate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// enable-cors and cors-*.
final class CorsFamily {
  private static final String CORS_METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
  private static final String CORS_HEADERS =
      "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,"
          + "Range,Authorization";

  private static final int USUAL_AGE = 1_728_000;
  private static final String ORIGIN = "\\*|https?://[a-z0-9.*-]+(:[0-9]{1,5})?";
  private static final String METHOD = "GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|\\*";
  private static final String FIELD = "[A-Za-z0-9_*-]+";

  private CorsFamily() {}

  static void convert(Location at) {
    if (!at.isTrue("enable-cors")) {
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("cors-") || name.equals("enable-cors")) {
          at.same(name, "nothing, as enable-cors is not true");
        }
      }
      return;
    }
    if (at.filters.containsKey("RequestRedirect")) {
      at.different("enable-cors", "a redirect carries no CORS headers now");
      return;
    }
    List<String> origins = kept(at, "cors-allow-origin", "*", ORIGIN);
    if (origins.isEmpty()) {
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("cors-") || name.equals("enable-cors")) {
          at.lost(
              name,
              "without an origin that a CORS filter takes there is none",
              "write origins such as https://shop.example.com or https://*.example.com");
        }
      }
      return;
    }
    boolean anybody = words(at, "cors-allow-origin", "*").equals(List.of("*"));
    Map<String, Object> cors =
        Trees.map(
            "allowOrigins",
            origins.contains("*") ? List.of("*") : origins,
            "allowMethods",
            kept(at, "cors-allow-methods", CORS_METHODS, METHOD),
            "allowHeaders",
            kept(at, "cors-allow-headers", CORS_HEADERS, FIELD),
            "exposeHeaders",
            kept(at, "cors-expose-headers", "", FIELD),
            "maxAge",
            maxAge(at),
            "allowCredentials",
            !anybody && !at.isFalse("cors-allow-credentials"));
    at.filter("CORS", "cors", cors);
    // To a browser all of it is the same (Fetch, 3.3): with * it wants no credentials (3.3.4).
    at.different(
        "enable-cors",
        "the CORS filter; a preflight is answered 200, not 204, also where the origin is not allowed,"
            + " which nginx left to the backend; it alone has the allowed methods and headers and"
            + " their age, and Vary: Origin comes with all answers"
            + (anybody && !at.isFalse("cors-allow-credentials")
                ? ". Access-Control-Allow-Credentials is not said with *, where browsers heeded it in"
                    + " no answer of nginx"
                : ""));
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("cors-")) {
        at.same(name, "the CORS filter");
      }
    }
    origins(at, origins);
    if (anybody) {
      at.same(
          "cors-allow-credentials",
          "false: nginx answered *, and with that browsers show no answer to a request with"
              + " credentials, whatever else it says");
    }
  }

  /// Of one among several nginx made a part of a regular expression (buildOriginRegex of the
  /// controller).
  private static void origins(Location at, List<String> origins) {
    if (origins.contains("*") && origins.size() > 1) {
      at.different(
          "cors-allow-origin",
          "*, which with other origins meant every website by its own name, with credentials, too;"
              + " it still does. Name those that may");
    } else if (origins.stream().anyMatch(origin -> origin.length() > 1 && origin.contains("*"))) {
      at.different(
          "cors-allow-origin",
          "the CORS filter, which takes several labels for a *; nginx took one");
    }
  }

  /// nginx took its default for what is no number.
  private static int maxAge(Location at) {
    String age = at.value("cors-max-age");
    if (!age.matches("-?[0-9]{1,9}")) {
      return USUAL_AGE;
    }
    int seconds = Integer.parseInt(age);
    if (seconds < 1) {
      at.different("cors-max-age", "1, which is the least that the filter takes");
    }
    return Math.max(1, seconds);
  }

  /// Those that the filter takes; of the others it is said.
  private static List<String> kept(Location at, String annotation, String usual, String pattern) {
    List<String> words = words(at, annotation, usual);
    String refused =
        String.join(", ", words.stream().filter(word -> !word.matches(pattern)).toList());
    if (!refused.isEmpty()) {
      at.lost(
          annotation,
          "the CORS filter takes no '" + refused + "'; it has the rest",
          "do without it, or have the backend answer by itself");
    }
    return words.stream().filter(word -> word.matches(pattern)).toList();
  }

  private static List<String> words(Location at, String annotation, String usual) {
    String text = at.value(annotation).isEmpty() ? usual : at.value(annotation);
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }
}
