package dev.postern.gatewayapi.migrate;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The part of nginx that spoke to a backend. It looks at its own directives alone, and most
/// annotations become those of the proxy module, whatever backend-protocol says.
enum NginxModule {
  PROXY("proxy_"),
  GRPC("grpc_"),
  FASTCGI("fastcgi_");

  private static final Pattern OF_A_MODULE =
      Pattern.compile("(proxy|grpc|fastcgi|uwsgi|scgi|memcached)_(?!pass$).*");

  private static final Set<String> OF_PROXY =
      Set.of(
          "proxy-next-upstream",
          "proxy-next-upstream-tries",
          "proxy-next-upstream-timeout",
          "proxy-redirect-from",
          "proxy-redirect-to",
          "proxy-cookie-domain",
          "proxy-cookie-path",
          "proxy-http-version",
          "disable-proxy-intercept-errors");

  /// Those that become header fields, which the grpc module has a directive for, too.
  private static final Set<String> OF_HEADERS =
      Set.of("upstream-vhost", "x-forwarded-prefix", "connection-proxy-header");

  /// Statuses that nginx gives by itself, so that an error page takes their place without the proxy
  /// module's proxy_intercept_errors.
  private static final Pattern OWN_STATUS =
      Pattern.compile(".*\\b(40[0138]|41[1-6]|421|429|431|49[4-9]|5[0-9]{2})\\b.*");

  private final String prefix;

  NginxModule(String prefix) {
    this.prefix = prefix;
  }

  static NginxModule of(String backendProtocol) {
    return switch (backendProtocol.strip().toUpperCase(Locale.ROOT)) {
      case "GRPC", "GRPCS" -> GRPC;
      case "FCGI" -> FASTCGI;
      default -> PROXY;
    };
  }

  /// Whether it never looked at an annotation with this value.
  boolean ignores(String annotation, String value) {
    return switch (this) {
      case PROXY -> false;
      case GRPC -> ignoresAny(annotation, value);
      case FASTCGI -> OF_HEADERS.contains(annotation) || ignoresAny(annotation, value);
    };
  }

  private static boolean ignoresAny(String annotation, String value) {
    return OF_PROXY.contains(annotation)
        || (annotation.equals("custom-http-errors") && !OWN_STATUS.matcher(value).matches());
  }

  /// Whether a directive is another module's.
  boolean isForeign(String directive) {
    return !directive.startsWith(prefix) && OF_A_MODULE.matcher(directive).matches();
  }

  String ignored() {
    return "nothing: nginx did not apply it to "
        + (this == GRPC ? "GRPC and GRPCS" : this == FASTCGI ? "FCGI" : "HTTP");
  }
}
