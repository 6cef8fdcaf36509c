package dev.postern.ir;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// TLS towards the endpoints of a cluster. Equal values may share sessions and connections; unequal
/// ones never do.
///
/// @param sni the server name to send (RFC 6066); empty for none, or for the endpoint's own where
///   it is among the names; an IP address is none either
/// @param trust whom to believe
/// @param names one of them must be in the certificate; never empty
/// @param clientCertificate for a backend that asks for one
public record UpstreamTls(
    String sni,
    Trust trust,
    List<SubjectName> names,
    Optional<ClientCertificate> clientCertificate,
    TlsParameters parameters) {

  public UpstreamTls {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names must not be empty: it would verify nobody");
    }
  }

  /// Without a client certificate and with the data plane's own limits.
  public UpstreamTls(String sni, Trust trust, List<SubjectName> names) {
    this(sni, trust, names, Optional.empty(), TlsParameters.DEFAULT);
  }

  /// Whether something of the certificate goes unchecked, which somebody asked for in so many
  /// words.
  public boolean insecure() {
    return trust instanceof Trust.Unverified || names.contains(new SubjectName.Any());
  }

  /// Whether the name to send and to verify is each endpoint's own.
  public boolean goesByEndpoint() {
    return names.contains(new SubjectName.OfEndpoint());
  }

  /// The same towards one endpoint, with its name where it goes by that.
  public UpstreamTls towards(LoadAssignment.Endpoint endpoint) {
    if (!goesByEndpoint()) {
      return this;
    }
    String name = endpoint.hostname().orElse(endpoint.address());
    List<SubjectName> known =
        names.stream()
            .map(n -> n instanceof SubjectName.OfEndpoint ? new SubjectName.Dns(name) : n)
            .toList();
    return new UpstreamTls(sni.isEmpty() ? name : sni, trust, known, clientCertificate, parameters);
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

    /// Any certificate is believed, whatever its chain, dates and names: only where the operator
    /// and the backend's owner both said so.
    record Unverified() implements Trust {}
  }

  /// A name that a certificate may carry as a subject alternative name.
  public sealed interface SubjectName {
    /// A DNS name, lower case. A certificate's `*.` counts for one whole label (RFC 9525 6.3). An
    /// IP address in text form is compared with the certificate's addresses alone, octet by octet.
    record Dns(String name) implements SubjectName {}

    /// A URI, compared octet by octet.
    record Uri(String uri) implements SubjectName {}

    /// The endpoint's own host name, which is also the server name where there is no other.
    record OfEndpoint() implements SubjectName {}

    /// Any name, or none: only where the operator and the backend's owner both said so.
    record Any() implements SubjectName {}
  }
}
