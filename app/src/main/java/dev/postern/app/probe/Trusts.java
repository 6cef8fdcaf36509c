package dev.postern.app.probe;

import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.proxy.tls.BackendVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who would verify a backend's certificates, and by which name, as the proxy judges it
/// ([BackendVerifier]).
///
/// @param judged in the order in which they are to be preferred
/// @param hostname to expect, and to send; empty where no host name would match
/// @param uri to expect besides, where no host name would match
public record Trusts(
    List<Judged> judged, PresentedNames names, String hostname, Optional<String> uri) {

  /// Whom one could trust.
  public enum Source {
    SYSTEM("the system's CAs"),
    /// The last certificate of the chain that the backend sent.
    TOP("the top of its chain"),
    LEAF("the certificate itself");

    private final String text;

    Source(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// @param anchor absent for the system's
  /// @param objection why not; empty where it verifies
  public record Judged(Source source, Optional<X509Certificate> anchor, String objection) {
    public boolean verifies() {
      return objection.isEmpty();
    }

    UpstreamTls.Trust trust() {
      return anchor
          .<UpstreamTls.Trust>map(one -> new UpstreamTls.Trust.Anchors(List.of(one)))
          .orElseGet(UpstreamTls.Trust.System::new);
    }
  }

  /// @param chain the leaf first, not empty
  public static Trusts of(List<X509Certificate> chain, ProbeTarget target, InstantSource clock) {
    List<Judged> judged = new ArrayList<>();
    judged.add(judge(Source.SYSTEM, Optional.empty(), chain, clock));
    if (chain.size() > 1) {
      judged.add(judge(Source.TOP, Optional.of(chain.getLast()), chain, clock));
    }
    judged.add(judge(Source.LEAF, Optional.of(chain.getFirst()), chain, clock));
    PresentedNames names = PresentedNames.of(chain.getFirst());
    String hostname = hostname(names, target);
    Optional<String> uri =
        hostname.isEmpty() ? names.uris().stream().findFirst() : Optional.empty();
    return new Trusts(judged, names, hostname, uri);
  }

  /// The first that verifies.
  public Optional<Judged> chosen() {
    return judged.stream().filter(Judged::verifies).findFirst();
  }

  /// What a policy by them makes the proxy do; nothing where none would let traffic through.
  Optional<UpstreamTls> tls() {
    Optional<SubjectName> name =
        uri.<SubjectName>map(SubjectName.Uri::new)
            .or(() ->
                hostname.isEmpty() ? Optional.empty() : Optional.of(new SubjectName.Dns(hostname)));
    return chosen()
        .flatMap(judge -> name.map(one -> new UpstreamTls(hostname, judge.trust(), List.of(one))));
  }

  private static Judged judge(
      Source source,
      Optional<X509Certificate> anchor,
      List<X509Certificate> chain,
      InstantSource clock) {
    Judged open = new Judged(source, anchor, "");
    UpstreamTls tls = new UpstreamTls("", open.trust(), List.of(new SubjectName.Any()));
    try {
      new BackendVerifier(tls, clock)
          .checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
      return open;
    } catch (CertificateException e) {
      String words =
          PeerText.clean(String.valueOf(e.getMessage()))
              .replaceFirst("^the certificate of the backend \\(.*?\\) ", "it ");
      return new Judged(source, anchor, words);
    }
  }

  /// The name that was asked for, if the certificate is for it; else one that it is for.
  private static String hostname(PresentedNames names, ProbeTarget target) {
    String wanted = target.serverName();
    if (names.dns().stream().anyMatch(presented -> covers(presented, wanted))) {
      return wanted;
    }
    return names.dns().stream()
        .filter(name -> !name.startsWith("*."))
        .findFirst()
        .or(() -> names.dns().stream().findFirst().map(name -> "backend" + name.substring(1)))
        .orElse("");
  }

  /// RFC 9525 6.3: a wildcard stands for one whole label.
  private static boolean covers(String presented, String name) {
    int dot = name.indexOf('.');
    return !name.isEmpty()
        && (presented.equals(name)
            || (presented.startsWith("*.")
                && dot > 0
                && name.substring(dot).equals(presented.substring(1))));
  }
}
