package dev.postern.proxy.tls;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An alert with which a peer ended TLS (RFC 8446 6), in words.
///
/// @param name such as `certificate_required`
record Alert(String name) {
  /// BoringSSL's text for an alert that came; then the JDK's.
  private static final Pattern RECEIVED =
      Pattern.compile(
          "(?:TLSV1|SSLV3)_(?:ALERT_)?([A-Z_]+)|Received fatal alert: ([a-z_]+)"
              + "|^\\(([a-z_]+)\\) Received fatal alert");

  private static final Map<String, String> MEANING =
      Map.ofEntries(
          Map.entry("certificate_required", "demands a client certificate and got none"),
          Map.entry(
              "handshake_failure",
              "finds nothing in common with what it was offered, or misses a client certificate"),
          Map.entry("bad_certificate", "does not accept the certificate that it was shown, if any"),
          Map.entry("unsupported_certificate", "cannot use the certificate that it was shown"),
          Map.entry("certificate_revoked", "says that the certificate it was shown is revoked"),
          Map.entry("certificate_expired", "says that the certificate it was shown is out of date"),
          Map.entry("certificate_unknown", "does not accept the certificate that it was shown"),
          Map.entry("unknown_ca", "does not know the CA of the certificate that it was shown"),
          Map.entry("access_denied", "denies access to the certificate that it was shown"),
          Map.entry("protocol_version", "speaks none of the TLS versions that are allowed"),
          Map.entry("insufficient_security", "wants stronger cipher suites than are allowed"),
          Map.entry("unrecognized_name", "does not serve the server name that it was asked for"),
          Map.entry("no_application_protocol", "speaks none of the protocols offered by ALPN"));

  /// The alert that an exception of the TLS engine tells of, or null.
  static @Nullable Alert of(Throwable cause) {
    Matcher text = RECEIVED.matcher(String.valueOf(cause.getMessage()));
    if (!text.find()) {
      return null;
    }
    for (int group = 1; group <= text.groupCount(); group++) {
      String name = text.group(group);
      if (name != null) {
        return new Alert(name.toLowerCase(Locale.ROOT));
      }
    }
    return null;
  }

  /// What the peer says by it, as what follows its address.
  String meaning() {
    String known = MEANING.get(name);
    return (known == null ? "ended TLS" : known) + " (TLS alert " + name + ")";
  }
}
