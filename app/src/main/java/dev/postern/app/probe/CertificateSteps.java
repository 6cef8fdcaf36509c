package dev.postern.app.probe;

import dev.postern.app.probe.Advice.Step;
import dev.postern.app.probe.Trusts.Source;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a person has to know or to do about a backend's certificates.
final class CertificateSteps {
  private static final Duration SOON = Duration.ofDays(14);

  private final Trusts trusts;
  private final List<Step> steps = new ArrayList<>();

  private CertificateSteps(Trusts trusts) {
    this.trusts = trusts;
  }

  /// @param wanted the name that was asked for; empty for none
  static List<Step> of(TlsSeen tls, Trusts trusts, String wanted, Instant now) {
    var steps = new CertificateSteps(trusts);
    steps.dates(tls.chain().getFirst(), now);
    if (trusts.chosen().isPresent()) {
      steps.trusted(tls, trusts.chosen().get());
    } else {
      steps.warn(
          "nothing verifies its certificate, as "
              + trusts.judged().getLast().objection()
              + ": renew it at the backend and probe again. Until then no policy lets traffic"
              + " through, so none is written");
    }
    steps.names(wanted);
    return steps.steps;
  }

  private void trusted(TlsSeen tls, Trusts.Judged chosen) {
    if (chosen.anchor().isEmpty()) {
      return;
    }
    X509Certificate leaf = tls.chain().getFirst();
    boolean selfSigned = CertificateText.isSelfSigned(leaf);
    if (chosen.source() == Source.LEAF && !selfSigned) {
      warn(
          "whoever signed its certificate ("
              + CertificateText.issuer(leaf)
              + ") is not known here, so the certificate itself is trusted; that ends when it is"
              + " renewed, at the latest on "
              + CertificateText.day(leaf.getNotAfter())
              + ". Better put the CA's certificate into ca.crt, and let the backend send what is"
              + " between");
    } else if (chosen.source() == Source.LEAF) {
      note(
          "it is self-signed, so it is its own CA; put its successor into ca.crt besides before"
              + " it is renewed, at the latest on "
              + CertificateText.day(leaf.getNotAfter()));
    }
    warn(
        "what is in ca.crt came over the connection that it is to protect: compare its SHA-256, "
            + CertificateText.fingerprint(chosen.anchor().get())
            + ", with what the backend's owner says");
  }

  private void dates(X509Certificate leaf, Instant now) {
    Duration left = Duration.between(now, leaf.getNotAfter().toInstant());
    if (!left.isNegative() && left.compareTo(SOON) < 0) {
      warn("its certificate expires in " + left.toDays() + " days: renew it");
    }
  }

  private void names(String wanted) {
    if (trusts.names().all().isEmpty()) {
      warn(
          "its certificate has no subject alternative name, and a common name does not count, so"
              + " no name can be verified: issue one with a DNS name");
    } else if (trusts.hostname().isEmpty() && trusts.uri().isEmpty()) {
      warn(
          "its certificate is for no host name and no URI, so a BackendTLSPolicy cannot expect any"
              + " of its names: issue one with a DNS name");
    } else if (!wanted.isEmpty() && !trusts.hostname().equals(wanted)) {
      note(
          "its certificate is not for "
              + PeerText.clean(wanted)
              + "; "
              + trusts.uri().orElse(trusts.hostname())
              + " is expected instead");
    }
  }

  private void warn(String text) {
    steps.add(new Step(true, text));
  }

  private void note(String text) {
    steps.add(new Step(false, text));
  }
}
