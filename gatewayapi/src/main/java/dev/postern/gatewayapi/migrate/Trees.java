package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes and reads objects as maps and lists.
final class Trees {
  static final String GATEWAY_API = "gateway.networking.k8s.io/v1";

  private Trees() {}

  /// @param pairs keys and values in turn; empty maps and lists are left out
  static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (!isEmpty(pairs[i + 1])) {
        map.put((String) pairs[i], pairs[i + 1]);
      }
    }
    return map;
  }

  private static boolean isEmpty(Object value) {
    return (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof List<?> list && list.isEmpty());
  }

  static Map<String, Object> object(
      String apiVersion, String kind, String namespace, String name, Object spec) {
    return map(
        "apiVersion", apiVersion, "kind", kind, "metadata", meta(namespace, name), "spec", spec);
  }

  static Map<String, Object> meta(String namespace, String name) {
    Map<String, Object> meta = map("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    return meta;
  }

  /// What may be changed.
  static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  static Map<?, ?> child(Map<?, ?> map, String key) {
    return map.get(key) instanceof Map<?, ?> found ? found : Map.of();
  }

  static List<?> items(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> found ? found : List.of();
  }

  /// A text field, or empty.
  static String text(Map<?, ?> map, String key) {
    return map.get(key) instanceof String found ? found : "";
  }

  static Map<String, String> texts(Map<?, ?> map) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (key instanceof String name && value instanceof String text) {
        texts.put(name, text);
      }
    });
    return texts;
  }
}
