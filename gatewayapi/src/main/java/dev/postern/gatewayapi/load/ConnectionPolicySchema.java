package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.Obj;

/// BackendConnectionPolicy. The CustomResourceDefinition in `crds/` is made from this: shapes,
/// limits, defaults, words and CEL. A rule in Java stands beside each CEL rule, for folders of
/// files, and has the words of it.
final class ConnectionPolicySchema {
  private ConnectionPolicySchema() {}

  private static final Schema VERSION = oneOf("1.0", "1.1", "1.2", "1.3");
  private static final Schema LIMIT = whole(1, Integer.MAX_VALUE);

  private static Obj secretRef() {
    return object()
        .withDefault("group", Shapes.GROUP, "")
        .doc("The API group of the reference; empty for the core group.")
        .withDefault("kind", Shapes.KIND, "Secret")
        .doc("The kind of the reference; Secret is the only one that is supported.")
        .required("name", Shapes.OBJECT_NAME)
        .doc("The name of the object, in the policy's own namespace.");
  }

  private static Obj authorityRef() {
    return object()
        .required("group", Shapes.GROUP)
        .doc("The API group of the reference; empty for the core group.")
        .required("kind", Shapes.KIND)
        .doc("ConfigMap or Secret.")
        .required("name", Shapes.OBJECT_NAME)
        .doc("The name of the object, in the policy's own namespace.");
  }

  private static Obj tls() {
    return object()
        .optional("insecureSkipVerify", oneOf("All", "Hostname"))
        .doc(
            "Turns TLS on without verifying who answers. All checks nothing of the certificate;"
                + " Hostname checks the chain and the dates, and takes any name. It needs the"
                + " annotation postern.dev/allow-insecure-backends: \"true\" on the Gateway, without"
                + " which nothing is sent to the backend. A BackendTLSPolicy that targets the same"
                + " port goes before it. To verify a backend, use a BackendTLSPolicy.")
        .optional("caCertificateRefs", list(authorityRef(), 1, 8))
        .doc(
            "With insecureSkipVerify Hostname: whom to trust, each a ConfigMap or Secret with the"
                + " key ca.crt. Without it the operating system's CAs are trusted.")
        .optional("clientCertificateRef", secretRef())
        .doc(
            "The certificate that a backend gets to see which asks for one: a Secret of type"
                + " kubernetes.io/tls. It goes before the Gateway's and does not turn TLS on.")
        .optional("minVersion", VERSION)
        .doc("The oldest version of TLS to accept; 1.2 where nothing is said.")
        .optional("maxVersion", VERSION)
        .doc("The newest version of TLS to offer; 1.3 where nothing is said.")
        .optional("cipherSuites", list(text(1, 128), 1, 64).distinct())
        .doc("Cipher suites for TLS 1.2 and older, by their OpenSSL or IANA names.")
        .optional("alpnProtocols", list(text(1, 255), 1, 8).distinct())
        .doc("What ALPN offers, in this order, instead of what the protocol asks for.")
        .rule(ConnectionPolicyRules::tlsSaysSomething)
        .cel(
            "has(self.insecureSkipVerify) || has(self.caCertificateRefs) ||"
                + " has(self.clientCertificateRef) || has(self.minVersion) || has(self.maxVersion)"
                + " || has(self.cipherSuites) || has(self.alpnProtocols)",
            ConnectionPolicyRules.TLS_SAYS_NOTHING)
        .rule(ConnectionPolicyRules::authoritiesGoWithHostname)
        .cel(
            "!has(self.caCertificateRefs) || (has(self.insecureSkipVerify) &&"
                + " self.insecureSkipVerify == 'Hostname')",
            ConnectionPolicyRules.AUTHORITIES_WITHOUT_HOSTNAME)
        .rule(ConnectionPolicyRules::versionsInOrder)
        .cel(
            "(has(self.minVersion) ? self.minVersion : (has(self.maxVersion) ? self.maxVersion :"
                + " '1.2')) <= (has(self.maxVersion) ? self.maxVersion : '1.3')",
            ConnectionPolicyRules.VERSIONS_CROSSED)
        .rule(ConnectionPolicyRules::ciphersHaveEffect)
        .cel(
            "!has(self.cipherSuites) || !has(self.minVersion) || self.minVersion != '1.3'",
            ConnectionPolicyRules.CIPHERS_WITHOUT_EFFECT);
  }

  private static Obj param() {
    return object()
        .required("name", text(1, 253, TextFormat.CGI_NAME))
        .doc("The name, such as SCRIPT_FILENAME or PHP_VALUE.")
        .required("value", text(0, 4096))
        .doc("The value; nginx's variables, such as $document_root, stand for theirs.");
  }

  private static Obj fastCgi() {
    return object()
        .optional("compatibility", oneOf("IngressNginx"))
        .doc(
            "IngressNginx sends exactly the parameters that ingress-nginx sent, which leaves out"
                + " SCRIPT_FILENAME and PATH_INFO; params and paramsConfigMapRef add to them.")
        .optional("documentRoot", text(1, 1024, TextFormat.ROOT_PATH))
        .doc(
            "Where the scripts are, at the backend; /var/www/html where nothing is said, and nginx's"
                + " /usr/local/nginx/html with compatibility.")
        .optional("scriptFilename", text(1, 1024, TextFormat.ROOT_PATH))
        .doc("The one script that answers all requests, instead of one for each path.")
        .optional("index", text(0, 255, TextFormat.FILE_NAME))
        .doc(
            "What is appended to a path that ends in a slash, empty for nothing; index.php where"
                + " nothing is said, and nothing with compatibility.")
        .optional("splitPath", list(text(2, 32, TextFormat.SUFFIX), 0, 8).distinct())
        .doc(
            "Suffixes after the first of which the path goes on as PATH_INFO, none for no PATH_INFO;"
                + " .php where nothing is said.")
        .optional("params", list(param(), 1, 64).uniqueBy("name"))
        .doc("Parameters that are sent besides; they win over those that are sent by themselves.")
        .optional(
            "paramsConfigMapRef",
            object()
                .required("name", Shapes.OBJECT_NAME)
                .doc("The name of the ConfigMap, in the policy's own namespace."))
        .doc("A ConfigMap of which each entry is a parameter; params win over it.")
        .optional("maxSpooledBytes", whole(0, 1L << 40))
        .doc(
            "A request body whose length is not known beforehand is kept, in memory and then on disk,"
                + " since FastCGI wants the length first; one of more bytes gets 413. 1073741824 (1"
                + " GiB) where nothing is said.")
        .rule(ConnectionPolicyRules::compatible)
        .cel(
            "!has(self.compatibility) || (!has(self.scriptFilename) && !has(self.splitPath))",
            ConnectionPolicyRules.NOT_COMPATIBLE);
  }

  static final Obj BACKEND_CONNECTION_POLICY =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required(
                      "targetRefs",
                      list(targetRef(), 1, 16)
                          .rule(PolicySchema::targetsDistinct)
                          .cel(
                              "self.all(a, self.exists_one(b, a.group == b.group && a.kind =="
                                  + " b.kind && a.name == b.name && (has(a.sectionName) ?"
                                  + " a.sectionName : '') == (has(b.sectionName) ? b.sectionName :"
                                  + " '')))",
                              "the same target with the same sectionName may be there once")
                          .cel(
                              "self.all(a, self.all(b, a.group != b.group || a.kind != b.kind ||"
                                  + " a.name != b.name || has(a.sectionName) =="
                                  + " has(b.sectionName)))",
                              "a target that is there more than once needs a sectionName in each"
                                  + " entry"))
                  .doc(
                      "What the policy is for: Services or XBackends of its own namespace. Of"
                          + " several policies with the same target and section the oldest counts;"
                          + " one for a section goes before one for the whole.")
                  .optional("protocol", oneOf("HTTP", "HTTP11", "HTTP2", "FastCGI", "AutoHTTP"))
                  .doc(
                      "What is spoken, whatever the Service's appProtocol says. HTTP is HTTP/1.1 in"
                          + " plaintext and the backend's choice over TLS; HTTP11 and HTTP2 are"
                          + " these versions; AutoHTTP is HTTP with TLS exactly when the client"
                          + " used TLS. Whether there is TLS is a BackendTLSPolicy's to say.")
                  .optional("tls", tls())
                  .doc("What a BackendTLSPolicy cannot say about TLS.")
                  .optional("fastCGI", fastCgi())
                  .doc("How requests become FastCGI requests.")
                  .optional(
                      "timeouts",
                      object()
                          .optional("connect", text(1, 32, TextFormat.DURATION))
                          .doc("For the TCP and TLS handshakes together; 5s where nothing is said.")
                          .optional("idle", text(1, 32, TextFormat.DURATION))
                          .doc(
                              "How long an unused connection is kept, 0s for ever; 50s where"
                                  + " nothing is said.")
                          .optional("streamIdle", text(1, 32, TextFormat.DURATION))
                          .doc(
                              "How long nothing may flow in either direction while a request, an"
                                  + " upgraded connection, a TCP connection or a UDP session is"
                                  + " under way, 0s for ever. Where nothing is said: 60s for"
                                  + " requests, or longer for the backend where the route's timeouts"
                                  + " are, and for UDP; 1h for connections.")
                          .rule(ConnectionPolicyRules::connectNotZero)
                          .cel(
                              "!has(self.connect) || duration(self.connect) > duration('0s')",
                              ConnectionPolicyRules.CONNECT_ZERO))
                  .doc("How long to wait.")
                  .optional(
                      "connectionPool",
                      object()
                          .optional("maxConnections", LIMIT)
                          .doc("Open connections; 16384 where nothing is said.")
                          .optional("maxPendingRequests", LIMIT)
                          .doc("Requests that wait for a connection; 16384 where nothing is said.")
                          .optional("maxRequests", LIMIT)
                          .doc("Requests in flight; 65536 where nothing is said."))
                  .doc("Limits on what may be open at a time, over all event loops.")
                  .optional("loadBalancing", BalancingSchema.loadBalancing())
                  .doc("Who of the endpoints gets a request.")
                  .optional("healthCheck", BalancingSchema.healthCheck())
                  .doc("How endpoints are asked whether they are well; not where nothing is said.")
                  .optional("outlierDetection", BalancingSchema.outlierDetection())
                  .doc("When an endpoint that keeps failing is left out for a while.")
                  .rule(ConnectionPolicyRules::saysSomething)
                  .cel(
                      "has(self.protocol) || has(self.tls) || has(self.fastCGI) ||"
                          + " has(self.timeouts) || has(self.connectionPool) ||"
                          + " has(self.loadBalancing) || has(self.healthCheck) ||"
                          + " has(self.outlierDetection)",
                      ConnectionPolicyRules.SAYS_NOTHING)
                  .rule(ConnectionPolicyRules::fastCgiFits)
                  .cel(
                      "!has(self.fastCGI) || !has(self.protocol) || self.protocol == 'FastCGI'",
                      ConnectionPolicyRules.FAST_CGI_UNUSED));

  private static Obj targetRef() {
    return object()
        .required("group", Shapes.GROUP)
        .doc("The API group of the target; empty for a Service.")
        .required("kind", Shapes.KIND)
        .doc("The kind of the target, such as Service.")
        .required("name", Shapes.OBJECT_NAME)
        .doc("The name of the target, in the policy's own namespace.")
        .optional("sectionName", Shapes.SECTION_NAME)
        .doc("The name of one port of the Service; all ports where nothing is said.");
  }
}
