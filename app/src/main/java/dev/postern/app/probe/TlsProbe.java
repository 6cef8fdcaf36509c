package dev.postern.app.probe;

import dev.postern.app.probe.Heard.End;
import dev.postern.app.probe.TlsSeen.ClientCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Finds out which TLS a backend speaks: one handshake for each question.
final class TlsProbe {
  private final Dialer dialer;
  private final TlsOffer offer;
  private boolean old;
  private boolean demanded;
  private String trouble = "";

  TlsProbe(Dialer dialer, ProbeTarget target) {
    this.dialer = dialer;
    this.offer = TlsOffer.all(target.serverName());
  }

  /// Why there is no TLS.
  String trouble() {
    return trouble;
  }

  /// Empty where the backend does not speak TLS.
  Optional<TlsSeen> look() {
    Heard heard = dialer.ask(Question.handshake(), offer);
    Handshake best = heard.tls();
    trouble = heard.trouble();
    if (!best.isDone() && !isTls(heard)) {
      return Optional.empty();
    }
    List<String> versions = new ArrayList<>();
    if (best.isDone()) {
      versions.add(best.version());
    }
    // TLS 1.3 comes to an end before a client certificate is missed, and no older one does.
    boolean only12 = !best.isDone() && best.asked();
    if (only12 || (best.version().equals("TLSv1.3") && takes12())) {
      versions.add("TLSv1.2");
    }
    Optional<Handshake> older = again(offer.withVersions(TlsOffer.OLD));
    older.ifPresent(done -> versions.add(done.version()));
    old = !best.isDone() && older.isPresent();
    if (old) {
      best = older.get();
    }
    var accepted = new TreeSet<String>();
    accepted.add(best.alpn());
    if (!best.alpn().isEmpty()) {
      String other = best.alpn().equals("h2") ? "http/1.1" : "h2";
      again(current().withAlpn(List.of(other))).ifPresent(done -> accepted.add(done.alpn()));
    }
    accepted.remove("");
    return Optional.of(
        new TlsSeen(
            List.copyOf(versions),
            best.cipher(),
            best.alpn(),
            List.copyOf(accepted),
            best.chain(),
            best.asked() ? ClientCertificate.ASKED : ClientCertificate.NOT_ASKED,
            best.isDone() ? Optional.empty() : best.trouble()));
  }

  /// Whether what failed was TLS.
  private static boolean isTls(Heard heard) {
    return !heard.tls().chain().isEmpty()
        || heard.trouble().contains("(TLS alert ")
        || heard.trouble().startsWith("TLS handshake with ");
  }

  private boolean takes12() {
    Handshake handshake =
        dialer.ask(Question.handshake(), offer.withVersions(List.of("TLSv1.2"))).tls();
    return handshake.isDone() || handshake.asked();
  }

  private Optional<Handshake> again(TlsOffer other) {
    Handshake handshake = dialer.ask(Question.handshake(), other).tls();
    return handshake.isDone() ? Optional.of(handshake) : Optional.empty();
  }

  private TlsOffer current() {
    return old ? offer.withVersions(TlsOffer.OLD) : offer;
  }

  /// @param alpn empty for no offer
  Heard ask(Question question, String alpn) {
    return dialer.ask(question, current().withAlpn(alpn.isEmpty() ? List.of() : List.of(alpn)));
  }

  /// Whether the backend ended TLS rather than answering. In TLS 1.3 one that misses a certificate
  /// of its client says so only after the handshake (RFC 8446 4.4.2.4).
  boolean isRefused(Heard heard) {
    demanded = heard.tls().asked() && (heard.end() == End.FAILED || heard.end() == End.CLOSED);
    trouble = demanded ? heard.trouble() : trouble;
    return demanded;
  }

  /// With what came to light after the handshake.
  TlsSeen demanded(TlsSeen seen) {
    boolean missed =
        demanded
            || (seen.trouble().isPresent() && seen.clientCertificate() == ClientCertificate.ASKED);
    return missed
        ? new TlsSeen(
            seen.versions(),
            seen.cipher(),
            seen.alpn(),
            seen.alpnAccepted(),
            seen.chain(),
            ClientCertificate.DEMANDED,
            Optional.of(trouble))
        : seen;
  }
}
