package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lines of the controller's http-snippet and main-snippet that say something by themselves. All
/// others of the http-snippet are what each path inherits.
final class ControllerSnippets {
  static final String HTTP = "http-snippet";
  private static final String MAIN = "main-snippet";

  private static final Pattern DEFINITIONS =
      Pattern.compile(
          "map|geo|split_clients|upstream|types|default_type|limit_(req|conn)_zone|lua_shared_dict"
              + "|proxy_cache_path|fastcgi_cache_path|limit_(req|conn)_(status|log_level)|geoip2?"
              + "|lua_package_c?path|proxy_headers_hash_.*|uninitialized_variable_warn");

  private static final Pattern TUNING =
      Pattern.compile(
          "(server_names|variables|types|map)_hash_.*|resolver(_timeout)?|open_file_cache.*|aio.*"
              + "|output_buffers|postpone_output|reset_timedout_connection|lingering_.*"
              + "|server_tokens|msie_.*|directio.*|log_not_found|merge_slashes|absolute_redirect"
              + "|connection_pool_size|request_pool_size|lua_(ssl|socket|code|max|use|thread).*"
              + "|proxy_socket_keepalive|grpc_socket_keepalive|http2_(chunk|recv_buffer)_size");

  private static final Pattern PROCESS =
      Pattern.compile(
          "env|user|worker_.*|pid|pcre_jit|thread_pool|timer_resolution|daemon|lock_file"
              + "|ssl_engine|events|debug_points|master_process|google_perftools_.*|accept_mutex.*"
              + "|use|multi_accept");

  private ControllerSnippets() {}

  /// Verdicts by `key: line`, in their order.
  static Map<String, Verdict> judge(ControllerConfig controller) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    for (NginxDirective line : NginxDirective.parse(controller.value(HTTP))) {
      http(line).ifPresent(verdict -> put(verdicts, HTTP, line, verdict));
    }
    for (NginxDirective line : NginxDirective.parse(controller.value(MAIN))) {
      put(verdicts, MAIN, line, main(line));
    }
    return verdicts;
  }

  private static void put(
      Map<String, Verdict> verdicts, String key, NginxDirective line, Verdict verdict) {
    verdicts.merge(
        key + ": " + line.text(),
        verdict,
        (before, now) -> now.weight() > before.weight() ? now : before);
  }

  /// Empty for a line that paths inherit.
  static Optional<Verdict> http(NginxDirective line) {
    String name = line.name();
    boolean on = line.argument(0).equals("on");
    if (DEFINITIONS.matcher(name).matches()) {
      return Optional.of(
          new Verdict.Same("nothing by itself: lines that use it are judged where they stand"));
    }
    if (TUNING.matcher(name).matches()) {
      return Optional.of(new Verdict.Same("nothing: it tunes nginx and has no meaning elsewhere"));
    }
    return Optional.ofNullable(
        switch (name) {
          case "server" ->
              new Verdict.NotPossible(
                  "a server of its own, of which no Ingress knows", "write a route for it");
          case "include" ->
              new Verdict.NotPossible(
                  "what is in the controller's file "
                      + line.argument(0)
                      + " is not known; whom it keeps away, nobody keeps away now",
                  "write its lines here, and migrate again");
          case "access_log", "error_log", "log_format", "open_log_file_cache", "log_subrequest" ->
              new Verdict.Different("the gateway has an access log of its own");
          case "gzip", "brotli" ->
              on
                  ? new Verdict.NotPossible(
                      "the gateway compresses nothing", "compress at the backend")
                  : new Verdict.Same("nothing is compressed");
          case "underscores_in_headers" ->
              on
                  ? new Verdict.NotPossible(
                      "field names with _ do not reach backends", "rename these fields")
                  : new Verdict.Same("as it is without a word");
          case "real_ip_header", "set_real_ip_from", "real_ip_recursive" ->
              new Verdict.NotPossible(
                  "the gateway believes no load balancer before it: the client is whoever connects",
                  "have the load balancer pass connections through");
          case "ssl_protocols", "ssl_ciphers", "ssl_prefer_server_ciphers", "ssl_ecdh_curve" ->
              new Verdict.Different(
                  "the gateway's own versions and cipher suites of TLS; the ConfigMap's ssl-protocols"
                      + " and ssl-ciphers are converted");
          case "keepalive_timeout", "keepalive_requests", "client_header_timeout" ->
              new Verdict.Different("the gateway has time-outs and limits of its own");
          default ->
              name.matches("(gzip|brotli|ssl_session|ssl_dhparam|ssl_buffer|ssl_early)_?.*")
                  ? new Verdict.Same("nothing: it tunes nginx and has no meaning elsewhere")
                  : null;
        });
  }

  private static Verdict main(NginxDirective line) {
    return switch (line.name()) {
      case "load_module" ->
          new Verdict.NotPossible(
              "a module of nginx runs in nginx alone", "see who uses it, and do without it");
      case "stream" ->
          new Verdict.NotPossible(
              "servers for TCP or UDP, of which no Ingress knows",
              "write a TCPRoute or UDPRoute for each");
      case "error_log" -> new Verdict.Different("the gateway has a log of its own");
      default ->
          PROCESS.matcher(line.name()).matches()
              ? new Verdict.Same("nothing: it tunes nginx and has no meaning elsewhere")
              : new Verdict.NotPossible(
                  "nginx's own language is understood by nginx alone",
                  "do it at the backend or before the gateway, or do without it");
    };
  }
}
