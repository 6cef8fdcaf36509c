package dev.postern.gatewayapi.explain;

import java.util.Locale;
import java.util.Map;

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

  String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }
}
