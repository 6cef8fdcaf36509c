package dev.postern.gatewayapi.resolve;

import dev.postern.ir.DownstreamTls;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// HTTPS listeners of one port whose certificates are good for the same names: a client may then
/// reuse a connection that it made for one for the other's hosts (GEP-3567, RFC 9113 9.1.1). Where
/// hosts overlap too, the certificates are the reason to give.
final class OverlappingCertificates {
  /// The kind of subjectAltName that is a DNS name (RFC 5280 4.2.1.6).
  private static final int DNS_NAME = 2;

  private OverlappingCertificates() {}

  static List<JudgedGateway.Listener> marked(List<JudgedGateway.Listener> listeners) {
    List<JudgedGateway.Listener> marked = new ArrayList<>();
    for (JudgedGateway.Listener listener : listeners) {
      List<String> others =
          listeners.stream()
              .filter(other -> !other.equals(listener) && overlap(listener, other))
              .map(other -> name(other, listener))
              .toList();
      marked.add(others.isEmpty() ? listener : listener.withOverlap(refusal(others)));
    }
    return marked;
  }

  private static String name(JudgedGateway.Listener other, JudgedGateway.Listener asking) {
    return other.owner().equals(asking.owner())
        ? other.spec().name()
        : other.spec().name() + " of " + other.owner();
  }

  private static Refusal refusal(List<String> others) {
    return new Refusal(
        "OverlappingCertificates",
        "a certificate of this listener is good for names of listener "
            + String.join(", ", others)
            + " too; a client may reuse one connection for both, and is answered 421 where the host"
            + " is not this listener's");
  }

  private static boolean overlap(JudgedGateway.Listener left, JudgedGateway.Listener right) {
    if (!left.isHttps() || !right.isHttps() || left.spec().port() != right.spec().port()) {
      return false;
    }
    Set<String> theirs = names(right.tls());
    return names(left.tls()).stream()
        .anyMatch(name -> theirs.stream().anyMatch(other -> Hostnames.overlap(name, other)));
  }

  private static Set<String> names(Optional<DownstreamTls> tls) {
    Set<String> names = new HashSet<>();
    tls.map(DownstreamTls::certificates)
        .orElse(List.of())
        .forEach(certificate -> addNames(certificate.chain().getFirst(), names));
    return names;
  }

  private static void addNames(X509Certificate leaf, Set<String> into) {
    try {
      Collection<List<?>> all = leaf.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.getFirst() instanceof Integer type
              && type == DNS_NAME
              && name.get(1) instanceof String dns) {
            into.add(dns.toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException _) {
      // without names that can be read, clients cannot reuse a connection for them either
    }
  }
}
