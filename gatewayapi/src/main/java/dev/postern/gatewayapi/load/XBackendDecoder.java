package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.XBackend;
import java.util.Optional;

/// XBackend.
final class XBackendDecoder {
  private XBackendDecoder() {}

  static XBackend backend(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields port = fields(spec, "port");
    return new XBackend(
        metadata,
        version,
        origin,
        fields(spec, "externalHostname").textOrEmpty("hostname"),
        (int) port.number("port"),
        port.textOrEmpty("name"),
        optional(spec, "protocol"),
        Optional.ofNullable(spec.map("tls")).map(XBackendDecoder::tls));
  }

  private static XBackend.Tls tls(Fields tls) {
    return new XBackend.Tls(
        tls.textOrEmpty("mode"),
        secretRef(tls, "clientCertificateRef"),
        Optional.ofNullable(tls.map("validation")).map(XBackendDecoder::validation));
  }

  private static XBackend.Validation validation(Fields validation) {
    return new XBackend.Validation(
        validation.textOrEmpty("hostname"),
        PolicyDecoder.localRefs(validation, "caCertificateRefs"),
        optional(validation, "wellKnownCACertificates"),
        PolicyDecoder.subjectAltNames(validation));
  }

  static Optional<Gateway.SecretRef> secretRef(Fields parent, String name) {
    return Optional.ofNullable(parent.map(name))
        .map(ref ->
            new Gateway.SecretRef(
                GatewayDecoder.kind(ref), optional(ref, "namespace"), ref.textOrEmpty("name")));
  }
}
