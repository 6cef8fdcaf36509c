package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Decides whether a backend is who it should be: a path to one of the trust anchors (`Issuers`,
/// `PathRules`), then one of the names in the subject alternative names. The JDK's own verifier
/// would skip the dates of anchors and fall back to common names.
///
/// Refusals are [CertificateException]s that [TlsFailure#of] understands.
public final class BackendVerifier extends X509ExtendedTrustManager {
  private static final int MOST_CERTIFICATES = 20;

  private final @Nullable Supplier<Anchors> anchors;
  private final List<SubjectName> names;
  private final InstantSource clock;
  private final Consumer<Instant> verifiedUntil;

  /// @param clock tells the time that dates are compared with
  public BackendVerifier(UpstreamTls tls, InstantSource clock) {
    this(tls, clock, _ -> {});
  }

  /// @param verifiedUntil told for each certificate that is accepted when that ends; from any
  ///   thread
  BackendVerifier(UpstreamTls tls, InstantSource clock, Consumer<Instant> verifiedUntil) {
    this(
        switch (tls.trust()) {
          case UpstreamTls.Trust.Anchors(List<X509Certificate> certificates) ->
              constant(new Anchors(certificates, "the trusted certificates"));
          case UpstreamTls.Trust.System() -> SystemTrust::anchors;
          case UpstreamTls.Trust.Unverified() -> null;
        },
        tls.names(),
        clock,
        verifiedUntil);
  }

  /// @param anchors null to believe any certificate
  BackendVerifier(
      @Nullable Supplier<Anchors> anchors,
      List<SubjectName> names,
      InstantSource clock,
      Consumer<Instant> verifiedUntil) {
    this.anchors = anchors;
    this.names = names;
    this.clock = clock;
    this.verifiedUntil = verifiedUntil;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    VerificationException refused =
        refusal(chain, engine.getPeerHost() + ":" + engine.getPeerPort());
    if (refused != null) {
      throw engine instanceof ReferenceCountedOpenSslEngine
          ? new OpenSslCertificateException(refused.getMessage(), refused, alert(refused))
          : refused;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    VerificationException refused = refusal(chain, "the backend");
    if (refused != null) {
      throw refused;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this verifies backends alone");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private @Nullable VerificationException refusal(
      X509Certificate @Nullable [] chain, String backend) {
    if (chain == null || chain.length == 0) {
      return new VerificationException(
          TlsFailure.Kind.FAIL_VERIFY_NO_CERT, backend + " sent no certificate");
    }
    Supplier<Anchors> trusted = anchors;
    if (trusted == null) {
      return null;
    }
    List<X509Certificate> sent = readable(chain);
    if (sent.isEmpty()) {
      return chainError("the certificate of " + backend + " cannot be read");
    }
    X509Certificate leaf = sent.get(0);
    String who = "the certificate of " + backend + " (" + Printable.subject(leaf) + ") ";
    try {
      Issuers.Verdict verdict = Issuers.judge(sent, trusted.get(), clock.instant(), Purpose.SERVER);
      if (verdict.objection() != null) {
        return chainError(who + verdict.objection());
      }
      SubjectNames presented = SubjectNames.of(leaf);
      if (names.stream().noneMatch(presented::has)) {
        return new VerificationException(
            TlsFailure.Kind.FAIL_VERIFY_SAN,
            who + presented.describe() + "; expected " + expected());
      }
      verifiedUntil.accept(verdict.until());
      return null;
    } catch (RuntimeException e) {
      // A certificate odd enough to trip a parser is not verified: closed, not open.
      return chainError(who + "cannot be judged: " + e.getClass().getSimpleName());
    }
  }

  /// The leaf and what can be parsed of the rest; nothing when the leaf cannot.
  static List<X509Certificate> readable(X509Certificate[] chain) {
    List<X509Certificate> readable = new ArrayList<>(chain.length);
    for (X509Certificate certificate : chain) {
      try {
        certificate.getVersion(); // Netty parses late
        certificate.getPublicKey();
        readable.add(certificate);
      } catch (RuntimeException e) {
        if (readable.isEmpty()) {
          return List.of();
        }
      }
      if (readable.size() == MOST_CERTIFICATES) {
        break;
      }
    }
    return readable;
  }

  private String expected() {
    return names.stream()
        .map(name ->
            switch (name) {
              case SubjectName.Dns(String dns) -> "DNS:" + dns;
              case SubjectName.Uri(String uri) -> "URI:" + uri;
              case SubjectName.OfEndpoint() -> "the endpoint's own name";
              case SubjectName.Any() -> "anything";
            })
        .collect(Collectors.joining(" or "));
  }

  private static VerificationException chainError(String message) {
    return new VerificationException(TlsFailure.Kind.FAIL_VERIFY_ERROR, message);
  }

  /// What the backend is told, which it may log.
  private static int alert(VerificationException refused) {
    return refused.kind() == TlsFailure.Kind.FAIL_VERIFY_SAN
        ? CertificateVerifier.X509_V_ERR_CERT_REJECTED
        : CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  }

  private static Supplier<Anchors> constant(Anchors anchors) {
    return () -> anchors;
  }
}
