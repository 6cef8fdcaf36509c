package dev.postern.gatewayapi.resolve.hop;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a Service port's appProtocol hints at (GEP-1911; Kubernetes KEP-3726). Names without a
/// prefix are IANA service names.
public enum AppProtocol {
  /// Nothing said.
  UNSET,
  HTTP("http"),
  /// Says nothing about HTTP.
  TCP("tcp"),
  /// HTTP/2 with prior knowledge, or what needs it.
  HTTP2("http2", "h2c", "kubernetes.io/h2c", "grpc", "grpc-web"),
  WEBSOCKET("kubernetes.io/ws", "ws"),
  WEBSOCKET_TLS("kubernetes.io/wss", "wss"),
  /// Speaks TLS, as HTTPS or otherwise.
  TLS("https", "tls"),
  FASTCGI("postern.dev/fcgi", "fcgi", "fastcgi"),
  /// TLS exactly when the client used it.
  AUTO_HTTP("postern.dev/auto-http"),
  /// `domain/name` that Postern does not know: a hint for somebody else.
  OTHER_DOMAIN,
  /// An IANA name that is not HTTP, such as mysql.
  OTHER_IANA;

  private static final Map<String, AppProtocol> BY_NAME = new HashMap<>();

  static {
    for (AppProtocol protocol : values()) {
      protocol.names.forEach(name -> BY_NAME.put(name, protocol));
    }
  }

  private final List<String> names;

  AppProtocol(String... names) {
    this.names = Arrays.asList(names);
  }

  /// The values that mean this, lower case; none for those that are not a fixed list.
  public List<String> names() {
    return List.copyOf(names);
  }

  /// Reads a hint in any letter case.
  public static AppProtocol of(Optional<String> appProtocol) {
    if (appProtocol.isEmpty() || appProtocol.get().isBlank()) {
      return UNSET;
    }
    String name = appProtocol.get().toLowerCase(Locale.ROOT);
    AppProtocol known = BY_NAME.get(name);
    if (known != null) {
      return known;
    }
    return name.contains("/") ? OTHER_DOMAIN : OTHER_IANA;
  }
}
