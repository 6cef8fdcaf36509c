package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// configuration-snippet and server-snippet, and those of the controller's ConfigMap, line by line.
final class SnippetFamily {
  private static final Set<String> BUFFERS =
      Set.of(
          "proxy_buffering",
          "proxy_buffer_size",
          "proxy_buffers",
          "proxy_busy_buffers_size",
          "proxy_max_temp_file_size",
          "proxy_temp_file_write_size",
          "proxy_request_buffering",
          "client_body_buffer_size",
          "client_header_buffer_size",
          "large_client_header_buffers",
          "fastcgi_buffering",
          "fastcgi_buffers",
          "fastcgi_buffer_size",
          "grpc_buffer_size",
          "proxy_headers_hash_max_size",
          "proxy_headers_hash_bucket_size",
          "tcp_nodelay",
          "tcp_nopush",
          "sendfile");

  private static final Set<String> TIMEOUTS =
      Set.of(
          "proxy_read_timeout",
          "proxy_send_timeout",
          "grpc_read_timeout",
          "grpc_send_timeout",
          "fastcgi_read_timeout",
          "fastcgi_send_timeout");

  private static final Set<String> CLIENT_TIMEOUTS = Set.of("client_body_timeout", "send_timeout");

  /// The Ingress whose server-snippet counts: nginx took that of the first.
  private final @Nullable Ingress server;

  SnippetFamily(List<Location> locations) {
    this.server =
        locations.stream()
            .filter(at -> !at.value("server-snippet").isEmpty())
            .map(at -> at.ingress)
            .findFirst()
            .orElse(null);
  }

  /// @param hasSecret whether proxy-ssl-* annotations count here
  void convert(Location at, boolean hasSecret) {
    for (String text :
        List.of(
            at.controller.value(ControllerSnippets.HTTP),
            at.controller.value("server-snippet"),
            at.controller.value("location-snippet"),
            server == null ? "" : value(server),
            at.value("configuration-snippet"))) {
      at.snippetHop.read(at, text, hasSecret);
    }
    ofController(at, ControllerSnippets.HTTP, true, hasSecret);
    ofController(at, "server-snippet", true, hasSecret);
    ofController(at, "location-snippet", false, hasSecret);
    if (server != null) {
      Verdict worst = judge(at, "server-snippet", value(server), true, hasSecret, server);
      if (at.ingress.equals(server)) {
        sum(at, "server-snippet", worst);
      } else {
        at.same("server-snippet", "nothing: that of " + server.id() + " counts for this host");
      }
    } else {
      at.same("server-snippet", "nothing, as it is empty");
    }
    sum(
        at,
        "configuration-snippet",
        judge(
            at,
            "configuration-snippet",
            at.value("configuration-snippet"),
            false,
            hasSecret,
            at.ingress));
  }

  private static String value(Ingress ingress) {
    return ingress.annotations().getOrDefault("server-snippet", "");
  }

  private static void ofController(Location at, String key, boolean ofServer, boolean hasSecret) {
    judge(at, key, at.controller.value(key), ofServer, hasSecret, null);
  }

  /// The worst of its lines.
  private static Verdict judge(
      Location at,
      String snippet,
      String text,
      boolean ofServer,
      boolean hasSecret,
      @Nullable Ingress whose) {
    Verdict worst = new Verdict.Same("line by line, see there");
    for (NginxDirective line : NginxDirective.parse(text)) {
      if (snippet.equals(ControllerSnippets.HTTP) && ControllerSnippets.http(line).isPresent()) {
        continue;
      }
      Verdict verdict = line(at, line, ofServer, hasSecret);
      at.verdicts().ofLine(snippet, whose, line.text(), verdict);
      worst = verdict.weight() >= worst.weight() ? verdict : worst;
    }
    return worst;
  }

  private static void sum(Location at, String snippet, Verdict worst) {
    switch (worst) {
      case Verdict.Same _ -> at.same(snippet, "line by line, see there");
      case Verdict.Different _ -> at.different(snippet, "line by line, see there");
      case Verdict.NotPossible _ ->
          at.lost(snippet, "some lines cannot be converted", "see them one by one");
    }
  }

  private static Verdict line(
      Location at, NginxDirective line, boolean ofServer, boolean hasSecret) {
    if (SnippetGuards.guards(line, at.path.path())) {
      at.close();
      return new Verdict.NotPossible(
          "it kept requests away from here or answered them, and is not converted", Guards.TO_DO);
    }
    if (line.isBlock()) {
      return beyond();
    }
    if (at.module.isForeign(line.name())) {
      return new Verdict.Same("nothing: nginx did not look at it with this backend-protocol");
    }
    Optional<Verdict> known =
        SnippetHeaders.judge(at, line, ofServer)
            .or(() -> at.snippetHop.judge(at, line, ofServer, hasSecret));
    return known.orElseGet(() -> other(at, line));
  }

  private static Verdict other(Location at, NginxDirective line) {
    String value = line.argument(0);
    boolean nothing =
        switch (line.name()) {
          case "proxy_http_version" -> value.equals("1.1");
          case "client_max_body_size" -> value.matches("0[kKmMgG]?");
          case "proxy_redirect", "proxy_cookie_path", "proxy_cookie_domain" -> value.equals("off");
          default -> false;
        };
    if (nothing) {
      return new Verdict.Same("nothing, as the gateway does so by itself");
    }
    if (BUFFERS.contains(line.name())) {
      return new Verdict.Same("nothing: bodies are streamed, buffers need no size");
    }
    if (TIMEOUTS.contains(line.name())) {
      return TimeoutFamily.ofLine(at.target, value);
    }
    if (CLIENT_TIMEOUTS.contains(line.name())) {
      return new Verdict.Different(
          "the gateway's own limit for clients, which is the same for all");
    }
    return beyond();
  }

  private static Verdict beyond() {
    return new Verdict.NotPossible(
        "nginx's own language is understood by nginx alone",
        "do it at the backend or before the gateway, or do without it");
  }
}
