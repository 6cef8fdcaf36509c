package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.Obj;

/// Istio's DestinationRule (1.31; v1, v1beta1 and v1alpha3 alike), with what becomes of each field.
final class IstioSchema {
  private IstioSchema() {}

  private static final Schema COUNT = whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
  private static final Schema DURATION = Schema.text(TextFormat.GO_DURATION);
  private static final String FILE = "Files of the proxy's pod are not read; use credentialName";

  private static Obj tls() {
    return object()
        .optional("mode", oneOf("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"))
        .doc(
            "`DISABLE` is plaintext, `SIMPLE` and `MUTUAL` are TLS; `ISTIO_MUTUAL` is refused (500),"
                + " since the mesh's certificates are not Postern's")
        .optional("credentialName", text(0, 253))
        .doc(
            "A Secret of the rule's namespace: `cacert` or else `ca.crt`, in the Secret"
                + " `<name>-cacert` where there is one, is whom to trust; `tls.crt` and `tls.key` (or"
                + " `cert` and `key`) are shown with `MUTUAL`; or `configmap://<namespace>/<name>`."
                + " Without it the system's CAs are trusted; without a CA in it, or with a revocation"
                + " list (`crl`, `ca.crl`), it is refused (500)")
        .optional("subjectAltNames", list(text(0, 253)))
        .doc(
            "The names of which the certificate must have one; without any, where Istio takes any"
                + " name or that of the client's Host header, it is refused (500)")
        .optional("sni", text(0, 253))
        .doc("The server name that is sent; without it the first DNS name of subjectAltNames")
        .optional("insecureSkipVerify", Schema.BOOL)
        .doc(
            "TLS that is not verified, only with the Gateway's annotation"
                + " `postern.dev/allow-insecure-backends`, else 500")
        .optional("clientCertificate", text(0, 4096))
        .refused(FILE)
        .optional("privateKey", text(0, 4096))
        .refused(FILE)
        .optional("caCertificates", text(0, 4096))
        .refused(FILE)
        .optional("caCrl", text(0, 4096))
        .refused("Revocation lists are not read, and what they revoke must not be trusted");
  }

  private static Obj connectionPool() {
    return object()
        .optional(
            "tcp",
            object()
                .optional("maxConnections", COUNT)
                .doc("Over all event loops, but always one for each loop and endpoint")
                .optional("connectTimeout", DURATION)
                .doc("For the TCP and TLS handshakes together")
                .notHonoured("The system's settings are used.", "tcpKeepalive")
                .notHonoured(
                    "Connections are used as long as the backend keeps them.",
                    "maxConnectionDuration")
                .notHonoured("It is for routes of TCP.", "idleTimeout"))
        .optional(
            "http",
            object()
                .optional("http1MaxPendingRequests", COUNT)
                .doc("Requests that wait for a connection, over all event loops")
                .optional("http2MaxRequests", COUNT)
                .doc("Requests in flight, over all event loops")
                .optional("idleTimeout", DURATION)
                .doc("How long an unused connection is kept")
                .optional("h2UpgradePolicy", oneOf("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"))
                .doc("`UPGRADE` is HTTP/2 where the Service's port says nothing")
                .notHonoured(
                    "Say in the Service's appProtocol which version the backend speaks.",
                    "useClientProtocol")
                .notHonoured(
                    "Connections are used as long as the backend keeps them.",
                    "maxRequestsPerConnection",
                    "maxConcurrentStreams")
                .notHonoured("A request is tried again once at most.", "maxRetries")
                .notHonoured("The proxy's own settings of HTTP/2 are used.", "http2KeepAlive"));
  }

  private static Obj loadBalancer() {
    return object()
        .optional(
            "simple",
            oneOf(
                "UNSPECIFIED",
                "LEAST_REQUEST",
                "LEAST_CONN",
                "ROUND_ROBIN",
                "RANDOM",
                "PASSTHROUGH"))
        .doc("`PASSTHROUGH` means nothing here; it is as if nothing were said")
        .optional(
            "consistentHash",
            object()
                .optional("httpHeaderName", text(1, 253, TextFormat.HEADER_NAME))
                .doc("Requests with the same value go to one endpoint")
                .optional(
                    "httpCookie",
                    object()
                        .required("name", text(1, 253, TextFormat.HEADER_NAME))
                        .doc("Requests with the same value go to one endpoint")
                        .notHonoured(
                            "No cookie is made for clients that bring none; sessionPersistence of a"
                                + " route does.",
                            "path",
                            "ttl",
                            "attributes"))
                .optional("useSourceIp", Schema.BOOL)
                .doc("The address of the connection")
                .notHonoured("Hash on a header or a cookie.", "httpQueryParameterName")
                .notHonoured(
                    "There is one ring, of the proxy's own size.",
                    "ringHash",
                    "maglev",
                    "minimumRingSize"))
        .notHonoured("All endpoints are near.", "localityLbSetting", "zoneAwareLbSetting")
        .notHonoured("A new endpoint gets its share at once.", "warmupDurationSecs", "warmup");
  }

  private static Obj outlierDetection() {
    return object()
        .optional("consecutive5xxErrors", whole(0, Integer.MAX_VALUE))
        .doc("Answers of 500 and more in a row, or none; 5 where nothing is said, as in Istio")
        .optional("consecutiveGatewayErrors", whole(0, Integer.MAX_VALUE))
        .doc("Failures in a row to connect or to answer; 5 where nothing is said")
        .optional("baseEjectionTime", DURATION)
        .doc("30s where nothing is said, as in Istio; longer each time")
        .optional("maxEjectionPercent", whole(0, 100))
        .doc("10 where nothing is said, as in Istio, but always one where there are two")
        .notHonoured("An endpoint is left out as soon as it has failed so often.", "interval")
        .notHonoured("Nobody well means everybody gets requests.", "minHealthPercent")
        .notHonoured("500 and more count.", "outlierDetectionHttpErrorCodes")
        .notHonoured(
            "Failures to connect are told apart from answers at all times.",
            "splitExternalLocalOriginErrors",
            "consecutiveLocalOriginFailures",
            "consecutiveErrors");
  }

  private static Obj traffic() {
    return object()
        .optional("tls", tls())
        .doc("A BackendTLSPolicy for the same port stands for the whole of it")
        .optional("connectionPool", connectionPool())
        .optional("loadBalancer", loadBalancer())
        .optional("outlierDetection", outlierDetection());
  }

  private static Obj portLevel() {
    return traffic()
        .required("port", object().required("number", Shapes.PORT).doc("A port of the Service"));
  }

  static final Obj DESTINATION_RULE =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required("host", text(1, 253))
                  .doc(
                      "A Service: `name` in the rule's namespace, `name.namespace.svc.cluster.local`, or a"
                          + " wildcard such as `*.namespace.svc.cluster.local`; the exact one counts,"
                          + " then the oldest. As in Istio, a rule of the Gateway's namespace goes"
                          + " before one of the Service's, and that before one of the root namespace,"
                          + " `istio-system`. A rule that counts for no Gateway is a finding")
                  .optional(
                      "trafficPolicy",
                      traffic()
                          .optional("portLevelSettings", list(portLevel(), 0, 4096))
                          .doc(
                              "Stands for the whole trafficPolicy at that port, as in Istio; the same"
                                  + " fields. One without `tls`, where the rule has TLS, would be"
                                  + " plaintext in silence: it is refused (500)")
                          .notHonoured(
                              "A backend that expects the PROXY protocol will refuse what it gets.",
                              "proxyProtocol")
                          .notHonoured("A request is tried again once at most.", "retryBudget")
                          .notHonoured("Nothing is tunnelled.", "tunnel"))
                  .notHonoured(
                      "Nothing is routed to subsets. Write a Service for each, and weights in the"
                          + " route.",
                      "subsets")
                  .optional("exportTo", list(Schema.TEXT))
                  .doc(
                      "The namespaces of the Gateways that a rule is for: `.` is its own, `*` or nothing"
                          + " are all, others are named. Gateways for which it is not are a finding")
                  .optional("workloadSelector", Schema.ANYTHING)
                  .doc("A rule that has it is for sidecars, and left to them"));
}
