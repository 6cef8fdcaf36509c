package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.load.Schema.Reporter;

/// XBackend as of Gateway API v1.6 (GEP-4894).
final class XBackendSchema {
  private XBackendSchema() {}

  static final Obj X_BACKEND =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required("type", oneOf("ExternalHostname"))
                  .doc("The one type that there is")
                  .required(
                      "port",
                      object()
                          .optional("name", text(0, 63))
                          .doc("What the sectionName of a policy refers to")
                          .required("port", Shapes.PORT)
                          .doc("The port that is connected to; that of a backendRef plays no part")
                          .rule(XBackendSchema::nameIsLabel))
                  .optional(
                      "externalHostname",
                      object()
                          .required("hostname", Shapes.PRECISE_HOSTNAME)
                          .doc("Found by DNS, and asked again as the records' TTL says")
                          .rule(XBackendSchema::notOfTheCluster))
                  .optional("protocol", oneOf("TCP", "HTTP", "HTTP2", "HTTP11", "H2C", "MCP"))
                  .doc(
                      "`HTTP11` is HTTP/1.1, `HTTP2` and `H2C` are HTTP/2, `HTTP` and `MCP` leave it"
                          + " to the route and to TLS, `TCP` says nothing about HTTP")
                  .optional(
                      "tls",
                      object()
                          .required("mode", oneOf("None", "ServerOnly", "ClientAndServer"))
                          .doc("`None` is plaintext; the others are TLS that is always verified")
                          .optional("clientCertificateRef", Shapes.secretRef())
                          .doc("The certificate for a backend that asks for one")
                          .optional("validation", PolicySchema.validation())
                          .doc(
                              "As in a BackendTLSPolicy; without it the system's CAs are trusted and"
                                  + " the backend's own name is expected")
                          .rule(XBackendSchema::certificateFitsMode))
                  .rule(XBackendSchema::hostnameFitsType));

  private static void nameIsLabel(Fields port, Reporter report) {
    String name = port.textOrEmpty("name");
    if (!name.isEmpty() && !TextFormat.isLabel(name)) {
      report.error(
          "name",
          MetadataSchema.lineOf(port, "name"),
          "'" + Checker.shown(name) + "' must be " + TextFormat.DNS_LABEL.words());
    }
  }

  private static void notOfTheCluster(Fields external, Reporter report) {
    String hostname = external.textOrEmpty("hostname");
    if (hostname.endsWith(".cluster.local") || hostname.endsWith(".svc")) {
      report.error(
          "hostname",
          MetadataSchema.lineOf(external, "hostname"),
          "must not be a name of the cluster; refer to the Service instead");
    }
  }

  private static void certificateFitsMode(Fields tls, Reporter report) {
    boolean wanted = tls.textOrEmpty("mode").equals("ClientAndServer");
    if (wanted != tls.has("clientCertificateRef")) {
      report.error(
          "",
          0,
          wanted
              ? "mode ClientAndServer needs a clientCertificateRef"
              : "clientCertificateRef goes with mode ClientAndServer alone");
    }
  }

  private static void hostnameFitsType(Fields spec, Reporter report) {
    if (!spec.has("externalHostname")) {
      report.error("", 0, "type ExternalHostname needs the field externalHostname");
    }
  }
}
