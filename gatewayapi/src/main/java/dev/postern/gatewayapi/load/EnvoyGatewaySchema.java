package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.Obj;

/// Envoy Gateway's Backend (v1.9), with what becomes of each field.
final class EnvoyGatewaySchema {
  private EnvoyGatewaySchema() {}

  private static final Schema VERSION = oneOf("Auto", "1.0", "1.1", "1.2", "1.3");

  private static Obj endpoint() {
    return object()
        .optional(
            "fqdn",
            object()
                .required("hostname", text(1, 253, TextFormat.ROOTED_DOMAIN))
                .doc(
                    "Found by DNS, as the records' TTL says; one that is not found harms none of the"
                        + " others. A name of the cluster that is not of the Backend's namespace is"
                        + " refused (500): refer to the Service")
                .required("port", whole(0, 65535))
                .doc("The port that is connected to; that of a backendRef plays no part"))
        .optional(
            "ip",
            object()
                .required("address", text(3, 45))
                .doc("An endpoint")
                .required("port", whole(0, 65535))
                .doc("The port that is connected to; that of a backendRef plays no part")
                .rule(ForeignRules::isAddress))
        .optional("unix", Schema.ANYTHING)
        .refused("Envoy Gateway refuses it in routes too")
        .optional("hostname", text(1, 253, TextFormat.DOMAIN))
        .doc(
            "With TLS and no `sni` the name of that endpoint: it is sent and verified there. Health"
                + " checks do not use it")
        .notHonoured("All endpoints are used alike.", "zone")
        .rule(ForeignRules::oneAddress);
  }

  private static Obj tls() {
    return object()
        .optional("caCertificateRefs", list(Shapes.localRef(), 0, 8))
        .doc("The trust anchors: ConfigMaps or Secrets with the key `ca.crt`")
        .optional("wellKnownCACertificates", text(1, 253, TextFormat.WELL_KNOWN_CA))
        .doc(
            "`System` is the operating system's CAs; another name is refused (500). Not beside"
                + " caCertificateRefs")
        .optional("insecureSkipVerify", Schema.BOOL)
        .doc(
            "TLS that is not verified, only with the Gateway's annotation"
                + " `postern.dev/allow-insecure-backends`, else 500; a BackendTLSPolicy for the"
                + " Backend ends it, which it does not in Envoy Gateway. Not beside CAs")
        .optional("sni", Shapes.PRECISE_HOSTNAME)
        .doc("The server name that is sent, and the name that the certificate must have")
        .optional("autoSNIFromEndpointHostname", Schema.BOOL)
        .doc(
            "Each endpoint is sent its own host name, and must have it in its certificate, as it is"
                + " wherever `sni` is absent; the client's Host header never plays a part")
        .optional("clientCertificateRef", Shapes.secretRef())
        .doc("The certificate for a backend that asks for one")
        .optional("minVersion", VERSION)
        .doc("The oldest version of TLS")
        .optional("maxVersion", VERSION)
        .doc("The newest version of TLS")
        .optional("ciphers", list(Schema.TEXT))
        .doc("Cipher suites for TLS 1.2")
        .optional("alpnProtocols", list(Schema.TEXT))
        .doc("What ALPN offers; an empty list is as if it were absent")
        .notHonoured("The curves of BoringSSL are offered.", "ecdhCurves")
        .notHonoured("The algorithms of BoringSSL are offered.", "signatureAlgorithms")
        .notHonoured("It is for listeners.", "fingerprints")
        .rule(ForeignRules::oneTrust)
        .rule(ForeignRules::versionsInOrder);
  }

  static final Obj BACKEND =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .withDefault("type", oneOf("Endpoints", "DynamicResolver"), "Endpoints")
                  .doc(
                      "`Endpoints`; `DynamicResolver`, which connects to wherever the client says, is"
                          + " refused (500)")
                  .optional("endpoints", list(endpoint(), 1, 256))
                  .doc(
                      "All `ip`, or all `fqdn`; a mixture, which Envoy Gateway refuses too, gets 500")
                  .optional(
                      "appProtocols",
                      list(
                          oneOf(
                              "gateway.envoyproxy.io/h2c",
                              "gateway.envoyproxy.io/ws",
                              "gateway.envoyproxy.io/wss")))
                  .doc(
                      "The last one is read as the `appProtocol` of a Service: `kubernetes.io/h2c`,"
                          + " `ws` or `wss`")
                  .notHonoured(
                      "The Backend gets its share of requests as any other. Give it weight 0 until"
                          + " it is needed.",
                      "fallback")
                  .optional("tls", tls())
                  .doc(
                      "Turns TLS on; with no CA and no `insecureSkipVerify` it is refused (500)"
                          + " where no BackendTLSPolicy is attached"));
}
