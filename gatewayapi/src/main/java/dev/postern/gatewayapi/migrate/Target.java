package dev.postern.gatewayapi.migrate;

import java.util.Arrays;
import java.util.Optional;

/// For which gateway the manifests are.
public enum Target {
  POSTERN("postern"),
  /// The standard channel of the Gateway API v1.6 and nothing else.
  STANDARD("standard");

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

  /// The GatewayClass; an example for the standard, which has none.
  String className() {
    return isPostern() ? "postern" : "example";
  }

  boolean isPostern() {
    return this == POSTERN;
  }
}
