package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// ReferenceGrants: whose objects may refer to objects of another namespace.
final class Grants {
  /// ReferenceGrant.spec.to takes no more.
  private static final int MOST = 16;

  private Grants() {}

  /// @param from kinds of the Gateway API in `fromNamespace`
  /// @param names of the core objects of that kind; all of the namespace's where they are too many
  static Map<String, Object> object(
      String namespace,
      String name,
      List<String> from,
      String fromNamespace,
      String kind,
      Set<String> names) {
    return Trees.object(
        "gateway.networking.k8s.io/v1beta1",
        "ReferenceGrant",
        namespace,
        name,
        Trees.map(
            "from",
            from.stream()
                .map(one ->
                    Trees.map("group", Kind.GATEWAY_API, "kind", one, "namespace", fromNamespace))
                .toList(),
            "to",
            names.size() <= MOST
                ? names.stream()
                    .map(one -> Trees.map("group", "", "kind", kind, "name", one))
                    .toList()
                : List.of(Trees.map("group", "", "kind", kind))));
  }
}
