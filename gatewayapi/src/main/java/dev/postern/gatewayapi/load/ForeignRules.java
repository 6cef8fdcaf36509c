package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What the fields of other gateways' kinds demand of each other, as their own definitions say it:
/// of Backends, since requests to one that is refused get 500. A policy that was refused here would
/// leave its backends as they are, maybe in plaintext; what it gets wrong is judged with the hop.
final class ForeignRules {
  static final String TWO_TRUSTS =
      "caCertificateRefs and wellKnownCACertificates do not go together; keep the one that is meant";
  static final String SKIPPED_TRUST =
      "insecureSkipVerify: true goes with neither caCertificateRefs nor wellKnownCACertificates; to"
          + " verify, remove it, else remove them";
  static final String VERSIONS_CROSSED =
      "minVersion is newer than maxVersion, so that no handshake could succeed";

  private ForeignRules() {}

  /// Envoy Gateway's Backend, spec.tls.
  static void oneTrust(Fields tls, Reporter report) {
    boolean authorities = !tls.maps("caCertificateRefs").isEmpty();
    boolean wellKnown = tls.has("wellKnownCACertificates");
    if (authorities && wellKnown) {
      report.error("", 0, TWO_TRUSTS);
    }
    if (tls.isTrue("insecureSkipVerify") && (authorities || wellKnown)) {
      report.error("", 0, SKIPPED_TRUST);
    }
  }

  /// `Auto`, in whatever letters, is no limit.
  static void versionsInOrder(Fields tls, Reporter report) {
    String min = tls.textOrEmpty("minVersion");
    String max = tls.textOrEmpty("maxVersion");
    if (min.startsWith("1.") && max.startsWith("1.") && min.compareTo(max) > 0) {
      report.error("", 0, VERSIONS_CROSSED);
    }
  }

  static void oneAddress(Fields endpoint, Reporter report) {
    List<String> said = Stream.of("fqdn", "ip", "unix").filter(endpoint::has).toList();
    if (said.size() != 1) {
      report.error(
          "",
          0,
          "must have one of fqdn, ip and unix, and has "
              + (said.isEmpty() ? "none" : String.join(" and ", said)));
    }
  }

  static void isAddress(Fields ip, Reporter report) {
    String address = ip.textOrEmpty("address");
    if (!IpAddresses.isAddress(address)) {
      report.error(
          "address",
          MetadataSchema.lineOf(ip, "address"),
          "'"
              + Checker.shown(address)
              + "' must be an IP address, such as 10.0.0.1 or 2001:db8::1; a name goes into fqdn");
    }
  }

  static void isHost(Fields host, Reporter report) {
    String text = host.textOrEmpty("host");
    if (!IpAddresses.isAddress(text) && !isName(text.toLowerCase(Locale.ROOT))) {
      report.error(
          "host",
          MetadataSchema.lineOf(host, "host"),
          "'"
              + Checker.shown(text)
              + "' must be an IP address, such as 10.0.0.1, or a host name, such as a.example.com");
    }
  }

  /// One whose last part is a number would be read as an address by some (RFC 1123, 2.1).
  private static boolean isName(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    String last = name.substring(name.lastIndexOf('.') + 1);
    return TextFormat.DOMAIN.test().test(name.replace('_', '-'))
        && !last.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
