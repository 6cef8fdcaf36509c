package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.EnvoyBackend.Endpoint;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.TlsLimits;
import java.util.List;
import java.util.Optional;

/// Envoy Gateway's Backend.
final class EnvoyGatewayDecoder {
  private EnvoyGatewayDecoder() {}

  static EnvoyBackend backend(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    return new EnvoyBackend(
        metadata,
        version,
        origin,
        spec.textOrEmpty("type"),
        spec.maps("endpoints").stream().map(EnvoyGatewayDecoder::endpoint).toList(),
        textList(spec, "appProtocols"),
        Optional.ofNullable(spec.map("tls")).map(EnvoyGatewayDecoder::tls));
  }

  private static Endpoint endpoint(Fields endpoint) {
    Fields fqdn = endpoint.map("fqdn");
    Fields ip = endpoint.map("ip");
    Optional<String> name = optional(endpoint, "hostname");
    if (fqdn != null) {
      return new Endpoint.Fqdn(fqdn.textOrEmpty("hostname"), (int) fqdn.number("port"), name);
    }
    return ip == null
        ? new Endpoint.Unix()
        : new Endpoint.Ip(ip.textOrEmpty("address"), (int) ip.number("port"), name);
  }

  private static EnvoyBackend.Tls tls(Fields tls) {
    return new EnvoyBackend.Tls(
        PolicyDecoder.localRefs(tls, "caCertificateRefs"),
        optional(tls, "wellKnownCACertificates"),
        tls.isTrue("insecureSkipVerify"),
        optional(tls, "sni"),
        XBackendDecoder.secretRef(tls, "clientCertificateRef"),
        limits(tls, "ciphers", tls));
  }

  /// The parameters of TLS in the words that Envoy's users know.
  static TlsLimits limits(Fields parameters, String ciphers, Fields alpn) {
    List<String> protocols = textList(alpn, "alpnProtocols");
    return new TlsLimits(
        version(parameters, "minVersion"),
        version(parameters, "maxVersion"),
        textList(parameters, ciphers),
        alpn.has("alpnProtocols") ? Optional.of(protocols) : Optional.empty());
  }

  private static Optional<String> version(Fields parameters, String name) {
    return optional(parameters, name).filter(version -> !version.equalsIgnoreCase("auto"));
  }
}
