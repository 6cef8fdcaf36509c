package dev.postern.gatewayapi.migrate;

import java.util.Set;
import java.util.regex.Pattern;

/// The keys of the controller's ConfigMap.
final class ControllerTable {
  /// Keys that say for all Ingresses what the annotation of the same name says for one.
  private static final Set<String> DEFAULTS =
      Set.of(
          "ssl-redirect",
          "force-ssl-redirect",
          "preserve-trailing-slash",
          "app-root",
          "proxy-connect-timeout",
          "proxy-read-timeout",
          "proxy-send-timeout",
          "proxy-body-size",
          "proxy-buffering",
          "proxy-buffer-size",
          "proxy-buffers-number",
          "proxy-busy-buffers-size",
          "proxy-max-temp-file-size",
          "client-body-buffer-size",
          "proxy-request-buffering",
          "proxy-http-version",
          "proxy-cookie-domain",
          "proxy-cookie-path",
          "proxy-next-upstream",
          "proxy-next-upstream-tries",
          "proxy-next-upstream-timeout",
          "proxy-redirect-from",
          "proxy-redirect-to",
          "upstream-hash-by",
          "upstream-hash-by-subset",
          "upstream-hash-by-subset-size",
          "load-balance",
          "limit-rate",
          "limit-rate-after",
          "whitelist-source-range",
          "denylist-source-range",
          "service-upstream",
          "custom-http-errors",
          "disable-proxy-intercept-errors",
          "relative-redirects",
          "use-port-in-redirects",
          "enable-opentelemetry",
          "opentelemetry-operation-name",
          "opentelemetry-trust-incoming-span",
          "enable-modsecurity",
          "modsecurity-snippet",
          "ssl-prefer-server-ciphers");

  private static final Pattern TUNING =
      Pattern.compile(
          "worker-.*|max-worker-.*|upstream-keepalive-.*|.*-hash-(max|bucket)-size|lua-.*|brotli-.*"
              + "|gzip-.*|ssl-(session|buffer|dh|ecdh|early).*|bind-address.*|disable-ipv6.*"
              + "|reuse-port|variables-hash-.*|proxy-stream-.*|debug-connections|server-tokens"
              + "|grpc-buffer-size-kb|large-client-header-buffers|client-header-buffer-size"
              + "|enable-multi-accept|nginx-status-.*|ssl-reject-handshake|http2-push.*"
              + "|proxy-headers-.*|limit-(req|conn)-status-code|limit-conn-zone-variable"
              + "|disable-access-log|otel-.*|opentelemetry-.*|opentracing-.*|enable-opentracing");

  private static final Pattern LIMITS =
      Pattern.compile("keep-alive.*|client-(header|body)-timeout|http2-max-.*");

  private static final Pattern LOGS =
      Pattern.compile(
          "log-format-.*|access-log-.*|http-access-log-.*|stream-access-log-.*|error-log-.*"
              + "|enable-syslog|syslog-.*|skip-access-log-.*|enable-access-log-.*");

  private ControllerTable() {}

  /// The annotation for which a key gives the default; empty for none.
  static String annotation(String key) {
    if (key.startsWith("global-auth-") && !key.equals("global-auth-snippet")) {
      return key.substring("global-".length());
    }
    return DEFAULTS.contains(key) ? key : "";
  }

  /// What becomes of a key that is no default of an annotation.
  static Verdict judge(String key, String value, ControllerConfig config, Target target) {
    boolean on = GoBool.isTrue(value);
    return switch (key) {
      case "hsts", "hsts-max-age", "hsts-include-subdomains", "hsts-preload" ->
          same("the ResponseHeaderModifier of HTTPS routes");
      case "ssl-protocols", "ssl-ciphers" -> frontTls(key, value, config, target);
      case "http-redirect-code" ->
          value.equals(String.valueOf(config.redirectCode()))
              ? same("the statusCode of redirects")
              : lost("no redirect of the Gateway API says " + value, "308 is said instead");
      case "proxy-ssl-location-only" ->
          same(on ? "no path inherits proxy-ssl-*" : "paths inherit proxy-ssl-* of their host");
      case "proxy-set-headers", "add-headers", "hide-headers" ->
          same("header modifiers of all rules");
      case "allow-snippet-annotations" ->
          on
              ? same("snippets are read line by line")
              : new Verdict.Different(
                  "nginx refused snippets; they are read here, so remove what never worked");
      case "annotations-risk-level",
          "allow-cross-namespace-resources",
          "global-allowed-response-headers",
          "strict-validate-path-type",
          "allow-backend-server-header" ->
          new Verdict.Different("nobody asks it now: what an Ingress says is converted");
      case "compute-full-forwarded-for" ->
          on
              ? same("X-Forwarded-For is always appended to")
              : new Verdict.Different("X-Forwarded-For is always appended to");
      case "use-forwarded-headers", "use-proxy-protocol", "enable-real-ip" ->
          on
              ? lost(
                  "the gateway believes no load balancer before it: X-Forwarded-Proto, -Host and"
                      + " -Port are set anew, and the client is whoever connects",
                  "have the load balancer pass TLS and connections through")
              : same("nobody before the gateway is believed");
      case "forwarded-for-header", "proxy-real-ip-cidr", "forwarded-for-proxy-protocol-header" ->
          config.isTrue("use-forwarded-headers") || config.isTrue("use-proxy-protocol")
              ? lost("the gateway believes no load balancer before it", "see the other key")
              : same("nothing without use-forwarded-headers or use-proxy-protocol");
      case "use-gzip", "enable-brotli" ->
          on
              ? lost("the gateway compresses nothing", "compress at the backend")
              : same("nothing is compressed");
      case "generate-request-id" ->
          on
              ? same("X-Request-Id is always there")
              : new Verdict.Different("X-Request-Id is always there");
      case "proxy-add-original-uri-header", "enable-underscores-in-headers" ->
          on
              ? lost("the gateway does not do so", "do without it at the backend")
              : same("as it is without a word");
      case "ignore-invalid-headers" ->
          on
              ? same("as it is without a word")
              : lost("a field whose name is not valid reaches no backend", "do without it");
      case "retry-non-idempotent" -> nonIdempotent(on, config, target);
      case "use-http2" ->
          on
              ? same("clients may speak HTTP/2 over TLS")
              : new Verdict.Different("clients may speak HTTP/2 over TLS now");
      case "use-http3" ->
          on
              ? lost("the gateway speaks no HTTP/3", "clients use HTTP/2 where they find no HTTP/3")
              : same("no HTTP/3 is spoken");
      case "no-tls-redirect-locations" ->
          new Verdict.Different("plain HTTP is redirected on these paths, too");
      case "no-auth-locations" -> same("auth-url and auth-type say nothing at paths that begin so");
      case "stream-snippet", "global-auth-snippet" ->
          value.isEmpty()
              ? same("nothing, as it is empty")
              : lost(
                  "nginx's own language is understood by nginx alone",
                  "do it at the backend or before the gateway, or do without it");
      case "block-cidrs", "block-user-agents", "block-referers" ->
          same("nothing, as it is empty or no path is served");
      case "server-snippet", "location-snippet", "http-snippet", "main-snippet" ->
          same("line by line, see there");
      default -> other(key, target);
    };
  }

  private static Verdict nonIdempotent(boolean on, ControllerConfig config, Target target) {
    if (!on) {
      return same("only what cannot have been acted on is repeated");
    }
    return new Verdict.Different(
        target.isPostern() && config.value("proxy-next-upstream").contains("http_")
            ? "the retry made of proxy-next-upstream repeats every method, as nginx did; without an"
                + " answer only what cannot have been acted on is repeated"
            : "a retry made of statuses in proxy-next-upstream repeats every method, as nginx did;"
                + " without an answer only what cannot have been acted on is repeated");
  }

  private static Verdict other(String key, Target target) {
    if (TUNING.matcher(key).matches()) {
      return same("nothing: it tunes nginx and has no meaning elsewhere");
    }
    if (LIMITS.matcher(key).matches()) {
      return new Verdict.Different("the gateway has time-outs and limits of its own");
    }
    if (LOGS.matcher(key).matches()) {
      return new Verdict.Different(
          "the gateway has an access log of its own"
              + (target.isPostern() ? ": --access-log" : ""));
    }
    return lost("no such key is converted", "see whether somebody needs it");
  }

  private static Verdict frontTls(
      String key, String value, ControllerConfig config, Target target) {
    boolean said =
        target.isPostern()
            && config.tlsOptions().keySet().stream()
                .anyMatch(
                    option -> option.contains(key.equals("ssl-ciphers") ? "cipher" : "version"));
    if (said) {
      return same("tls.options of the listeners");
    }
    return value.isEmpty()
        ? same("nothing, as it is empty")
        : new Verdict.Different("the gateway's own versions and cipher suites of TLS");
  }

  private static Verdict same(String became) {
    return new Verdict.Same(became);
  }

  private static Verdict lost(String why, String whatToDo) {
    return new Verdict.NotPossible(why, whatToDo);
  }
}
