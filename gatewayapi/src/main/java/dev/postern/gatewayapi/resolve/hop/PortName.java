package dev.postern.gatewayapi.resolve.hop;

import java.util.Locale;
import java.util.Optional;

/// What the name of a Service port hints at: `http2`, `grpc` or `grpc-web`, alone (as kgateway
/// reads names) or before a dash (as Istio does). A name says which version of HTTP is spoken, and
/// never anything about TLS.
final class PortName {
  private PortName() {}

  static Optional<AppProtocol> read(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int dash = lower.indexOf('-');
    String prefix = dash < 0 ? lower : lower.substring(0, dash);
    return prefix.equals("grpc") || prefix.equals("http2")
        ? Optional.of(AppProtocol.HTTP2)
        : Optional.empty();
  }
}
