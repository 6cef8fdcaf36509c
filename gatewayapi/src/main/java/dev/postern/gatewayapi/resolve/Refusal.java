package dev.postern.gatewayapi.resolve;

import java.util.List;
import java.util.Optional;

/// Why something is not as it should be.
///
/// @param reason a condition's reason, from the specification
/// @param message what is wrong and what to do
public record Refusal(String reason, String message) {

  /// All in one: the reason is the first one's, the message tells all.
  static Optional<Refusal> merge(List<Refusal> problems) {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                problems.getFirst().reason(),
                String.join("; ", problems.stream().map(Refusal::message).distinct().toList())));
  }
}
