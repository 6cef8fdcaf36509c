package dev.postern.gatewayapi.status;

import dev.postern.gatewayapi.resource.OneLine;

/// One condition of a status. The time of its last transition is the status sink's to add.
///
/// @param type such as `Accepted`
/// @param status true, false or unknown
/// @param reason CamelCase, from the specification
/// @param message a sentence for a person: what is wrong and what to do; may be empty when all is
///   well
public record Condition(
    String type, Truth status, String reason, String message, long observedGeneration) {
  /// Of `Condition.message` in the API of Kubernetes.
  private static final int LONGEST_MESSAGE = 32_768;

  public Condition {
    message = OneLine.of(message, LONGEST_MESSAGE);
  }

  /// A condition's status.
  public enum Truth {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    Truth(String text) {
      this.text = text;
    }

    /// As the API writes it.
    public String text() {
      return text;
    }
  }
}
