package dev.postern.proxy.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Why a TLS handshake failed.
///
/// @param kind for the stats: exactly one of them is counted
/// @param reason for the log and the admin page, never for a response; without secrets
public record TlsFailure(Kind kind, String reason) {

  /// Envoy's names.
  public enum Kind {
    /// The chain or the dates of the certificates.
    FAIL_VERIFY_ERROR("ssl.fail_verify_error"),
    /// None of the names is in the certificate.
    FAIL_VERIFY_SAN("ssl.fail_verify_san"),
    /// The peer sent no certificate.
    FAIL_VERIFY_NO_CERT("ssl.fail_verify_no_cert"),
    /// Everything else that is TLS's fault.
    CONNECTION_ERROR("ssl.connection_error");

    private final String stat;

    Kind(String stat) {
      this.stat = stat;
    }

    /// The counter, as it stands behind `cluster.<name>.` or `listener.<name>.`.
    public String stat() {
      return stat;
    }
  }

  /// What the cause of a failed handshake means.
  ///
  /// @param peer `address:port`
  public static TlsFailure of(Throwable cause, String peer) {
    @Nullable SSLException tls = null;
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof VerificationException refused) {
        return new TlsFailure(refused.kind(), String.valueOf(refused.getMessage()));
      }
      if (at instanceof NotSslRecordException) {
        return error(peer + " does not speak TLS on this port: it sent something else");
      }
      if (at instanceof SslHandshakeTimeoutException) {
        return error(peer + " did not finish the TLS handshake in time");
      }
      if (at instanceof SSLException ssl) {
        tls = ssl;
        if (String.valueOf(ssl.getMessage()).contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
          return new TlsFailure(Kind.FAIL_VERIFY_NO_CERT, peer + " sent no certificate");
        }
        Alert alert = Alert.of(ssl);
        if (alert != null) {
          return error(peer + " " + alert.meaning());
        }
      }
    }
    if (cause instanceof ClosedChannelException
        || (tls != null
            && String.valueOf(tls.getMessage()).startsWith("Connection closed while"))) {
      return error(peer + " closed the connection during the TLS handshake");
    }
    if (cause instanceof IOException && tls == null) {
      return error("connection to " + peer + " broke during the TLS handshake: " + text(cause));
    }
    return error("TLS handshake with " + peer + " failed: " + text(tls == null ? cause : tls));
  }

  /// What an error on a connection means whose handshake is done. In TLS 1.3 a backend that refuses
  /// the client's certificate, or misses it, says so only then (RFC 8446 4.4.2.4).
  ///
  /// @param peer `address:port`
  /// @return null when TLS has nothing to do with it
  public static @Nullable TlsFailure afterHandshake(Throwable cause, String peer) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof SSLException ssl) {
        Alert alert = Alert.of(ssl);
        return error(
            alert != null ? peer + " " + alert.meaning() : "TLS with " + peer + ": " + text(ssl));
      }
    }
    return null;
  }

  private static TlsFailure error(String reason) {
    return new TlsFailure(Kind.CONNECTION_ERROR, reason);
  }

  static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : Printable.text(message);
  }
}
