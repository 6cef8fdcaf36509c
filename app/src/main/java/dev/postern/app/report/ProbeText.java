package dev.postern.app.report;

import dev.postern.app.probe.Advice;
import dev.postern.app.probe.CertificateText;
import dev.postern.app.probe.Grpc;
import dev.postern.app.probe.HttpAnswer;
import dev.postern.app.probe.Probed.Reached;
import dev.postern.app.probe.Spoken;
import dev.postern.app.probe.TlsSeen;
import dev.postern.app.probe.Trusts;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a probe found and advises, as a person reads it.
public final class ProbeText {
  private static final int LABEL = 20;
  private static final int MOST_CERTIFICATES = 5;

  private final StringBuilder out = new StringBuilder();
  private final Style style;

  private ProbeText(Style style) {
    this.style = style;
  }

  /// @param target as it was typed
  public static String of(
      String target, Reached reached, Optional<Trusts> trusts, Advice advice, Style style) {
    var text = new ProbeText(style);
    text.out.append(style.bold(target + " speaks " + summary(reached))).append("\n\n");
    text.line("address", text.address(reached));
    if (!reached.banner().isEmpty()) {
      text.line("speaks first", '"' + reached.banner() + '"');
    }
    reached.tls().ifPresent(text::tls);
    text.spoken(reached.tls().isPresent() ? reached.secure() : reached.plain());
    reached.tls().map(TlsSeen::chain).ifPresent(chain -> text.chain(chain, trusts));
    trusts.ifPresent(text::trusts);
    text.steps(advice);
    text.manifests(advice);
    return text.out.toString();
  }

  /// Such as `TLS, HTTP/2, gRPC`.
  static String summary(Reached reached) {
    var words = new ArrayList<String>();
    reached.tls().ifPresent(_ -> words.add("TLS"));
    Spoken spoken = reached.tls().isPresent() ? reached.secure() : reached.plain();
    spoken.http1().ifPresent(answer -> words.add("HTTP/" + answer.version()));
    if (spoken.http2()) {
      words.add(reached.tls().isPresent() ? "HTTP/2" : "HTTP/2 (h2c, prior knowledge)");
    }
    spoken.grpc().ifPresent(_ -> words.add("gRPC"));
    if (spoken.webSocket() == HttpAnswer.WebSocket.TAKEN) {
      words.add("WebSocket");
    }
    if (spoken.fastCgi()) {
      words.add("FastCGI");
    }
    if (reached.tls().isEmpty() && !words.isEmpty()) {
      words.add("without TLS");
    }
    return words.isEmpty() ? "nothing that is known" : String.join(", ", words);
  }

  private String address(Reached reached) {
    return reached.address().getAddress().getHostAddress() + " port " + reached.address().getPort();
  }

  private void tls(TlsSeen tls) {
    String versions =
        String.join(", ", tls.versions()) + (tls.cipher().isEmpty() ? "" : ", " + tls.cipher());
    line("TLS", versions.isEmpty() ? "no handshake came to an end" : versions);
    tls.trouble().ifPresent(trouble -> line("", trouble));
    if (!tls.cipher().isEmpty()) {
      String accepted = String.join(" and ", tls.alpnAccepted());
      line(
          "ALPN",
          tls.alpn().isEmpty()
              ? "nothing chosen from h2, http/1.1"
              : tls.alpn() + " chosen from h2, http/1.1; accepts " + accepted);
    }
    line(
        "client certificate",
        switch (tls.clientCertificate()) {
          case NOT_ASKED -> "not asked for";
          case ASKED -> "asked for, and done without";
          case DEMANDED -> "demanded";
        });
  }

  private void spoken(Spoken spoken) {
    spoken
        .http1()
        .ifPresent(answer ->
            line(
                "HTTP/" + answer.version(),
                "answers / with "
                    + answer.status()
                    + (answer.fields().containsKey("server")
                        ? ", server " + answer.fields().get("server")
                        : "")));
    if (spoken.isHttp()) {
      line("HTTP/2", spoken.http2() ? "yes" : "no");
    }
    spoken.grpc().ifPresent(grpc -> line("gRPC", grpc(grpc)));
    switch (spoken.webSocket()) {
      case TAKEN -> line("WebSocket", "yes, at /");
      case OTHER_VERSION -> line("WebSocket", "/ answers 426 to version 13 of it");
      case NOT_HERE -> line("WebSocket", "not at /; other paths were not tried");
      case NOT_ASKED -> {}
    }
    if (spoken.fastCgi()) {
      line("FastCGI", "yes");
    }
  }

  private static String grpc(Grpc grpc) {
    String health =
        grpc.health().isEmpty()
            ? "no health service (grpc-status " + grpc.status() + ")"
            : "health " + grpc.health();
    return grpc.services().isEmpty()
        ? health + ", no reflection"
        : health + ", services " + String.join(", ", grpc.services());
  }

  private void chain(List<X509Certificate> chain, Optional<Trusts> trusts) {
    for (int i = 0; i < Math.min(chain.size(), MOST_CERTIFICATES); i++) {
      X509Certificate one = chain.get(i);
      out.append('\n');
      line(i == 0 ? "certificate" : "sent with it", CertificateText.subject(one));
      if (i == 0 && trusts.isPresent()) {
        List<String> names = trusts.get().names().all();
        line("  names", names.isEmpty() ? "none" : String.join(", ", names));
      }
      line(
          "  valid",
          CertificateText.day(one.getNotBefore())
              + " to "
              + CertificateText.day(one.getNotAfter()));
      line("  key", CertificateText.key(one));
      line(
          "  signed by",
          CertificateText.isSelfSigned(one) ? "itself" : CertificateText.issuer(one));
      line("  SHA-256", CertificateText.fingerprint(one));
    }
  }

  private void trusts(Trusts trusts) {
    out.append('\n').append(style.bold("Verified by")).append('\n');
    for (Trusts.Judged judged : trusts.judged()) {
      Mark mark = judged.verifies() ? Mark.GOOD : Mark.BAD;
      paragraph(
          mark, judged.source().text() + (judged.verifies() ? "" : ": no, " + judged.objection()));
    }
    if (!trusts.hostname().isEmpty()) {
      paragraph(Mark.GOOD, "by the name " + trusts.hostname());
    }
    trusts.uri().ifPresent(uri -> paragraph(Mark.GOOD, "by the name " + uri));
  }

  private void steps(Advice advice) {
    if (!advice.steps().isEmpty()) {
      out.append('\n').append(style.bold("To know")).append('\n');
    }
    for (Advice.Step step : advice.steps()) {
      paragraph(step.warning() ? Mark.WARNING : Mark.NOTE, step.text());
    }
  }

  private void manifests(Advice advice) {
    if (advice.patch().isPresent() || !advice.objects().isEmpty()) {
      out.append('\n').append(style.bold("To write")).append("\n\n");
      out.append(ProbeManifests.of(advice));
    }
  }

  private void paragraph(Mark mark, String text) {
    String sign = style.sign(mark) + " ";
    for (String line : Rows.wrap(text, style.width() - 2)) {
      out.append(sign).append(line).append('\n');
      sign = "  ";
    }
  }

  private void line(String label, String text) {
    String start = label + " ".repeat(Math.max(1, LABEL - label.length()));
    for (String line : Rows.wrap(text, style.width() - LABEL)) {
      out.append(start).append(line).append('\n');
      start = " ".repeat(LABEL);
    }
  }
}
