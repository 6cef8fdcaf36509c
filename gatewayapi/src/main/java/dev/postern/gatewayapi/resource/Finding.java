package dev.postern.gatewayapi.resource;

import java.util.Optional;

/// Something about the configuration that a person should know. Its texts may hold what a manifest
/// says, so they are made fit to be shown.
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
  private static final int LONGEST_NAME = 512;
  private static final int LONGEST_MESSAGE = 4_096;

  public Finding {
    object = object.map(Finding::shown);
    field = OneLine.of(field, LONGEST_NAME);
    location = location.map(at -> OneLine.of(at, LONGEST_MESSAGE));
    message = OneLine.of(message, LONGEST_MESSAGE);
  }

  /// An object that is refused may have any name.
  private static ObjectRef shown(ObjectRef ref) {
    String namespace = OneLine.of(ref.namespace(), LONGEST_NAME);
    String name = OneLine.of(ref.name(), LONGEST_NAME);
    boolean same = namespace.equals(ref.namespace()) && name.equals(ref.name());
    return same ? ref : new ObjectRef(ref.kind(), namespace, name);
  }

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
