package dev.postern.gatewayapi.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request as a client might send it.
///
/// @param host the authority, with or without a port
/// @param target path and query, as written
/// @param method upper case
/// @param headers by name in lower case
public record Request(String host, String target, String method, Map<String, String> headers) {
  public Request {
    headers = Map.copyOf(headers);
  }

  /// The host without its port, lower case.
  String hostname() {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[")) {
      int end = lower.indexOf(']');
      return end < 0 ? lower : lower.substring(0, end + 1);
    }
    int colon = lower.indexOf(':');
    return colon < 0 ? lower : lower.substring(0, colon);
  }

  /// Without its segments of dots, which data planes resolve first; absent where it climbs above
  /// the root.
  Optional<String> path() {
    int query = target.indexOf('?');
    String[] segments = (query < 0 ? target : target.substring(0, query)).split("/", -1);
    List<String> resolved = new ArrayList<>();
    for (int i = 1; i < segments.length; i++) {
      String dots = segments[i].toLowerCase(Locale.ROOT).replace("%2e", ".");
      boolean up = dots.equals("..");
      if (up && resolved.isEmpty()) {
        return Optional.empty();
      }
      if (up) {
        resolved.removeLast();
      }
      if (!up && !dots.equals(".")) {
        resolved.add(segments[i]);
      } else if (i == segments.length - 1) {
        resolved.add("");
      }
    }
    return Optional.of("/" + String.join("/", resolved));
  }

  String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }
}
