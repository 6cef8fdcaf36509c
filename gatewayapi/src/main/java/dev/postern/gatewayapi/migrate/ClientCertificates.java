package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// auth-tls-*: certificates that clients have to show. nginx asks by host: what the first Ingress
/// of a host says holds for all of its paths. A Gateway asks by port (Gateway.spec.tls.frontend,
/// GEP-91), so that it is converted where all hosts with a certificate say the same.
final class ClientCertificates {
  static final String GUARD = "auth-tls-secret";

  /// Fields by which nginx told the backend who the client is. What clients send in them is theirs.
  private static final List<String> FIELDS =
      List.of(
          "ssl-client-cert", "ssl-client-verify", "ssl-client-subject-dn", "ssl-client-issuer-dn");

  private static final String SECOND_GATEWAY =
      "move the hosts that ask for certificates to a Gateway and an address of their own, with"
          + " spec.tls.frontend; these paths answer 500 until then";

  /// What counts for a host.
  ///
  /// @param on whether anybody is asked
  /// @param why it cannot be kept by itself; empty where it can
  private record Asked(Ingress by, boolean on, String why, String toDo) {}

  private final Objects objects;
  private final Map<String, Asked> byHost = new HashMap<>();

  /// The CA that all trust; empty where they do not agree, or ask nobody.
  private final Optional<String> authority;

  ClientCertificates(Map<String, List<Location>> locations, Objects objects) {
    this.objects = objects;
    Set<String> authorities = new HashSet<>();
    boolean everybody = true;
    for (Map.Entry<String, List<Location>> host : locations.entrySet()) {
      Optional<Asked> asked = asked(host.getValue());
      Optional<Asked> kept = asked.filter(one -> one.on && one.why.isEmpty());
      asked.ifPresent(one -> byHost.put(host.getKey(), one));
      kept.flatMap(one -> secretOf(one.by)).map(this::certificate).ifPresent(authorities::add);
      everybody &= kept.isPresent() || !isReachedByTls(host.getValue());
    }
    authority =
        everybody && authorities.size() == 1
            ? Optional.of(authorities.iterator().next())
            : Optional.empty();
  }

  /// For Gateway.spec.tls.frontend.
  Optional<String> authority() {
    return authority;
  }

  private static boolean isReachedByTls(List<Location> host) {
    return host.getFirst().tls && host.stream().noneMatch(at -> at.isTrue("ssl-passthrough"));
  }

  /// Empty where no Ingress of the host says anything.
  private Optional<Asked> asked(List<Location> host) {
    List<Location> said = host.stream().filter(at -> !at.value(GUARD).isEmpty()).toList();
    if (said.isEmpty()) {
      return Optional.empty();
    }
    // One Secret that cannot be had made nginx answer 403 for all of the host.
    Location first =
        said.stream()
            .filter(at -> secretOf(at.ingress).isEmpty())
            .findFirst()
            .orElse(said.getFirst());
    return Optional.of(judge(first));
  }

  private Asked judge(Location at) {
    Ingress by = at.ingress;
    String verify = at.value("auth-tls-verify-client");
    Optional<Document> secret = secretOf(by);
    if (secret.isEmpty()) {
      return refused(
          by,
          "the Secret " + reference(by) + " is not in the input, or not in the Ingress's namespace",
          "migrate with it: kubectl get secret -o yaml -n " + ShellWord.ofReference(reference(by)));
    }
    if (verify.equals("off")) {
      return new Asked(by, false, "", "");
    }
    if (certificate(secret.get()).isEmpty()) {
      return refused(
          by,
          "the Secret has no ca.crt, so that nginx asked nobody for a certificate",
          "add the CA, or remove the annotation if everybody may come; then migrate again");
    }
    if (verify.startsWith("optional")) {
      return refused(
          by,
          "with " + verify + " the backend decides by ssl-client-verify, which it is not told now",
          "have it accept nobody by these fields, or ask for certificates from all with on");
    }
    if (!at.value("auth-tls-match-cn").isEmpty() || Objects.hasKey(secret.get(), "ca.crl")) {
      return refused(
          by,
          "the Gateway looks at no common name and at no list of revoked certificates",
          "have a CA of their own for these clients; " + Guards.TO_DO);
    }
    if (at.target != Target.POSTERN && at.target != Target.STANDARD) {
      return refused(by, "it is not converted for this gateway", Guards.TO_DO);
    }
    return at.tls
        ? new Asked(by, true, "", "")
        : refused(
            by,
            "no spec.tls names a certificate for this host, so that there is no HTTPS listener",
            "name one, and migrate again");
  }

  private static Asked refused(Ingress by, String why, String toDo) {
    return new Asked(by, true, why, toDo);
  }

  private static String reference(Ingress ingress) {
    String said = ingress.annotations().getOrDefault(GUARD, "").strip();
    return said.contains("/") ? said : ingress.namespace() + "/" + said;
  }

  private Optional<Document> secretOf(Ingress ingress) {
    String reference = reference(ingress);
    return reference.startsWith(ingress.namespace() + "/")
        ? Optional.ofNullable(objects.secret(reference))
        : Optional.empty();
  }

  private String certificate(Document secret) {
    return Objects.certificate(secret, "ca.crt").strip();
  }

  /// Whether the location may be served.
  boolean convert(Location at) {
    Asked asked = byHost.get(at.path.host());
    if (asked == null || !asked.on) {
      String why =
          asked == null ? "nothing without auth-tls-secret" : "nothing, as nobody is asked";
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("auth-tls-")) {
          at.same(name, why);
        }
      }
      return true;
    }
    boolean unforged =
        FIELDS.stream().allMatch(name -> at.header("RequestHeaderModifier", "remove", name, ""));
    if (authority.isEmpty() || !asked.why.isEmpty() || !unforged) {
      say(at, asked, refusal(asked));
      for (String name : at.ingress.annotations().keySet()) {
        if (name.startsWith("auth-tls-") && !name.equals(GUARD)) {
          at.lost(name, "auth-tls-secret is not converted", "see auth-tls-secret");
        }
      }
      return false;
    }
    say(
        at,
        asked,
        new Verdict.Different(
            "the Gateway's tls.frontend, for all hosts of port 443. Who has no certificate of this"
                + " CA gets no connection, where nginx answered 400; and the backend is not told"
                + " ssl-client-verify, -subject-dn and -issuer-dn, which are removed from what"
                + " clients send"));
    companions(at);
    return true;
  }

  private static Verdict refusal(Asked asked) {
    return asked.why.isEmpty()
        ? new Verdict.NotPossible(
            "a Gateway asks for certificates by port, and not all hosts of port 443 ask for those of"
                + " this CA",
            SECOND_GATEWAY)
        : new Verdict.NotPossible(asked.why, asked.toDo);
  }

  /// What the first Ingress says holds for the others of its host, too.
  private static void say(Location at, Asked asked, Verdict verdict) {
    if (at.has(GUARD)) {
      at.verdicts().ofAnnotation(GUARD, verdict);
    } else {
      at.say(GUARD, "of " + asked.by.id(), verdict);
    }
  }

  private static void companions(Location at) {
    at.same("auth-tls-verify-client", "mode AllowValidOnly");
    at.different("auth-tls-verify-depth", "the length of the chain is not limited");
    at.lost(
        "auth-tls-error-page",
        "who has no certificate gets no connection, and thus no page",
        "tell such clients elsewhere");
    at.same("auth-tls-match-cn", "nothing, as it is empty");
    if (at.isTrue("auth-tls-pass-certificate-to-upstream")) {
      at.lost(
          "auth-tls-pass-certificate-to-upstream",
          "the client's certificate is not told to the backend",
          "have it know its clients by another means");
    } else {
      at.same("auth-tls-pass-certificate-to-upstream", "the certificate is not passed on");
    }
  }
}
