package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.Obj;

/// kgateway's Backend and BackendConfigPolicy (v2), with what becomes of each field.
final class KgatewaySchema {
  private KgatewaySchema() {}

  private static final String OTHER_TYPE = "Only static backends can be reached; requests get 500";
  private static final Schema VERSION = oneOf("AUTO", "1.0", "1.1", "1.2", "1.3");
  private static final Schema DURATION = text(1, 32, TextFormat.DURATION);
  private static final Schema COUNT = whole(0, Integer.MAX_VALUE);

  static final Obj BACKEND =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .optional("type", text(1, 63))
                  .doc("Deprecated; the type is that of the field that is there")
                  .optional(
                      "static",
                      object()
                          .required(
                              "hosts",
                              list(
                                  object()
                                      .required("host", text(1, 253))
                                      .doc(
                                          "IP addresses are endpoints, host names are found by"
                                              + " DNS, as the records' TTL says; one that is not"
                                              + " found harms none of the others. A name of the"
                                              + " cluster that is not of the Backend's namespace is"
                                              + " refused (500): refer to the Service")
                                      .required("port", Shapes.PORT)
                                      .doc(
                                          "The port that is connected to; that of a backendRef plays"
                                              + " no part")
                                      .rule(ForeignRules::isHost),
                                  1,
                                  Schema.UNLIMITED))
                          .optional(
                              "appProtocol",
                              oneOf(
                                  "http2",
                                  "grpc",
                                  "grpc-web",
                                  "kubernetes.io/h2c",
                                  "kubernetes.io/ws"))
                          .doc("Read as the `appProtocol` of a Service"))
                  .optional("aws", Schema.ANYTHING)
                  .refused(OTHER_TYPE)
                  .optional("gcp", Schema.ANYTHING)
                  .refused(OTHER_TYPE)
                  .optional("dynamicForwardProxy", Schema.ANYTHING)
                  .refused(OTHER_TYPE)
                  .optional("priorityGroups", Schema.ANYTHING)
                  .refused(OTHER_TYPE));

  private static Obj tls() {
    return object()
        .optional(
            "secretRef",
            object()
                .required("name", Shapes.OBJECT_NAME)
                .doc(
                    "A Secret of the policy's namespace: `ca.crt` is whom to trust, `tls.crt` and `tls.key`"
                        + " are for a backend that asks for a certificate. Without `ca.crt`, where kgateway"
                        + " verifies nothing, it is refused (500)"))
        .optional("files", Schema.ANYTHING)
        .refused("Files of the proxy's pod are not read; put them into a Secret")
        .optional("insecureSkipVerify", Schema.BOOL)
        .doc(
            "TLS that is not verified, only with the Gateway's annotation"
                + " `postern.dev/allow-insecure-backends`, else 500; not beside secretRef")
        .optional("wellKnownCACertificates", text(1, 253, TextFormat.WELL_KNOWN_CA))
        .doc(
            "`System` is the operating system's CAs; another name is refused (500). Not beside"
                + " secretRef")
        .optional("sni", text(1, 253))
        .doc("The server name that is sent; it is not verified")
        .optional("verifySubjectAltNames", list(text(1, 253)))
        .doc(
            "The names of which the certificate must have one; without any, where kgateway takes"
                + " any name, it is refused (500)")
        .optional(
            "parameters",
            object()
                .optional("minVersion", VERSION)
                .doc("The oldest version of TLS")
                .optional("maxVersion", VERSION)
                .doc("The newest version of TLS")
                .optional("cipherSuites", list(Schema.TEXT))
                .doc("Cipher suites for TLS 1.2")
                .notHonoured("The curves of BoringSSL are offered.", "ecdhCurves")
                .notHonoured("The algorithms of BoringSSL are offered.", "signatureAlgorithms"))
        .optional("alpnProtocols", list(Schema.TEXT))
        .doc(
            "What ALPN offers; kgateway offers nothing without it, Postern what the protocol needs")
        .optional("simpleTLS", Schema.BOOL)
        .doc("The Secret's own certificate is not shown to the backend")
        .optional("oneWayTLS", Schema.BOOL)
        .doc("The older name of simpleTLS")
        .notHonoured("Renegotiation is never allowed.", "allowRenegotiation");
  }

  static final Obj BACKEND_CONFIG_POLICY =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .optional("targetRefs", list(Shapes.localRef(), 1, 16))
                  .doc("Services and kgateway Backends; another kind is a finding")
                  .optional(
                      "targetSelectors",
                      list(
                          object()
                              .required("group", Shapes.GROUP)
                              .required("kind", Shapes.KIND)
                              .required("matchLabels", Schema.map(Schema.TEXT, Schema.UNLIMITED))
                              .optional("sectionName", Schema.ANYTHING)))
                  .doc("As targetRefs, by labels")
                  .optional("connectTimeout", DURATION)
                  .doc("For the TCP and TLS handshakes together")
                  .optional(
                      "commonHttpProtocolOptions",
                      object()
                          .optional("idleTimeout", DURATION)
                          .doc("How long an unused connection is kept; `0s` for ever")
                          .notHonoured(
                              "Connections are used as long as the backend keeps them.",
                              "maxConnectionDuration",
                              "maxRequestsPerConnection")
                          .notHonoured("The proxy's own limit holds.", "maxHeadersCount")
                          .notHonoured(
                              "Use spec.rules[].timeouts of the route.", "maxStreamDuration"))
                  .optional(
                      "circuitBreakers",
                      object()
                          .optional("maxConnections", COUNT)
                          .doc("Over all event loops, but always one for each loop and endpoint")
                          .optional("maxPendingRequests", COUNT)
                          .doc("Over all event loops, give or take one for each")
                          .optional("maxRequests", COUNT)
                          .doc("Over all event loops, give or take one for each")
                          .notHonoured("A request is tried again once at most.", "maxRetries")
                          .notHonoured("These stats do not exist.", "trackRemaining"))
                  .optional("tls", tls())
                  .doc(
                      "Turns TLS on. A BackendTLSPolicy for the same backend stands for the whole of"
                          + " it, as in kgateway")
                  .notHonoured("The proxy's own buffers are used.", "perConnectionBufferLimitBytes")
                  .notHonoured("The system's settings are used.", "tcpKeepalive")
                  .notHonoured("Names are asked for again as their records' TTL says.", "dns")
                  .notHonoured(
                      "A backend that expects the PROXY protocol will refuse what it gets.",
                      "upstreamProxyProtocol")
                  .notHonoured(
                      "Trailers are passed on, and the letter case of header names is not kept.",
                      "http1ProtocolOptions")
                  .notHonoured(
                      "The proxy's own settings of HTTP/2 are used. Which protocol is spoken is said"
                          + " by the appProtocol.",
                      "http2ProtocolOptions")
                  .optional("loadBalancer", KgatewayBalancingSchema.loadBalancer())
                  .optional("healthCheck", KgatewayBalancingSchema.healthCheck())
                  .optional("outlierDetection", KgatewayBalancingSchema.outlierDetection()));
}
