package dev.postern.gatewayapi.resource;

import java.util.Map;
import java.util.Optional;

/// Where an object was read.
///
/// @param file the path as the person gave it, fit to be shown; empty when it came from an API
///   server
/// @param line of the object's first line, from 1; 0 when unknown
/// @param lines of its fields
public record Origin(String file, int line, FieldLines lines) {
  private static final int LONGEST_PATH = 4_096;

  public static final Origin UNKNOWN = new Origin("", 0, FieldLines.NONE);

  public Origin {
    file = OneLine.of(file, LONGEST_PATH);
  }

  /// @param lines by path such as `spec.rules[0].backendRefs[1].port`, from 1
  public Origin(String file, int line, Map<String, Integer> lines) {
    this(file, line, FieldLines.of(lines));
  }

  /// `file:line` of a field, of the nearest one around it that is known, or of the object.
  public Optional<String> at(String field) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    int found = lines.find(field);
    return Optional.of(file + ":" + (found > 0 ? found : line));
  }
}
