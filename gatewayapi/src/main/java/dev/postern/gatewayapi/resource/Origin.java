package dev.postern.gatewayapi.resource;

import java.util.Map;
import java.util.Optional;

/// Where an object was read.
///
/// @param file the path as the person gave it; empty when it came from an API server
/// @param line of the object's first line, from 1; 0 when unknown
/// @param lines of fields, by path such as `spec.rules[0].backendRefs[1].port`, from 1
public record Origin(String file, int line, Map<String, Integer> lines) {
  public static final Origin UNKNOWN = new Origin("", 0, Map.of());

  public Origin {
    lines = Map.copyOf(lines);
  }

  /// `file:line` of a field, of the nearest one around it that is known, or of the object.
  public Optional<String> at(String field) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String path = field;
    while (!path.isEmpty()) {
      Integer found = lines.get(path);
      if (found != null) {
        return Optional.of(file + ":" + found);
      }
      int cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
      path = cut < 0 ? "" : path.substring(0, cut);
    }
    return Optional.of(file + ":" + line);
  }
}
