package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.Wish;
import java.util.List;

/// A wish, and what of the object cannot be followed.
public record Wished(Wish wish, List<Trouble> troubles) {
  public Wished {
    troubles = List.copyOf(troubles);
  }

  /// @param field of the object, such as `spec.tls`
  /// @param reference whether it is a reference that does not hold
  /// @param message what is wrong and what to do, as the end of a sentence
  public record Trouble(String field, boolean reference, String message) {}
}
