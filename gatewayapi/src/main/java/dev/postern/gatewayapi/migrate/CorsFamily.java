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
    List<String> origins = words(at, "cors-allow-origin", "*");
    List<String> methods = words(at, "cors-allow-methods", CORS_METHODS);
    List<String> headers = words(at, "cors-allow-headers", CORS_HEADERS);
    List<String> exposed = words(at, "cors-expose-headers", "");
    String age = at.has("cors-max-age") ? at.value("cors-max-age") : "1728000";
    boolean valid =
        age.matches("[1-9][0-9]{0,8}")
            && origins.stream().allMatch(o -> o.matches("\\*|https?://[a-z0-9.*-]+(:[0-9]{1,5})?"))
            && (origins.size() == 1 || !origins.contains("*"))
            && methods.stream()
                .allMatch(
                    m -> m.matches("GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|\\*"))
            && headers.stream().allMatch(h -> h.matches("[A-Za-z0-9_*-]+"))
            && exposed.stream().allMatch(h -> h.matches("[A-Za-z0-9_*-]+"));
    if (!valid) {
      return;
    }
    Map<String, Object> cors =
        Trees.map(
            "allowOrigins",
            origins,
            "allowMethods",
            methods,
            "allowHeaders",
            headers,
            "exposeHeaders",
            exposed,
            "maxAge",
            Integer.valueOf(age),
            "allowCredentials",
            !at.value("cors-allow-credentials").equals("false"));
    at.filter("CORS", "cors", cors);
    // To a browser all of it is the same (Fetch, 3.3).
    at.different(
        "enable-cors",
        "the CORS filter; a preflight is answered 200, not 204, it alone has the allowed methods and"
            + " headers and their age, and Vary: Origin comes with all answers");
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("cors-")) {
        at.same(name, "the CORS filter");
      }
    }
  }

  private static List<String> words(Location at, String annotation, String usual) {
    String text = at.has(annotation) ? at.value(annotation) : usual;
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }
}
