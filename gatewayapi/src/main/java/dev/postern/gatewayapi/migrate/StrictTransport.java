package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The Strict-Transport-Security (RFC 6797) that ingress-nginx sends by default over TLS.
final class StrictTransport {
  static final String VALUE = "max-age=31536000; includeSubDomains";

  private StrictTransport() {}

  /// The filters with one more, or with this header in the one that is there.
  static List<Map<String, Object>> added(List<Map<String, Object>> filters) {
    List<Map<String, Object>> more = new ArrayList<>(filters);
    Map<String, Object> header = Trees.map("name", "Strict-Transport-Security", "value", VALUE);
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put("type", "ResponseHeaderModifier");
    filter.put("responseHeaderModifier", Trees.map("set", List.of(header)));
    more.add(filter);
    return more;
  }
}
