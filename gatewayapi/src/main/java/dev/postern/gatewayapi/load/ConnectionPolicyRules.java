package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.List;

/// What a BackendConnectionPolicy's fields demand of each other. The words are those of the CEL
/// rules too.
final class ConnectionPolicyRules {
  private ConnectionPolicyRules() {}

  static final String SAYS_NOTHING =
      "says nothing; add protocol, tls, fastCGI, timeouts, connectionPool, loadBalancing, healthCheck"
          + " or outlierDetection";
  static final String TLS_SAYS_NOTHING =
      "says nothing; add a field, or remove it. TLS is turned on by a BackendTLSPolicy";
  static final String AUTHORITIES_WITHOUT_HOSTNAME =
      "caCertificateRefs goes with insecureSkipVerify: Hostname alone; to verify the name too, use a"
          + " BackendTLSPolicy";
  static final String VERSIONS_CROSSED =
      "minVersion is newer than maxVersion, which is 1.3 where nothing is said";
  static final String CIPHERS_WITHOUT_EFFECT =
      "cipherSuites has no effect on TLS 1.3, which minVersion demands; remove one of them";
  static final String NOT_COMPATIBLE =
      "scriptFilename and splitPath do not go with compatibility: IngressNginx, which sends no"
          + " SCRIPT_FILENAME and PATH_INFO by itself; set them in params";
  static final String FAST_CGI_UNUSED =
      "fastCGI goes with protocol: FastCGI alone; change the protocol, or remove one of them";
  static final String CONNECT_ZERO = "connect must be longer than 0s";

  static void saysSomething(Fields spec, Reporter report) {
    if (none(
        spec,
        "protocol",
        "tls",
        "fastCGI",
        "timeouts",
        "connectionPool",
        "loadBalancing",
        "healthCheck",
        "outlierDetection")) {
      report.error("", 0, SAYS_NOTHING);
    }
  }

  static void tlsSaysSomething(Fields tls, Reporter report) {
    if (none(
        tls,
        "insecureSkipVerify",
        "caCertificateRefs",
        "clientCertificateRef",
        "minVersion",
        "maxVersion",
        "cipherSuites",
        "alpnProtocols")) {
      report.error("", 0, TLS_SAYS_NOTHING);
    }
  }

  private static boolean none(Fields fields, String... names) {
    return List.of(names).stream().noneMatch(fields::has);
  }

  static void authoritiesGoWithHostname(Fields tls, Reporter report) {
    if (tls.has("caCertificateRefs") && !tls.textOrEmpty("insecureSkipVerify").equals("Hostname")) {
      report.error("", 0, AUTHORITIES_WITHOUT_HOSTNAME);
    }
  }

  static void versionsInOrder(Fields tls, Reporter report) {
    String max = tls.has("maxVersion") ? tls.textOrEmpty("maxVersion") : "1.3";
    if (tls.textOrEmpty("minVersion").compareTo(max) > 0) {
      report.error("", 0, VERSIONS_CROSSED);
    }
  }

  static void ciphersHaveEffect(Fields tls, Reporter report) {
    if (tls.has("cipherSuites") && tls.textOrEmpty("minVersion").equals("1.3")) {
      report.error("", 0, CIPHERS_WITHOUT_EFFECT);
    }
  }

  static void compatible(Fields fastCgi, Reporter report) {
    if (fastCgi.has("compatibility")
        && (fastCgi.has("scriptFilename") || fastCgi.has("splitPath"))) {
      report.error("", 0, NOT_COMPATIBLE);
    }
  }

  static void fastCgiFits(Fields spec, Reporter report) {
    if (spec.has("fastCGI")
        && spec.has("protocol")
        && !spec.textOrEmpty("protocol").equals("FastCGI")) {
      report.error("", 0, FAST_CGI_UNUSED);
    }
  }

  static void connectNotZero(Fields timeouts, Reporter report) {
    if (timeouts.has("connect") && Durations.parse(timeouts.textOrEmpty("connect")) == 0) {
      report.error("", 0, CONNECT_ZERO);
    }
  }
}
