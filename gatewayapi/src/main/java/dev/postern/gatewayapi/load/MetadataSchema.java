package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Obj;

/// metadata of any object, as the API server checks it.
final class MetadataSchema {
  private static final int ANNOTATIONS_LIMIT = 256 * 1024;

  private MetadataSchema() {}

  /// An object: apiVersion and kind, which were read before, metadata, and status, which nobody
  /// reads.
  ///
  /// @param name the form of the object's name
  static Obj object(boolean namespaced, Schema name) {
    return Schema.object()
        .optional("apiVersion", Schema.TEXT)
        .optional("kind", Schema.TEXT)
        .required("metadata", metadata(namespaced, name))
        .ignored("status");
  }

  /// The form of most names.
  static Schema subdomainName() {
    return Schema.text(1, 253, TextFormat.DOMAIN);
  }

  /// The form of the names of Services and namespaces.
  static Schema labelName() {
    return Schema.text(1, 63, TextFormat.DNS_LABEL);
  }

  private static Obj metadata(boolean namespaced, Schema name) {
    Obj metadata =
        Schema.object()
            .required("name", name)
            .optional(
                "labels",
                Schema.map(Schema.text(0, 63, TextFormat.LABEL_VALUE), Schema.UNLIMITED)
                    .rule(MetadataSchema::checkKeys))
            .optional(
                "annotations",
                Schema.map(Schema.TEXT, Schema.UNLIMITED)
                    .rule(MetadataSchema::checkKeys)
                    .rule(MetadataSchema::checkSize))
            .optional("generation", Schema.whole(0, Long.MAX_VALUE))
            .optional("creationTimestamp", Schema.TEXT)
            .optional("namespace", Shapes.NAMESPACE)
            .ignored(
                "generateName",
                "uid",
                "resourceVersion",
                "selfLink",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "finalizers",
                "ownerReferences",
                "managedFields")
            .rule((fields, report) -> {
              if (fields.has("creationTimestamp")
                  && Metadatas.timestamp(fields.textOrEmpty("creationTimestamp")) == null) {
                report.error(
                    "creationTimestamp",
                    lineOf(fields, "creationTimestamp"),
                    "must be a time such as 2026-01-31T12:00:00Z");
              }
            });
    if (!namespaced) {
      metadata.rule((fields, report) -> {
        if (fields.has("namespace")) {
          report.error(
              "namespace",
              lineOf(fields, "namespace"),
              "this kind belongs to the whole cluster; remove the namespace");
        }
      });
    }
    return metadata;
  }

  private static void checkKeys(Fields map, Schema.Reporter report) {
    for (int i = 0; i < map.size(); i++) {
      // Annotation keys may have capitals in their prefix, as go lower-cases them first.
      if (!TextFormat.isQualifiedName(lowerPrefix(map.key(i)))) {
        report.error(
            "[" + map.key(i) + "]",
            map.keyLine(i),
            "the key '"
                + Checker.shown(map.key(i))
                + "' must be a name, or domain/name, with letters, digits, '-', '_' and '.', the"
                + " name not longer than 63");
      }
    }
  }

  private static String lowerPrefix(String key) {
    int slash = key.indexOf('/');
    return slash < 0
        ? key
        : key.substring(0, slash).toLowerCase(java.util.Locale.ROOT) + key.substring(slash);
  }

  private static void checkSize(Fields map, Schema.Reporter report) {
    long size = 0;
    for (int i = 0; i < map.size(); i++) {
      size += map.key(i).length();
      size += map.value(i) instanceof Scalar scalar ? scalar.text().length() : 0;
    }
    if (size > ANNOTATIONS_LIMIT) {
      report.error("", 0, "the annotations hold " + size + " characters; 262144 are allowed");
    }
  }

  /// The line of a field; 0 when it is absent.
  static int lineOf(Fields fields, String name) {
    int at = fields.find(name);
    return at < 0 ? 0 : fields.keyLine(at);
  }
}
