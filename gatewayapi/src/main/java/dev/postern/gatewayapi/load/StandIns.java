package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.DestinationRule;
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
import java.util.Set;

/// Makes what stands for a refused object that says that backends are spoken to over TLS. Without
/// it they would be spoken to in plaintext, which is what its author did not want; so what it is
/// for is taken from it, whatever else is wrong with it.
final class StandIns {
  private static final Set<Kind> KINDS =
      Set.of(Kind.BACKEND_TLS_POLICY, Kind.BACKEND_CONFIG_POLICY, Kind.DESTINATION_RULE);

  private final Metadata metadata;
  private final Fields spec;
  private final String version;
  private final Origin origin;
  private final Optional<String> why;

  private StandIns(ObjectRef ref, Fields root, String version, Origin origin, String why) {
    this.metadata =
        new Metadata(
            ref.namespace(),
            ref.name(),
            Metadata.FIRST_GENERATION,
            Instant.EPOCH,
            Map.of(),
            Map.of());
    this.spec = fields(root, "spec");
    this.version = version;
    this.origin = origin;
    this.why = Optional.of(why);
  }

  /// Whether anything can stand for such an object.
  static boolean isFor(ObjectRef ref) {
    return KINDS.contains(ref.kind());
  }

  /// @param root of an object that need not be as its schema says
  /// @param why it is refused
  static Optional<Resource> of(
      ObjectRef ref, Fields root, String version, Origin origin, String why) {
    if (!isFor(ref)) {
      return Optional.empty();
    }
    StandIns made = new StandIns(ref, root, version, origin, why);
    if (ref.kind().equals(Kind.BACKEND_TLS_POLICY)) {
      return made.tlsPolicy();
    }
    return ref.kind().equals(Kind.DESTINATION_RULE) ? made.rule() : made.configPolicy();
  }

  private Optional<Resource> tlsPolicy() {
    List<TargetRef> targets = targets();
    return targets.isEmpty()
        ? Optional.empty()
        : Optional.of(
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
                why));
  }

  private Optional<Resource> configPolicy() {
    return !spec.has("tls")
        ? Optional.empty()
        : Optional.of(
            new BackendConfigPolicy(
                metadata,
                version,
                origin,
                targets(),
                KgatewayDecoder.selectors(spec),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                why));
  }

  private Optional<Resource> rule() {
    Fields policy = fields(spec, "trafficPolicy");
    boolean tls =
        saysTls(policy) || policy.maps("portLevelSettings").stream().anyMatch(StandIns::saysTls);
    return !tls
        ? Optional.empty()
        : Optional.of(
            new DestinationRule(
                metadata,
                version,
                origin,
                spec.textOrEmpty("host"),
                spec.has("workloadSelector"),
                textList(spec, "exportTo"),
                Optional.empty(),
                List.of(),
                why));
  }

  private static boolean saysTls(Fields policy) {
    return policy.has("tls") && !fields(policy, "tls").textOrEmpty("mode").equals("DISABLE");
  }

  /// Also the one target of a BackendTLSPolicy of v1alpha2.
  private List<TargetRef> targets() {
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
