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

/// BackendTLSPolicy and ReferenceGrant.
final class PolicyDecoder {
  private PolicyDecoder() {}

  static BackendTlsPolicy backendTlsPolicy(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields validation = fields(spec, "validation");
    List<BackendTlsPolicy.TargetRef> targets = new ArrayList<>();
    for (Fields target : spec.maps("targetRefs")) {
      targets.add(
          new BackendTlsPolicy.TargetRef(
              GatewayDecoder.kind(target),
              target.textOrEmpty("name"),
              optional(target, "sectionName")));
    }
    List<BackendTlsPolicy.LocalRef> authorities = new ArrayList<>();
    for (Fields ref : validation.maps("caCertificateRefs")) {
      authorities.add(
          new BackendTlsPolicy.LocalRef(GatewayDecoder.kind(ref), ref.textOrEmpty("name")));
    }
    List<BackendTlsPolicy.SubjectAltName> names = new ArrayList<>();
    for (Fields name : validation.maps("subjectAltNames")) {
      names.add(
          name.textOrEmpty("type").equals("URI")
              ? new BackendTlsPolicy.SubjectAltName.Uri(name.textOrEmpty("uri"))
              : new BackendTlsPolicy.SubjectAltName.Hostname(name.textOrEmpty("hostname")));
    }
    return new BackendTlsPolicy(
        metadata,
        version,
        origin,
        targets,
        validation.textOrEmpty("hostname"),
        authorities,
        optional(validation, "wellKnownCACertificates"),
        names,
        texts(spec, "options"));
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
