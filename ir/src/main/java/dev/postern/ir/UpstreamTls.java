package dev.postern.ir;

import java.security.cert.X509Certificate;
import java.util.List;

/// TLS towards the endpoints of a cluster, always verified. Equal values may share sessions and
/// connections; unequal ones never do.
///
/// @param sni the server name to send (RFC 6066)
/// @param trust whom to believe
/// @param names one of them must be in the certificate; never empty
public record UpstreamTls(String sni, Trust trust, List<SubjectName> names) {

  public UpstreamTls {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names must not be empty: it would verify nobody");
    }
  }

  /// Where the trust anchors come from.
  public sealed interface Trust {
    /// These certificates, each an anchor whether or not it is a CA certificate.
    record Anchors(List<X509Certificate> certificates) implements Trust {
      public Anchors {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty()) {
          throw new IllegalArgumentException("no trust anchor");
        }
      }
    }

    /// The operating system's store.
    record System() implements Trust {}
  }

  /// A name that a certificate may carry as a subject alternative name.
  public sealed interface SubjectName {
    /// A DNS name, lower case. A certificate's `*.` counts for one whole label (RFC 9525 6.3).
    record Dns(String name) implements SubjectName {}

    /// A URI, compared octet by octet.
    record Uri(String uri) implements SubjectName {}
  }
}
