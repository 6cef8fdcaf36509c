package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.GatewayClass;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// For which gateway the manifests are. What each of them can say about a hop was read in its own
/// kinds' definitions; what it cannot is reported as not possible.
public enum Target {
  POSTERN("postern", "postern", GatewayClass.CONTROLLER, "BackendConnectionPolicy"),
  /// The standard channel of the Gateway API v1.6 and nothing else.
  STANDARD("standard", "example", "", ""),
  /// Envoy Gateway 1.6 and newer, with `extensionApis.enableBackend`. Its installation makes no
  /// GatewayClass.
  ENVOY_GATEWAY("envoy-gateway", "eg", "gateway.envoyproxy.io/gatewayclass-controller", "Backend"),
  /// kgateway 2.1 and newer, which makes its GatewayClass by itself.
  KGATEWAY("kgateway", "kgateway", "", "BackendConfigPolicy"),
  /// Istio 1.28 and newer, which makes its GatewayClass by itself.
  ISTIO("istio", "istio", "", "DestinationRule");

  private final String text;
  private final String className;
  private final String controller;
  private final String connectionKind;

  Target(String text, String className, String controller, String connectionKind) {
    this.text = text;
    this.className = className;
    this.controller = controller;
    this.connectionKind = connectionKind;
  }

  /// As the command line has it.
  public String text() {
    return text;
  }

  /// By its text.
  public static Optional<Target> of(String text) {
    return Arrays.stream(values()).filter(target -> target.text.equals(text)).findFirst();
  }

  /// All texts, for messages.
  public static String texts() {
    return Arrays.stream(values()).map(Target::text).collect(Collectors.joining(", "));
  }

  /// The GatewayClass; an example for the standard, which has none.
  String className() {
    return className;
  }

  /// Who the GatewayClass to write is for; empty where the gateway brings its own.
  Optional<String> controller() {
    return Optional.of(controller).filter(name -> !name.isEmpty());
  }

  /// The kind that says how a backend is connected to; empty where there is none.
  String connectionKind() {
    return connectionKind;
  }

  boolean isPostern() {
    return this == POSTERN;
  }

  /// Whether anything can be said of the connection to a backend beyond BackendTLSPolicy:
  /// verification that is skipped, a client certificate, a time-out for connecting.
  boolean hasConnectionKind() {
    return !connectionKind.isEmpty();
  }

  /// Whether the versions and cipher suites of TLS to one backend can be chosen. Istio has them for
  /// the whole mesh alone.
  boolean limitsTls() {
    return hasConnectionKind() && this != ISTIO;
  }

  /// Whether a server name of one's own choice is sent to a backend that nginx did not verify.
  boolean namesUnverified() {
    return this != POSTERN;
  }

  /// Where such a name is written.
  String serverNameField() {
    return hasConnectionKind()
        ? "sni in the " + connectionKind
        : "hostname of the BackendTLSPolicy";
  }

  /// Whether routes may have sessionPersistence (GEP-1619).
  boolean keepsSessions() {
    return hasConnectionKind() && this != ISTIO;
  }

  /// Whether a request is ended after Envoy's 15s where no route says otherwise.
  boolean endsSlowRequests() {
    return this == ENVOY_GATEWAY || this == KGATEWAY;
  }

  /// Whether regular expressions are tried before all prefixes, the longest first. The Gateway API
  /// leaves it open (HTTPPathMatch).
  boolean triesExpressionsFirst() {
    return this == POSTERN || this == ENVOY_GATEWAY;
  }

  /// Whether it is known when expressions are tried, and that it is the longest first.
  boolean isOrderKnown() {
    return triesExpressionsFirst() || this == ISTIO;
  }

  /// When an expression is tried, in words.
  String expressionsAmongPrefixes() {
    return switch (this) {
      case POSTERN, ENVOY_GATEWAY -> "is tried before all prefixes, the longest first";
      case ISTIO -> "is tried after all prefixes";
      case STANDARD, KGATEWAY -> "is tried before or after prefixes, as the gateway has it";
    };
  }
}
