package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.resource.Metadata;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decodes what all kinds have.
final class Metadatas {
  private Metadatas() {}

  /// @param namespace that of the object, decided by the caller; empty for a cluster-scoped one
  static Metadata decode(Fields root, String namespace) {
    Fields metadata = fields(root, "metadata");
    Instant created = timestamp(metadata.textOrEmpty("creationTimestamp"));
    return new Metadata(
        namespace,
        metadata.textOrEmpty("name"),
        Math.max(Metadata.FIRST_GENERATION, metadata.number("generation")),
        created == null ? Instant.EPOCH : created,
        texts(metadata, "labels"),
        texts(metadata, "annotations"));
  }

  /// RFC 3339; null for anything else.
  static @Nullable Instant timestamp(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// A map field, or an empty one.
  static Fields fields(Fields parent, String name) {
    Fields found = parent.map(name);
    return found == null ? new Fields(parent.line()) : found;
  }

  static Optional<String> optional(Fields parent, String name) {
    return Optional.ofNullable(parent.text(name));
  }

  static Optional<Integer> optionalNumber(Fields parent, String name) {
    return parent.has(name) ? Optional.of((int) parent.number(name)) : Optional.empty();
  }

  /// A duration that was checked to be one (GEP-2257).
  static Optional<Duration> duration(Fields parent, String name) {
    return optional(parent, name).map(text -> Duration.ofMillis(Durations.parse(text)));
  }

  static Map<String, String> texts(Fields parent, String name) {
    Fields map = parent.map(name);
    if (map == null || map.size() == 0) {
      return Map.of();
    }
    Map<String, String> texts = new HashMap<>();
    for (int i = 0; i < map.size(); i++) {
      if (map.value(i) instanceof Scalar scalar) {
        texts.put(map.key(i), scalar.text());
      }
    }
    return texts;
  }

  static List<String> textList(Fields parent, String name) {
    List<String> texts = new ArrayList<>();
    if (parent.get(name) instanceof Items items) {
      for (Node item : items.list()) {
        if (item instanceof Scalar scalar) {
          texts.add(scalar.text());
        }
      }
    }
    return texts;
  }
}
