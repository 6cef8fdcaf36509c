package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Lines about header fields, as header modifiers of the rule.
final class SnippetHeaders {
  private static final String REQUEST = "RequestHeaderModifier";
  private static final String RESPONSE = "ResponseHeaderModifier";

  /// Fields that the gateway sets by itself to the same, with what people write for them.
  private static final Map<String, Set<String>> GATEWAYS_OWN =
      Map.of(
          "host", Set.of("$host", "$http_host", "$best_http_host"),
          "x-forwarded-for", Set.of("$proxy_add_x_forwarded_for", "$remote_addr"),
          "x-forwarded-proto", Set.of("$scheme", "$pass_access_scheme"),
          "x-forwarded-host", Set.of("$host", "$http_host", "$best_http_host"),
          "x-forwarded-port", Set.of("$server_port", "$pass_port", "$pass_server_port"),
          "x-request-id", Set.of("$req_id", "$request_id"),
          "upgrade", Set.of("$http_upgrade"),
          "connection", Set.of("$connection_upgrade", "upgrade", "Upgrade", "", "keep-alive"));

  /// Fields of a message or its connection, which each hop makes for itself (RFC 9110 7.6.1).
  private static final Set<String> OF_A_HOP =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private SnippetHeaders() {}

  /// Empty where it is no line about header fields. What is refused leaves the rule as it was.
  static Optional<Verdict> judge(Location at, NginxDirective line, boolean ofServer) {
    Map<String, Map<String, Object>> before = new LinkedHashMap<>();
    at.filters.forEach((type, filter) -> before.put(type, new LinkedHashMap<>(filter)));
    Optional<Verdict> verdict = known(at, line, ofServer);
    if (verdict.isPresent() && verdict.get() instanceof Verdict.NotPossible) {
      at.filters.clear();
      at.filters.putAll(before);
    }
    return verdict;
  }

  private static Optional<Verdict> known(Location at, NginxDirective line, boolean ofServer) {
    return switch (line.name()) {
      case "proxy_set_header", "grpc_set_header" ->
          Optional.of(
              ofServer
                  ? new Verdict.Same(
                      "nothing: nginx let no location inherit it, as each has its own")
                  : request(at, line.argument(0), line.argument(1)));
      case "more_set_input_headers" -> Optional.of(more(at, line, REQUEST));
      case "more_clear_input_headers" -> Optional.of(remove(at, line, REQUEST));
      case "proxy_hide_header", "grpc_hide_header", "fastcgi_hide_header", "more_clear_headers" ->
          Optional.of(remove(at, line, RESPONSE));
      case "more_set_headers" -> Optional.of(more(at, line, RESPONSE));
      case "add_header" -> Optional.of(add(at, line));
      case "proxy_pass_header", "grpc_pass_header", "fastcgi_pass_header" ->
          Optional.of(new Verdict.Same("all header fields pass"));
      case "proxy_pass_request_headers" ->
          Optional.of(
              line.argument(0).equals("on")
                  ? new Verdict.Same("all header fields pass")
                  : new Verdict.NotPossible(
                      "the header fields of requests cannot be kept back all together",
                      "remove them one by one with a RequestHeaderModifier"));
      default -> Optional.empty();
    };
  }

  static Verdict request(Location at, String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (GATEWAYS_OWN.getOrDefault(lower, Set.of()).contains(value)) {
      return new Verdict.Same("the gateway does so by itself");
    }
    if (value.isEmpty()) {
      return done(at.header(REQUEST, "remove", name, ""), REQUEST, "removes it");
    }
    if (lower.equals("host") && HeaderFamily.isName(value)) {
      at.filter("URLRewrite", "urlRewrite", Trees.map("hostname", value));
      return new Verdict.Same("URLRewrite.hostname");
    }
    return lower.equals("host") ? impossible() : set(at, REQUEST, "set", name, value);
  }

  /// As if `more_set_headers` said it.
  static Verdict response(Location at, String name, String value) {
    return set(at, RESPONSE, "set", name, value);
  }

  private static Verdict set(Location at, String type, String action, String name, String value) {
    if (OF_A_HOP.contains(name.toLowerCase(Locale.ROOT))) {
      return new Verdict.NotPossible(
          name + " is the gateway's own", "leave it out: the gateway says what is right");
    }
    if (value.contains("$")) {
      return new Verdict.NotPossible(
          "a header modifier takes fixed texts, not nginx's variables", "set it at the backend");
    }
    return done(at.header(type, action, name, value.strip()), type, action + "s it");
  }

  private static Verdict done(boolean done, String type, String what) {
    return done ? new Verdict.Same("a " + type + " " + what) : impossible();
  }

  private static Verdict impossible() {
    return new Verdict.NotPossible(
        "the Gateway API cannot do this with this header field, or not with so many",
        "do it at the backend");
  }

  private static Verdict add(Location at, NginxDirective line) {
    if (line.argument(1).isEmpty()) {
      return new Verdict.Same("nothing, as nginx adds no empty field");
    }
    Verdict verdict = set(at, RESPONSE, "add", line.argument(0), line.argument(1));
    return verdict instanceof Verdict.Same(String became) && !line.argument(2).equals("always")
        ? new Verdict.Different(
            became + " in all answers; without always nginx left it out of errors")
        : verdict;
  }

  /// Whether conditions stand beside the fields: statuses (-s), types (-t), only where there is one
  /// already (-r), besides those that are there (-a).
  private static boolean isConditional(NginxDirective line) {
    return line.name().startsWith("more_")
        && line.arguments().stream().anyMatch(word -> word.startsWith("-"));
  }

  private static Verdict more(Location at, NginxDirective line, String type) {
    if (isConditional(line)) {
      return option();
    }
    Verdict worst = new Verdict.Same("nothing, as it names no field");
    for (String field : line.arguments()) {
      int colon = field.indexOf(':');
      String name = colon < 0 ? field : field.substring(0, colon).strip();
      String value = colon < 0 ? "" : field.substring(colon + 1).strip();
      Verdict verdict =
          name.endsWith("*")
              ? option()
              : value.isEmpty()
                  ? done(at.header(type, "remove", name, ""), type, "removes it")
                  : set(at, type, "set", name, value);
      worst = verdict.weight() >= worst.weight() ? verdict : worst;
    }
    return worst;
  }

  private static Verdict remove(Location at, NginxDirective line, String type) {
    if (isConditional(line)) {
      return option();
    }
    Verdict worst = new Verdict.Same("nothing, as it names no field");
    for (String field : line.arguments()) {
      Verdict verdict =
          field.contains("*")
              ? option()
              : done(at.header(type, "remove", field, ""), type, "removes it");
      worst = verdict.weight() >= worst.weight() ? verdict : worst;
    }
    return worst;
  }

  private static Verdict option() {
    return new Verdict.NotPossible(
        "a header modifier knows no conditions and no wildcards", "do it at the backend");
  }
}
