package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls.ClientValidation;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Decides whether a client's certificate is good (GEP-91), by the rules for backends but for the
/// extended key usage clientAuth; names are not looked at.
public final class ClientVerifier extends X509ExtendedTrustManager {
  private final ClientValidation validation;
  private final Anchors anchors;
  private final InstantSource clock;

  /// What a client showed.
  public enum Shown {
    NOTHING,
    VALID,
    UNVERIFIED
  }

  ClientVerifier(ClientValidation validation, InstantSource clock) {
    this.validation = validation;
    this.anchors = new Anchors(validation.trust(), "the trusted certificates");
    this.clock = clock;
  }

  /// What the client of a connection showed whose handshake is done.
  ///
  /// @param resumed whether it was shown to a handshake before: judged again, for the certificate
  ///   may have expired since. Where the engine is the JDK's nobody knows: then it always is
  public static Shown shown(SslHandler tls, ClientValidation validation, boolean resumed) {
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      if (chain.length == 0) {
        return Shown.NOTHING;
      }
      boolean judged = !resumed && tls.engine() instanceof ReferenceCountedOpenSslEngine;
      if (judged && !validation.insecureFallback()) {
        return Shown.VALID;
      }
      X509Certificate[] sent =
          Arrays.stream(chain).map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
      return new ClientVerifier(validation, InstantSource.system()).refusal(sent) == null
          ? Shown.VALID
          : Shown.UNVERIFIED;
    } catch (SSLPeerUnverifiedException e) {
      return Shown.NOTHING;
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    VerificationException refused = validation.insecureFallback() ? null : refusal(chain);
    if (refused != null) {
      throw new OpenSslCertificateException(
          refused.getMessage(),
          refused,
          CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    }
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

  private @Nullable VerificationException refusal(X509Certificate[] chain) {
    List<X509Certificate> sent = BackendVerifier.readable(chain);
    if (sent.isEmpty()) {
      return refused("the client's certificate cannot be read");
    }
    String who = "the client's certificate (" + Printable.subject(sent.get(0)) + ") ";
    try {
      Issuers.Verdict verdict = Issuers.judge(sent, anchors, clock.instant(), Purpose.CLIENT);
      return verdict.objection() == null ? null : refused(who + verdict.objection());
    } catch (RuntimeException e) {
      return refused(who + "cannot be judged: " + e.getClass().getSimpleName());
    }
  }

  private static VerificationException refused(String message) {
    return new VerificationException(TlsFailure.Kind.FAIL_VERIFY_ERROR, message);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this verifies clients alone");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  /// Not told: the list would tell who is trusted here.
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
