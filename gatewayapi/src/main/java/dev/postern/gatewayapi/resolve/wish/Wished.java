package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.Wish;
import java.util.List;

/// A wish, and what of the object cannot be followed.
///
/// @param notes what is followed and still not as it may have been meant
public record Wished(Wish wish, List<Trouble> troubles, List<Note> notes) {
  public Wished {
    troubles = List.copyOf(troubles);
    notes = List.copyOf(notes);
  }

  public Wished(Wish wish, List<Trouble> troubles) {
    this(wish, troubles, List.of());
  }

  /// @param field of the object, such as `spec.fastCGI.params`
  /// @param message a sentence
  public record Note(String field, String message) {}

  /// @param field of the object, such as `spec.tls`
  /// @param reference whether it is a reference that does not hold
  /// @param message what is wrong and what to do, as the end of a sentence
  public record Trouble(String field, boolean reference, String message) {}
}
