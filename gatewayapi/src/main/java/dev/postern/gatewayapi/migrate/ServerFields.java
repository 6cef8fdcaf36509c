package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;

/// What an API server adds to an object, and kubectl: it says nothing about what a person wants,
/// and an object with the uid or the version of another one cannot be applied.
final class ServerFields {
  private static final List<String> META =
      List.of(
          "uid",
          "resourceVersion",
          "creationTimestamp",
          "generation",
          "managedFields",
          "selfLink",
          "ownerReferences");

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private ServerFields() {}

  /// A copy without them. Of a Service the cluster's address goes, too, unless it is headless: it
  /// stays as it is where the Service exists, and elsewhere is no address to ask for.
  static Map<String, Object> without(Map<?, ?> tree) {
    Map<String, Object> whole = Trees.copy(tree);
    whole.remove("status");
    Map<String, Object> meta = Trees.copy(Trees.child(tree, "metadata"));
    META.forEach(meta::remove);
    Map<String, Object> annotations = Trees.copy(Trees.child(meta, "annotations"));
    annotations.remove(LAST_APPLIED);
    if (annotations.isEmpty()) {
      meta.remove("annotations");
    } else {
      meta.put("annotations", annotations);
    }
    whole.put("metadata", meta);
    Map<String, Object> spec = Trees.copy(Trees.child(tree, "spec"));
    if (!"None".equals(spec.get("clusterIP"))) {
      spec.remove("clusterIP");
      spec.remove("clusterIPs");
    }
    whole.put("spec", spec);
    return whole;
  }
}
