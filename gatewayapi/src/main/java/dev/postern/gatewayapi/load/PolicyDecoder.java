package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.texts;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ReferenceGrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// BackendTLSPolicy and ReferenceGrant.
final class PolicyDecoder {
  private PolicyDecoder() {}

  static BackendTlsPolicy backendTlsPolicy(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields validation = fields(spec, "validation");
    return new BackendTlsPolicy(
        metadata,
        version,
        origin,
        targetRefs(spec),
        validation.textOrEmpty("hostname"),
        localRefs(validation, "caCertificateRefs"),
        optional(validation, "wellKnownCACertificates"),
        subjectAltNames(validation),
        texts(spec, "options"),
        Optional.empty());
  }

  static List<BackendTlsPolicy.TargetRef> targetRefs(Fields spec) {
    List<BackendTlsPolicy.TargetRef> targets = new ArrayList<>();
    for (Fields target : spec.maps("targetRefs")) {
      targets.add(
          new BackendTlsPolicy.TargetRef(
              GatewayDecoder.kind(target),
              target.textOrEmpty("name"),
              optional(target, "sectionName")));
    }
    return targets;
  }

  static List<BackendTlsPolicy.LocalRef> localRefs(Fields parent, String name) {
    return parent.maps(name).stream().map(PolicyDecoder::localRef).toList();
  }

  static BackendTlsPolicy.LocalRef localRef(Fields ref) {
    return new BackendTlsPolicy.LocalRef(GatewayDecoder.kind(ref), ref.textOrEmpty("name"));
  }

  static List<BackendTlsPolicy.SubjectAltName> subjectAltNames(Fields validation) {
    List<BackendTlsPolicy.SubjectAltName> names = new ArrayList<>();
    for (Fields name : validation.maps("subjectAltNames")) {
      names.add(
          name.textOrEmpty("type").equals("URI")
              ? new BackendTlsPolicy.SubjectAltName.Uri(name.textOrEmpty("uri"))
              : new BackendTlsPolicy.SubjectAltName.Hostname(name.textOrEmpty("hostname")));
    }
    return names;
  }

  static ReferenceGrant referenceGrant(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    List<ReferenceGrant.From> from = new ArrayList<>();
    for (Fields who : spec.maps("from")) {
      from.add(new ReferenceGrant.From(GatewayDecoder.kind(who), who.textOrEmpty("namespace")));
    }
    List<ReferenceGrant.To> to = new ArrayList<>();
    for (Fields what : spec.maps("to")) {
      to.add(new ReferenceGrant.To(GatewayDecoder.kind(what), optional(what, "name")));
    }
    return new ReferenceGrant(metadata, version, origin, from, to);
  }
}
