package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes what stands for a refused object that was to close something. Without a BackendTLSPolicy
/// its backends would be spoken to in plaintext, which is what its author did not want; so its
/// targets are taken from it, whatever else is wrong with it.
final class StandIns {
  private StandIns() {}

  /// Whether anything can stand for such an object.
  static boolean isFor(ObjectRef ref) {
    return ref.kind().equals(Kind.BACKEND_TLS_POLICY);
  }

  /// @param root of an object that need not be as its schema says
  /// @param why it is refused
  static Optional<Resource> of(
      ObjectRef ref, Fields root, String version, Origin origin, String why) {
    if (!isFor(ref)) {
      return Optional.empty();
    }
    List<TargetRef> targets = targets(fields(root, "spec"));
    if (targets.isEmpty()) {
      return Optional.empty();
    }
    Metadata metadata =
        new Metadata(
            ref.namespace(),
            ref.name(),
            Metadata.FIRST_GENERATION,
            Instant.EPOCH,
            Map.of(),
            Map.of());
    return Optional.of(
        new BackendTlsPolicy(
            metadata,
            version,
            origin,
            targets,
            "",
            List.of(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Optional.of(why)));
  }

  /// Also the one target of v1alpha2.
  private static List<TargetRef> targets(Fields spec) {
    List<Fields> written = new ArrayList<>(spec.maps("targetRefs"));
    Fields single = spec.map("targetRef");
    if (single != null) {
      written.add(single);
    }
    List<TargetRef> targets = new ArrayList<>();
    for (Fields target : written) {
      String name = target.textOrEmpty("name");
      String kind = target.textOrEmpty("kind");
      if (!name.isEmpty()) {
        targets.add(
            new TargetRef(
                kind.isEmpty() ? Kind.SERVICE : Kinds.of(target.textOrEmpty("group"), kind),
                name,
                Optional.ofNullable(target.text("sectionName"))));
      }
    }
    return targets;
  }
}
