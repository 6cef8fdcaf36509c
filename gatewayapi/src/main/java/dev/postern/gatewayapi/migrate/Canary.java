package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// A second backend of a location, for some of its requests.
///
/// @param choices header matches that decide before the weights do, in their order
/// @param weight of `total`
record Canary(String service, int port, List<Choice> choices, int weight, int total) {

  /// @param header what a request has in a field
  /// @param canary whether it goes to the canary then
  record Choice(Map<String, Object> header, boolean canary) {}

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
