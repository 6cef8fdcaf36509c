package dev.postern.gatewayapi.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The Strict-Transport-Security (RFC 6797) that ingress-nginx sends over TLS.
///
/// @param value empty for none
record StrictTransport(String value) {
  private static final String USUAL_AGE = "31536000";

  /// As the controller's ConfigMap has it; on, with its subdomains, where that says nothing.
  static StrictTransport of(Map<String, String> config) {
    if (GoBool.isFalse(config.getOrDefault("hsts", "true"))) {
      return new StrictTransport("");
    }
    String age = config.getOrDefault("hsts-max-age", USUAL_AGE).strip();
    StringBuilder value =
        new StringBuilder("max-age=").append(age.matches("[0-9]{1,12}") ? age : USUAL_AGE);
    if (!GoBool.isFalse(config.getOrDefault("hsts-include-subdomains", "true"))) {
      value.append("; includeSubDomains");
    }
    if (GoBool.isTrue(config.getOrDefault("hsts-preload", "false"))) {
      value.append("; preload");
    }
    return new StrictTransport(value.toString());
  }

  /// The filters with one more, or with this header in the one that is there.
  List<Map<String, Object>> added(List<Map<String, Object>> filters) {
    if (value.isEmpty()) {
      return filters;
    }
    Map<String, Object> header = Trees.map("name", "Strict-Transport-Security", "value", value);
    List<Map<String, Object>> more = new ArrayList<>();
    boolean merged = false;
    for (Map<String, Object> filter : filters) {
      boolean here = "ResponseHeaderModifier".equals(filter.get("type"));
      more.add(here ? merged(filter, header) : filter);
      merged |= here;
    }
    if (!merged) {
      more.add(
          Trees.map(
              "type",
              "ResponseHeaderModifier",
              "responseHeaderModifier",
              Trees.map("set", List.of(header))));
    }
    return more;
  }

  /// A header that is written by hand goes before the controller's.
  private static Map<String, Object> merged(
      Map<String, Object> filter, Map<String, Object> header) {
    Map<?, ?> modifier = Trees.child(filter, "responseHeaderModifier");
    Map<String, Object> changed = new LinkedHashMap<>();
    modifier.forEach((key, value) -> changed.put(String.valueOf(key), value));
    List<Object> set = new ArrayList<>(Trees.items(modifier, "set"));
    if (set.stream()
        .noneMatch(one ->
            one instanceof Map<?, ?> map
                && Trees.text(map, "name").equalsIgnoreCase("Strict-Transport-Security"))) {
      set.add(header);
    }
    changed.put("set", set);
    Map<String, Object> copy = new LinkedHashMap<>(filter);
    copy.put("responseHeaderModifier", changed);
    return copy;
  }
}
