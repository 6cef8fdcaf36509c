package dev.postern.gatewayapi.resource;

import java.util.Optional;

/// Something about the configuration that a person should know.
///
/// @param object absent where not even that could be read
/// @param field path such as `spec.rules[0].backendRefs[0].port`; empty for the object as a whole
/// @param location `file:line`; absent for an object of an API server
/// @param message one sentence or two: what is wrong and what to do
public record Finding(
    Severity severity,
    Optional<ObjectRef> object,
    String field,
    Optional<String> location,
    String message) {

  /// How bad it is.
  public enum Severity {
    /// An API server would refuse the object, or it cannot be read; it takes no part.
    ERROR,
    /// It takes part, but not as its author may think.
    WARNING,
    /// Good to know.
    NOTE
  }
}
