package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// ConfigMaps with the CA of a Secret, under names that nobody else has taken.
final class AuthorityMaps {
  private static final String KEY = "ca.crt";

  private final Objects objects;
  private final Map<String, String> taken = new HashMap<>();
  private final Set<String> written = new HashSet<>();

  AuthorityMaps(Objects objects) {
    this.objects = objects;
  }

  /// A hop that trusts the CA of a Secret names the ConfigMap for it.
  Hop named(Hop hop, String namespace) {
    Optional<String> secret = hop.ca();
    if (secret.isEmpty()) {
      return hop;
    }
    String name = name(namespace, secret.get());
    return hop.withAuthority(Trees.map("group", "", "kind", "ConfigMap", "name", name));
  }

  private String name(String namespace, String reference) {
    String text = text(reference);
    String base = Objects.nameOf(reference) + "-ca";
    String name = base;
    for (int i = 2; !isFree(namespace + "/" + name, text); i++) {
      name = base + "-" + i;
    }
    taken.put(namespace + "/" + name, text);
    return name;
  }

  private String text(String reference) {
    Document secret = objects.secret(reference);
    return secret == null ? "" : Objects.certificate(secret, KEY);
  }

  /// Also where the same is in it.
  private boolean isFree(String key, String text) {
    String made = taken.get(key);
    if (made != null) {
      return made.equals(text);
    }
    Document existing = objects.configMap(key);
    return existing == null || holds(existing, text);
  }

  private static boolean holds(Document map, String text) {
    return Trees.text(Trees.child(map.tree(), "data"), KEY).strip().equals(text.strip());
  }

  /// Nothing where the CA is not known, or is in the input's own ConfigMap.
  void write(String namespace, Hop hop, List<Map<String, Object>> out) {
    for (Object ca : Trees.items(hop.validation(), "caCertificateRefs")) {
      String name = ca instanceof Map<?, ?> map ? Trees.text(map, "name") : "";
      String text = taken.getOrDefault(namespace + "/" + name, "");
      if (!text.isEmpty()
          && objects.configMap(namespace + "/" + name) == null
          && written.add(namespace + "/" + name)) {
        Map<String, Object> made =
            Trees.map(
                "apiVersion", "v1", "kind", "ConfigMap", "metadata", Trees.meta(namespace, name));
        made.put("data", Trees.map(KEY, text));
        out.add(made);
      }
    }
  }
}
