package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// auth-url and what goes with it, as an ExternalAuth filter (GEP-1494, experimental) with the
/// protocol HTTP. nginx asks for one URL by GET. The filter asks for its `path` with the request's
/// own behind it, so that the URL has to be a Service's and to have a path: below the root the
/// client would choose for which page the service is asked.
final class ExternalAuth {
  static final String GUARD = "auth-url";

  private static final String LABEL = "([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)";

  private static final Pattern SERVICE =
      Pattern.compile(
          "http://"
              + LABEL
              + "\\."
              + LABEL
              + "\\.svc(?:\\.[a-z0-9.-]+)?(?::([1-9][0-9]{0,4}))?"
              + "((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*+)++)/?",
          Pattern.CASE_INSENSITIVE);

  /// Annotations that may make the service stricter, and cannot be said to it any more.
  private static final List<String> QUESTIONS = List.of("auth-proxy-set-headers", "auth-snippet");

  /// What services of this kind read, of what nginx sent, which is all.
  private static final List<String> ASKED_WITH =
      List.of(
          "Accept",
          "Accept-Language",
          "Cookie",
          "Origin",
          "Referer",
          "User-Agent",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "X-Requested-With");

  /// HTTPAuthConfig.path.
  private static final int LONGEST = 1024;

  /// HTTPAuthConfig.allowedResponseHeaders.
  private static final int MOST = 64;

  private static final Set<Target> TARGETS = Set.of(Target.POSTERN, Target.STANDARD);

  private ExternalAuth() {}

  /// Whether nobody passes unasked, so that the path need not be closed.
  static boolean convert(Location at) {
    String url = at.value(GUARD);
    Matcher service = SERVICE.matcher(url);
    List<String> fields = names(at);
    String why = "";
    String toDo = Guards.TO_DO;
    if (!TARGETS.contains(at.target)) {
      why = "the filter ExternalAuth is written for Postern and for the experimental channel alone";
    } else if (url.matches(".*/oauth2/auth/?([?].*)?")) {
      why =
          "oauth2-proxy answers 202 there, and 200 alone lets pass; and it would be asked for the"
              + " request's path too";
      toDo =
          "run oauth2-proxy with --reverse-proxy and --upstream=static://200, and name its Service"
              + " in an ExternalAuth filter without a path; the path answers 500 until then";
    } else if (!service.matches() || port(service) == 0 || url.length() > LONGEST) {
      why =
          "an ExternalAuth filter asks a Service, by http and at a path that is not the root, not "
              + url;
      toDo =
          "write the Service's own URL, such as http://auth.default.svc.cluster.local/verify, and"
              + " migrate again; the path answers 500 until then";
    } else if (QUESTIONS.stream().anyMatch(name -> !at.value(name).isEmpty())
        || (at.ingress.inherited().containsKey(GUARD)
            && !at.controller.value("global-auth-snippet").isEmpty())) {
      why = "what auth-proxy-set-headers or auth-snippet tell the service cannot be told to it now";
    } else if (fields.size() > MOST) {
      why = "there is room for 64 fields of the service's answer";
    }
    if (!why.isEmpty()) {
      at.lost(GUARD, why, toDo);
      for (String name : at.ingress.annotations().keySet()) {
        if (isCompanion(name)) {
          at.lost(name, "auth-url is not converted", "see auth-url");
        }
      }
      return false;
    }
    filter(at, service, fields);
    return true;
  }

  /// Annotations that say nothing where nobody is asked.
  static boolean isCompanion(String name) {
    return name.startsWith("auth-")
        && !name.equals(GUARD)
        && !name.startsWith("auth-tls-")
        && !name.matches("auth-(type|secret|secret-type|realm)");
  }

  static void nothing(Location at, String why) {
    for (String name : at.ingress.annotations().keySet()) {
      if (name.equals(GUARD) || isCompanion(name)) {
        at.same(name, why);
      }
    }
  }

  private static int port(Matcher service) {
    int port = service.group(3) == null ? 80 : Integer.parseInt(service.group(3));
    return port > 65535 ? 0 : port;
  }

  private static List<String> names(Location at) {
    return Stream.of(at.value("auth-response-headers").split(",", -1))
        .map(String::strip)
        .filter(name -> name.matches("[A-Za-z0-9_-]{1,256}"))
        .distinct()
        .toList();
  }

  private static void filter(Location at, Matcher service, List<String> fields) {
    String name = service.group(1).toLowerCase(Locale.ROOT);
    String namespace = service.group(2).toLowerCase(Locale.ROOT);
    Map<String, Object> backend = Trees.map("name", name, "port", port(service));
    if (!namespace.equals(at.ingress.namespace())) {
      backend.put("namespace", namespace);
      at.grant(namespace, name);
    }
    String path = service.group(4);
    at.filter(
        "ExternalAuth",
        "externalAuth",
        Trees.map(
            "protocol",
            "HTTP",
            "backendRef",
            backend,
            "http",
            Trees.map(
                "path", path, "allowedHeaders", ASKED_WITH, "allowedResponseHeaders", fields)));
    at.different(
        GUARD,
        "an ExternalAuth filter (experimental channel). The service is asked for "
            + path
            + " with the request's path and query behind it, by the request's method and Host, with"
            + " Authorization and the allowedHeaders; nginx asked for GET "
            + path
            + " with all fields, X-Original-URL and X-Auth-Request-Redirect. Whoever is not let in"
            + " gets the service's own answer, and 200 alone lets in, where nginx took all of 2xx."
            + " Its Set-Cookie reaches nobody who is let in"
            + (fields.isEmpty()
                ? ". As auth-response-headers names none, all fields of its answer reach the backend"
                : ""));
    companions(at, fields);
  }

  private static void companions(Location at, List<String> fields) {
    at.lost(
        "auth-method",
        "the service is asked by the request's own method",
        "have it take every method");
    for (String name : List.of("auth-signin", "auth-signin-redirect-param")) {
      at.lost(
          name,
          "nobody makes a redirect of the service's 401",
          "have the service answer with the redirect by itself: clients get its answer");
    }
    at.lost(
        "auth-request-redirect",
        "nothing adds X-Auth-Request-Redirect to the question",
        "have the service read Host and path of the question");
    if (fields.isEmpty()) {
      at.same("auth-response-headers", "nothing, as it names no field");
    } else {
      at.same("auth-response-headers", "allowedResponseHeaders, which clients cannot forge");
    }
    for (String name : List.of("auth-cache-key", "auth-cache-duration")) {
      at.different(name, "the service is asked about every request");
    }
    for (String name : QUESTIONS) {
      at.same(name, "nothing, as it is empty");
    }
    if (at.isTrue("auth-always-set-cookie")) {
      at.lost(
          "auth-always-set-cookie",
          "Set-Cookie of the service reaches nobody who is let in",
          "have the service set its cookies where it refuses, or at a path of its own");
    } else {
      at.same("auth-always-set-cookie", "nothing, as it is not true");
    }
    for (String name : at.ingress.annotations().keySet()) {
      if (name.startsWith("auth-keepalive")) {
        at.same(name, "connections to the service are kept without a word");
      }
    }
  }
}
