package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every annotation of ingress-nginx 1.15 and the names that it had before, with what becomes of
/// it. A location's annotations that no family has judged get their verdict here; a name that is
/// not here is reported as unknown.
final class AnnotationTable {
  private static final String NGINX_ONLY = "it tunes nginx and has no meaning elsewhere";

  /// @param fate `converted`, `nothing to do` or `refused`
  /// @param words what it becomes, or why not
  record Entry(String fate, String words) {}

  static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    converted("appProtocol, and a policy for TLS", "backend-protocol");
    converted(
        "BackendTLSPolicy with a ConfigMap, or BackendConnectionPolicy; a warning where nothing is"
            + " verified",
        "proxy-ssl-secret proxy-ssl-verify proxy-ssl-verify-depth proxy-ssl-name"
            + " proxy-ssl-server-name proxy-ssl-protocols proxy-ssl-ciphers");
    converted("BackendConnectionPolicy.fastCGI", "fastcgi-index fastcgi-params-configmap");
    converted("URLRewrite.hostname", "upstream-vhost");
    converted("URLRewrite or RegularExpression matches", "rewrite-target use-regex");
    converted("RequestHeaderModifier", "x-forwarded-prefix");
    converted("ResponseHeaderModifier", "custom-headers");
    converted(
        "RequestRedirect",
        "ssl-redirect force-ssl-redirect permanent-redirect permanent-redirect-code"
            + " temporal-redirect temporal-redirect-code app-root from-to-www-redirect"
            + " preserve-trailing-slash relative-redirects use-port-in-redirects");
    converted(
        "the CORS filter",
        "enable-cors cors-allow-origin cors-allow-methods cors-allow-headers"
            + " cors-allow-credentials cors-expose-headers cors-max-age");
    converted("TLSRoute and a listener that passes TLS through", "ssl-passthrough");
    converted("RequestMirror, for Services", "mirror-target mirror-host mirror-request-body");
    converted(
        "weights and header matches",
        "canary canary-weight canary-weight-total canary-by-header canary-by-header-value"
            + " canary-by-header-pattern canary-by-cookie");
    converted(
        "sessionPersistence",
        "affinity affinity-mode affinity-canary-behavior session-cookie-name"
            + " session-cookie-max-age session-cookie-expires session-cookie-path"
            + " session-cookie-domain session-cookie-samesite session-cookie-secure"
            + " session-cookie-change-on-failure session-cookie-conditional-samesite-none");
    converted("BackendConnectionPolicy.timeouts.connect", "proxy-connect-timeout");
    converted("hostnames of the route", "server-alias");
    converted(
        "line by line: TLS, FastCGI and header fields; a line that guards closes the path",
        "configuration-snippet server-snippet");
    nothing(
        "bodies are streamed, buffers need no size",
        "proxy-buffering proxy-buffer-size proxy-buffers-number proxy-busy-buffers-size"
            + " proxy-max-temp-file-size client-body-buffer-size proxy-request-buffering");
    nothing(
        "the controller ignored it",
        "http2-push-preload enable-opentracing influxdb-enabled influxdb-measurement"
            + " influxdb-port influxdb-host influxdb-server-name");
    converted(
        "nothing: no controller since 0.21 looked at it; see the report for what replaces it",
        "secure-backends grpc-backend secure-verify-ca-secret");
    converted(
        "BackendConnectionPolicy.timeouts.streamIdle", "proxy-send-timeout proxy-read-timeout");
    converted("nothing: see the report", "service-upstream");
    converted("nothing for the usual values: see the report", "load-balance proxy-http-version");
    converted(
        "nothing for the usual values: see the report; retry of the rule for statuses",
        "proxy-next-upstream proxy-next-upstream-tries proxy-next-upstream-timeout");
    refused("the body's size is not limited", "proxy-body-size");
    converted(
        "BackendConnectionPolicy.loadBalancing, for a header, a cookie or the client's address",
        "upstream-hash-by upstream-hash-by-subset upstream-hash-by-subset-size");
    converted(
        "the ExternalAuth filter (experimental channel), for Services; else the path is closed",
        "auth-url auth-method auth-signin auth-signin-redirect-param auth-response-headers"
            + " auth-request-redirect auth-cache-key auth-cache-duration auth-proxy-set-headers"
            + " auth-snippet auth-always-set-cookie auth-keepalive auth-keepalive-requests"
            + " auth-keepalive-timeout auth-keepalive-share-vars enable-global-auth");
    converted(
        "the Gateway's tls.frontend, where all hosts of port 443 say the same; else the host is"
            + " closed",
        "auth-tls-secret auth-tls-verify-client auth-tls-verify-depth auth-tls-error-page"
            + " auth-tls-pass-certificate-to-upstream auth-tls-match-cn");
    refused("Connection is the gateway's own, hop by hop", "connection-proxy-header");
    refused(
        "responses are not rewritten",
        "proxy-redirect-from proxy-redirect-to"
            + " proxy-cookie-domain proxy-cookie-path custom-http-errors default-backend"
            + " disable-proxy-intercept-errors");
    refused(
        "nobody asks who the client is",
        "auth-type auth-secret auth-secret-type auth-realm satisfy");
    refused(
        "addresses and rates are not limited",
        "whitelist-source-range"
            + " allowlist-source-range denylist-source-range limit-rps limit-rpm limit-connections"
            + " limit-rate limit-rate-after limit-burst-multiplier limit-allowlist limit-whitelist");
    refused(
        "nginx's own language is understood by nginx alone", "stream-snippet modsecurity-snippet");
    refused(
        NGINX_ONLY,
        "enable-modsecurity enable-owasp-core-rules modsecurity-transaction-id"
            + " enable-access-log enable-rewrite-log enable-opentelemetry"
            + " opentelemetry-trust-incoming-span opentelemetry-operation-name ssl-ciphers"
            + " ssl-prefer-server-ciphers");
  }

  private AnnotationTable() {}

  private static void converted(String words, String names) {
    put("converted", words, names);
  }

  private static void nothing(String words, String names) {
    put("nothing to do", words, names);
  }

  private static void refused(String words, String names) {
    put("refused", words, names);
  }

  private static void put(String fate, String words, String names) {
    for (String name : names.split(" ", -1)) {
      ENTRIES.put(name, new Entry(fate, words));
    }
  }

  /// Judges what nobody has judged.
  static void judgeTheRest(Location location) {
    for (String name : location.ingress.annotations().keySet()) {
      if (!location.verdicts().isJudged(name)) {
        Entry entry = ENTRIES.get(name);
        Optional<String> reason = entry == null ? Optional.empty() : Inert.reason(location, name);
        reason.ifPresentOrElse(why -> location.same(name, why), () -> rest(location, name, entry));
      }
    }
  }

  private static void rest(Location location, String name, @Nullable Entry entry) {
    if (entry == null && LegacyFamily.isDead(name)) {
      location.same(name, "nothing: no controller since 0.21 looked at it");
    } else if (entry == null) {
      location.lost(
          name,
          "no annotation of this name is known",
          "correct its name, or remove it if nothing reads it");
    } else if (entry.fate().equals("nothing to do")) {
      location.same(name, entry.words());
    } else if (entry.fate().equals("refused")) {
      location.lost(
          name, entry.words(), "do it at the backend or before the gateway, or do without it");
    } else if (name.startsWith("proxy-ssl-")) {
      location.lost(
          name,
          "this value, or this use of it, is not converted",
          location.target.isPostern() ? "write " + entry.words() : "do without it");
    } else {
      Verdict.NotPossible found = Unconverted.of(location, name);
      location.lost(name, found.why(), found.whatToDo());
    }
  }
}
