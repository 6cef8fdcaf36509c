package dev.postern.proxy.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// Trust anchors by subject. Several may have one subject: a CA that was renewed with a new key.
final class Anchors {
  private final Map<X500Principal, List<X509Certificate>> bySubject = new HashMap<>();
  private final String described;

  /// @param described where they come from, for a message
  Anchors(Collection<X509Certificate> certificates, String described) {
    for (X509Certificate certificate : certificates) {
      bySubject
          .computeIfAbsent(certificate.getSubjectX500Principal(), s -> new ArrayList<>(1))
          .add(certificate);
    }
    this.described = described;
  }

  List<X509Certificate> named(X500Principal subject) {
    return bySubject.getOrDefault(subject, List.of());
  }

  boolean isEmpty() {
    return bySubject.isEmpty();
  }

  /// Whether that very certificate is one.
  boolean contain(X509Certificate certificate) {
    return named(certificate.getSubjectX500Principal()).contains(certificate);
  }

  @Override
  public String toString() {
    return described;
  }
}
