package dev.postern.gatewayapi.migrate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The annotations that become parts of a route's rule: paths, rewrites, redirects, CORS, hosts.
final class RouteFamily {
  private static final Set<String> CODES = Set.of("301", "302", "303", "307", "308");
  private static final String TAIL = "(/|$)(.*)";
  private static final String CORS_METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
  private static final String CORS_HEADERS =
      "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,"
          + "Range,Authorization";

  private RouteFamily() {}

  static void convert(Location at) {
    path(at);
    rewrite(at);
    headers(at);
    redirects(at);
    cors(at);
    for (String alias : at.value("server-alias").split("[,\\s]+", -1)) {
      if (alias.matches(
          "(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")) {
        at.aliases.add(alias);
        at.same("server-alias", "hostnames of the route");
      }
    }
  }

  /// A rewrite or use-regex anywhere makes all paths of the host regular expressions, whatever
  /// their type, without regard to letter case and open at the end.
  private static void path(Location at) {
    String path = at.path.path();
    String type = at.path.type();
    if (!at.regexHost) {
      if (type.equals("Exact")) {
        at.matchType = "Exact";
      } else if (!type.equals("Prefix") && !path.endsWith("/")) {
        at.say(
            "path",
            path,
            new Verdict.Different(
                "nginx took " + path + "x too; a prefix ends at a slash or at the end now"));
      }
    } else if (path.endsWith(TAIL) && isLiteral(path.substring(0, path.length() - TAIL.length()))) {
      String start = path.substring(0, path.length() - TAIL.length());
      at.matchValue = start.isEmpty() ? "/" : start;
      at.say("path", path, new Verdict.Different("letter case matters now"));
    } else if (isLiteral(path)) {
      at.say(
          "path",
          path,
          new Verdict.Different(
              "a regular expression for nginx, since an Ingress of this host has use-regex or"
                  + " rewrite-target: "
                  + path
                  + "x was taken too, in any letter case; now it is a prefix that ends at a slash"));
    } else {
      regex(at, path);
    }
    boolean rooted = at.matchValue.startsWith("/") || at.matchType.equals("RegularExpression");
    boolean prefix = at.matchType.equals("PathPrefix");
    if (!rooted || (prefix && at.matchValue.matches(".*(//|/\\.\\.?(/|$)|%2[fF]|#).*"))) {
      at.matchValue = "";
      at.say(
          "path",
          path,
          new Verdict.NotPossible("no route can have this path", "write a path without it"));
    }
    at.same(
        "use-regex",
        at.regexHost && at.matchType.equals("RegularExpression")
            ? "a RegularExpression match"
            : "prefixes, which say the same here; see path");
  }

  private static void regex(Location at, String path) {
    String expression = "(?i)" + path + ".*";
    try {
      Pattern.compile(expression);
      at.matchType = "RegularExpression";
      at.matchValue = expression;
      at.say(
          "path",
          path,
          new Verdict.Different(
              "a regular expression, which counts after all prefixes; nginx took the longest text"));
    } catch (PatternSyntaxException e) {
      at.matchValue = "";
      at.say(
          "path",
          path,
          new Verdict.NotPossible(
              "this is no expression of RE2: " + e.getDescription(), "write it without that"));
    }
  }

  private static boolean isLiteral(String path) {
    return path.chars().noneMatch(c -> "\\^$.|?*+()[]{}".indexOf(c) >= 0);
  }

  private static void rewrite(Location at) {
    String target = at.value("rewrite-target");
    if (target.isEmpty() || target.equals(at.path.path())) {
      at.same("rewrite-target", "the path as it is");
      return;
    }
    boolean tail = at.path.path().endsWith(TAIL) && target.endsWith("$2");
    String start = tail ? target.substring(0, target.length() - 2) : target;
    if (start.contains("$") || !start.startsWith("/")) {
      at.lost(
          "rewrite-target",
          "a rewrite with captures such as " + target + " has no word in the Gateway API",
          "have the backend answer under the path that clients ask for");
      return;
    }
    Map<String, Object> path =
        tail && at.matchType.equals("PathPrefix")
            ? Trees.map("type", "ReplacePrefixMatch", "replacePrefixMatch", start)
            : Trees.map("type", "ReplaceFullPath", "replaceFullPath", start);
    at.filter("URLRewrite", "urlRewrite", Trees.map("path", path));
    at.same("rewrite-target", "URLRewrite " + path.get("type") + " " + start);
  }

  private static void headers(Location at) {
    String vhost = at.value("upstream-vhost");
    if (vhost.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
      at.filter("URLRewrite", "urlRewrite", Trees.map("hostname", vhost));
      at.same("upstream-vhost", "URLRewrite.hostname");
    }
    String prefix = at.value("x-forwarded-prefix");
    if (prefix.matches("[!-#%-~]+")) {
      at.filter(
          "RequestHeaderModifier",
          "requestHeaderModifier",
          Trees.map("set", List.of(Trees.map("name", "X-Forwarded-Prefix", "value", prefix))));
      at.same("x-forwarded-prefix", "RequestHeaderModifier");
    }
  }

  private static void redirects(Location at) {
    boolean force = at.isTrue("force-ssl-redirect");
    at.httpsRedirect = at.tls && (force || !at.value("ssl-redirect").equals("false"));
    at.same("ssl-redirect", at.httpsRedirect ? "RequestRedirect to https, 308" : "both schemes");
    if (force && !at.tls) {
      at.lost(
          "force-ssl-redirect",
          "no certificate is known for this host, so there is nothing to redirect to",
          "give the Gateway an HTTPS listener for the host and add a RequestRedirect");
    } else {
      at.same("force-ssl-redirect", force ? "RequestRedirect to https, 308" : "nothing");
    }
    String permanent = at.value("permanent-redirect");
    String temporal = at.value("temporal-redirect");
    // nginx looks at the temporal one first.
    if (!temporal.isEmpty()) {
      redirect(at, "temporal-redirect", temporal, "302");
      at.same("permanent-redirect", "nothing, as temporal-redirect went before it");
      at.same("permanent-redirect-code", "nothing, as temporal-redirect went before it");
    } else if (!permanent.isEmpty()) {
      redirect(at, "permanent-redirect", permanent, "301");
    }
  }

  private static void redirect(Location at, String annotation, String target, String usual) {
    String code = at.has(annotation + "-code") ? at.value(annotation + "-code") : usual;
    URI uri = uri(target);
    if (uri == null || !CODES.contains(code)) {
      at.served = false;
      at.lost(
          annotation,
          "no redirect of the Gateway API says " + code + " " + target,
          "write a RequestRedirect with a fixed host and path; until then the path is not served");
      return;
    }
    String path = uri.getRawPath();
    Map<String, Object> redirect =
        Trees.map(
            "scheme",
            uri.getScheme(),
            "hostname",
            uri.getHost(),
            "path",
            Trees.map("type", "ReplaceFullPath", "replaceFullPath", path.isEmpty() ? "/" : path),
            "statusCode",
            Integer.valueOf(code));
    if (uri.getPort() > 0) {
      redirect.put("port", uri.getPort());
    }
    at.filters.clear();
    at.filter("RequestRedirect", "requestRedirect", redirect);
    at.same(annotation, "RequestRedirect " + code);
    at.same(annotation + "-code", "RequestRedirect.statusCode");
  }

  private static @org.jspecify.annotations.Nullable URI uri(String text) {
    try {
      URI uri = URI.create(text);
      boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null;
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return plain && web && uri.getHost() != null && !text.contains("$") ? uri : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static void cors(Location at) {
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
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("cors-") || name.equals("enable-cors")) {
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
