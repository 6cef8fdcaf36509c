package dev.postern.gatewayapi.resolve.hop;

import java.util.Optional;

/// A value and the field that holds it.
///
/// @param field path such as `spec.tls`
public record Said<T>(String field, T value) {
  /// What is said in a field that may not be there.
  public static <T> Optional<Said<T>> of(String field, Optional<T> value) {
    return value.map(there -> new Said<>(field, there));
  }
}
