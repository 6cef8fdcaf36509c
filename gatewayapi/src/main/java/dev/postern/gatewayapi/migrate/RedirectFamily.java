package dev.postern.gatewayapi.migrate;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The annotations that answer with a redirect.
final class RedirectFamily {
  /// What stands at the end of a target that keeps path and query.
  private static final String KEPT = "$request_uri";

  private static final Set<String> CODES = Set.of("301", "302", "303", "307", "308");

  private RedirectFamily() {}

  /// Whether every request got a redirect that a rule can say. nginx asked no backend then, nor
  /// looked whether there is one.
  static boolean answers(Location at) {
    boolean temporal = !at.value("temporal-redirect").isEmpty();
    String annotation = temporal ? "temporal-redirect" : "permanent-redirect";
    String target = at.value(annotation);
    String written = writtenCode(at, annotation, temporal ? 302 : 301);
    return !target.isEmpty()
        && !at.isTrue("ssl-passthrough")
        && isWritable(target, code(written, temporal ? 302 : 301, temporal ? 307 : 308));
  }

  static void convert(Location at) {
    targets(at);
    toHttps(at);
    style(at);
  }

  private static void toHttps(Location at) {
    boolean force = at.isTrue("force-ssl-redirect");
    if (at.filters.containsKey("RequestRedirect")) {
      for (String name : List.of("ssl-redirect", "force-ssl-redirect")) {
        at.same(name, "nothing: nginx sent clients elsewhere before it looked at the scheme");
      }
      return;
    }
    at.httpsRedirect = at.tls && (force || !at.isFalse("ssl-redirect"));
    at.same("ssl-redirect", at.httpsRedirect ? "RequestRedirect to https" : "both schemes");
    if (force && !at.tls) {
      at.lost(
          "force-ssl-redirect",
          "no certificate is known for this host, so there is nothing to redirect to",
          "give the Gateway an HTTPS listener for the host and add a RequestRedirect");
    } else {
      at.same("force-ssl-redirect", force ? "RequestRedirect to https" : "nothing");
    }
  }

  private static void targets(Location at) {
    String permanent = at.value("permanent-redirect");
    String temporal = at.value("temporal-redirect");
    // nginx looks at the temporal one first.
    if (!temporal.isEmpty()) {
      redirect(at, "temporal-redirect", temporal, 302, 307);
      at.same("permanent-redirect", "nothing, as temporal-redirect went before it");
      at.same("permanent-redirect-code", "nothing, as temporal-redirect went before it");
    } else if (!permanent.isEmpty()) {
      redirect(at, "permanent-redirect", permanent, 301, 308);
    }
    if (permanent.isEmpty()) {
      at.same("permanent-redirect", "nothing, as it is empty");
      at.same("permanent-redirect-code", "nothing, as there is no permanent-redirect");
    }
    if (temporal.isEmpty()) {
      at.same("temporal-redirect", "nothing, as it is empty");
      at.same("temporal-redirect-code", "nothing, as there is no temporal-redirect");
    }
  }

  private static void style(Location at) {
    if (at.isTrue("preserve-trailing-slash") || !at.httpsRedirect) {
      at.same("preserve-trailing-slash", "the redirect to https keeps the path as it is");
    } else {
      at.different(
          "preserve-trailing-slash", "the redirect to https keeps a slash at the path's end now");
    }
    if (at.isTrue("relative-redirects")) {
      at.different("relative-redirects", "Location says scheme and host, too");
    } else {
      at.same("relative-redirects", "Location says scheme and host");
    }
    if (at.isTrue("use-port-in-redirects")) {
      at.different("use-port-in-redirects", "Location names a port that is not the scheme's own");
    } else {
      at.same("use-port-in-redirects", "Location names no port where it is the scheme's own");
    }
  }

  /// @param usual what nginx said without a code, or with one that is not from 300 to the last
  private static void redirect(Location at, String annotation, String target, int usual, int last) {
    String written = writtenCode(at, annotation, usual);
    String code = code(written, usual, last);
    boolean keeps = target.endsWith(KEPT);
    URI uri = uri(target);
    if (uri == null || !isWritable(target, code)) {
      at.served = false;
      at.lost(
          annotation,
          "no redirect of the Gateway API says " + code + " " + target,
          "write a RequestRedirect with a fixed host and path; until then the path is not served");
      return;
    }
    String path = uri.getRawPath();
    Map<String, Object> redirect = Trees.map("scheme", uri.getScheme(), "hostname", uri.getHost());
    if (!keeps) {
      redirect.put(
          "path",
          Trees.map("type", "ReplaceFullPath", "replaceFullPath", path.isEmpty() ? "/" : path));
    }
    redirect.put("statusCode", Integer.valueOf(code));
    if (uri.getPort() > 0) {
      redirect.put("port", uri.getPort());
    }
    at.filters.clear();
    at.filter("RequestRedirect", "requestRedirect", redirect);
    if (keeps) {
      at.same(annotation, "RequestRedirect " + code + ", which keeps path and query");
    } else {
      at.different(
          annotation,
          "RequestRedirect "
              + code
              + (path.isEmpty() ? " to the host's /" : "")
              + ", which keeps the query now");
    }
    at.same(
        annotation + "-code",
        code.equals(written)
            ? "RequestRedirect.statusCode"
            : "RequestRedirect.statusCode " + code + ", which nginx said in place of this");
  }

  private static String writtenCode(Location at, String annotation, int usual) {
    return at.has(annotation + "-code") ? at.value(annotation + "-code") : "" + usual;
  }

  private static String code(String written, int usual, int last) {
    boolean counts = written.matches("3[0-9]{2}") && Integer.parseInt(written) <= last;
    return counts || !written.matches("-?[0-9]{1,9}") ? written : "" + usual;
  }

  private static boolean isWritable(String target, String code) {
    URI uri = uri(target);
    return uri != null
        && CODES.contains(code)
        && (!target.endsWith(KEPT) || uri.getRawPath().isEmpty());
  }

  /// Without the variable at its end; null where no redirect can have it.
  private static @Nullable URI uri(String target) {
    String text =
        target.endsWith(KEPT) ? target.substring(0, target.length() - KEPT.length()) : target;
    try {
      URI uri = URI.create(text);
      boolean plain =
          uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      String host = uri.getHost();
      boolean named = host != null && HeaderFamily.isName(host) && uri.getPort() <= 65535;
      return plain && web && named && uri.getPort() != 0 && text.length() <= 1024 ? uri : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
