package dev.postern.proxy.tls;

import java.security.cert.X509Certificate;

/// What a peer sent, made fit for a log line: short, on one line, printable ASCII.
final class Printable {
  private static final int LONGEST = 120;

  private Printable() {}

  static String text(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      printable.append(c >= ' ' && c < 127 ? c : '?');
    }
    return text.length() > LONGEST ? printable.append("...").toString() : printable.toString();
  }

  static String subject(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return name.isEmpty() ? "(no subject)" : text(name);
  }

  static String issuer(X509Certificate certificate) {
    return text(certificate.getIssuerX500Principal().getName());
  }
}
