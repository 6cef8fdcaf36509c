package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A second backend of a location, for some of its requests.
///
/// @param chosen header matches that choose it before the weights do, in their order
/// @param never the header match that keeps a request from the canary; empty for none
/// @param weight of `total`
record Canary(
    String service,
    int port,
    List<Map<String, Object>> chosen,
    Map<String, Object> never,
    int weight,
    int total) {

  /// The header matches that decide before the weights do.
  List<Map<String, Object>> headers() {
    List<Map<String, Object>> headers = new ArrayList<>(chosen);
    if (!never.isEmpty()) {
      headers.add(never);
    }
    return headers;
  }

  boolean chosenBy(Map<String, Object> header) {
    return !header.equals(never);
  }

  /// The backendRefs for all other requests.
  List<Map<String, Object>> split(Map<String, Object> main, Map<String, Object> canary) {
    if (weight == 0) {
      return List.of(main);
    }
    return List.of(weighted(main, total - weight), weighted(canary, weight));
  }

  private static Map<String, Object> weighted(Map<String, Object> backend, int weight) {
    Map<String, Object> weighted = Trees.map("weight", weight);
    weighted.putAll(backend);
    return weighted;
  }
}
