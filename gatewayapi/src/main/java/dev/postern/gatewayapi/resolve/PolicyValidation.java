package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.SubjectAltName;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Judges what a BackendTLSPolicy demands, whatever it targets (BackendTLSPolicy.spec.validation).
final class PolicyValidation {
  private final Objects objects;
  private final Certificates certificates;
  private final Query<ObjectRef, Judged> judged;

  PolicyValidation(Memo memo, Objects objects, Certificates certificates) {
    this.objects = objects;
    this.certificates = certificates;
    judged = memo.query(this::judge);
  }

  /// @param refused why it cannot be followed
  /// @param unresolved which references do not hold
  /// @param tls what to do; present exactly when it is not refused
  record Judged(
      Optional<Refusal> refused, Optional<Refusal> unresolved, Optional<UpstreamTls> tls) {

    static Judged refuse(Refusal refused, Optional<Refusal> unresolved) {
      return new Judged(Optional.of(refused), unresolved, Optional.empty());
    }
  }

  Judged of(ObjectRef policy) {
    return judged.get(policy);
  }

  private Judged judge(ObjectRef ref) {
    return objects
        .find(ref, BackendTlsPolicy.class)
        .map(this::judge)
        .orElseGet(() -> Judged.refuse(invalid(ref + " does not exist"), Optional.empty()));
  }

  /// Judges one that is no object of its own.
  Judged judge(BackendTlsPolicy policy) {
    if (policy.refusal().isPresent()) {
      return Judged.refuse(
          invalid(
              "the policy is not as it must be, so that nothing is sent to its targets unless another"
                  + " policy says how: "
                  + policy.refusal().get()),
          Optional.empty());
    }
    for (SubjectAltName name : policy.subjectAltNames()) {
      if (name instanceof SubjectAltName.Hostname(String host) && host.startsWith("*")) {
        return Judged.refuse(
            invalid(
                "subjectAltNames: " + host + " is a wildcard; list the names that may be shown"),
            Optional.empty());
      }
    }
    if (policy.wellKnownCaCertificates().isPresent()) {
      return wellKnown(policy, policy.wellKnownCaCertificates().get());
    }
    return listed(policy);
  }

  private static Judged wellKnown(BackendTlsPolicy policy, String name) {
    return name.equals("System")
        ? follow(policy, new Trust.System(), Optional.empty())
        : Judged.refuse(
            invalid(
                "wellKnownCACertificates \""
                    + name
                    + "\" is not known; use System or caCertificateRefs"),
            Optional.empty());
  }

  private Judged listed(BackendTlsPolicy policy) {
    Set<X509Certificate> anchors = new LinkedHashSet<>();
    List<Refusal> problems = new ArrayList<>();
    for (LocalRef ref : policy.caCertificateRefs()) {
      resolve(policy, ref, anchors, problems);
    }
    Optional<Refusal> unresolved = merge(problems);
    if (anchors.isEmpty()) {
      String why = unresolved.map(Refusal::message).orElse("no CA certificate is referred to");
      return Judged.refuse(new Refusal("NoValidCACertificate", why), unresolved);
    }
    return follow(policy, new Trust.Anchors(List.copyOf(anchors)), unresolved);
  }

  private void resolve(
      BackendTlsPolicy policy, LocalRef ref, Set<X509Certificate> anchors, List<Refusal> problems) {
    if (!ref.kind().equals(Kind.CONFIG_MAP) && !ref.kind().equals(Kind.SECRET)) {
      problems.add(
          new Refusal(
              "InvalidKind",
              "caCertificateRefs: "
                  + ref.kind()
                  + " "
                  + ref.name()
                  + " cannot hold a CA certificate; refer to a ConfigMap or Secret with the key"
                  + " ca.crt"));
      return;
    }
    ObjectRef target = new ObjectRef(ref.kind(), policy.metadata().namespace(), ref.name());
    switch (certificates.caBundle(target)) {
      case Certificates.Read.Good<List<X509Certificate>>(List<X509Certificate> good) ->
          anchors.addAll(good);
      case Certificates.Read.Bad<List<X509Certificate>>(String why) ->
          problems.add(new Refusal("InvalidCACertificateRef", "caCertificateRefs: " + why));
    }
  }

  private static Optional<Refusal> merge(List<Refusal> problems) {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                problems.getFirst().reason(),
                String.join("; ", problems.stream().map(Refusal::message).toList())));
  }

  /// With subjectAltNames, the hostname is sent as SNI and proves nothing (GEP-3155).
  private static Judged follow(BackendTlsPolicy policy, Trust trust, Optional<Refusal> unresolved) {
    String sni = policy.hostname().toLowerCase(Locale.ROOT);
    List<SubjectName> names =
        policy.subjectAltNames().isEmpty()
            ? List.of(new SubjectName.Dns(sni))
            : policy.subjectAltNames().stream().map(PolicyValidation::name).toList();
    return new Judged(
        Optional.empty(), unresolved, Optional.of(new UpstreamTls(sni, trust, names)));
  }

  private static SubjectName name(SubjectAltName name) {
    return switch (name) {
      case SubjectAltName.Hostname(String host) ->
          new SubjectName.Dns(host.toLowerCase(Locale.ROOT));
      case SubjectAltName.Uri(String uri) -> new SubjectName.Uri(uri);
    };
  }

  private static Refusal invalid(String message) {
    return new Refusal("Invalid", message);
  }
}
