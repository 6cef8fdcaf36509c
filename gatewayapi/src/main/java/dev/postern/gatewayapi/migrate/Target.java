package dev.postern.gatewayapi.migrate;

import java.util.Arrays;
import java.util.Optional;

/// For which gateway the manifests are.
public enum Target {
  POSTERN("postern"),
  /// The standard channel of the Gateway API v1.6 and nothing else.
  STANDARD("standard"),
  ENVOY_GATEWAY("envoy-gateway"),
  KGATEWAY("kgateway"),
  ISTIO("istio");

  private final String text;

  Target(String text) {
    this.text = text;
  }

  /// As the command line has it.
  public String text() {
    return text;
  }

  /// By its text.
  public static Optional<Target> of(String text) {
    return Arrays.stream(values()).filter(target -> target.text.equals(text)).findFirst();
  }

  /// The GatewayClass that its makers use.
  String className() {
    return switch (this) {
      case POSTERN -> "postern";
      case STANDARD -> "example";
      case ENVOY_GATEWAY -> "eg";
      case KGATEWAY -> "kgateway";
      case ISTIO -> "istio";
    };
  }

  boolean isPostern() {
    return this == POSTERN;
  }
}
