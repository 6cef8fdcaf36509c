package dev.postern.proxy.tls;

import java.security.cert.CertificateException;

/// A backend's certificate was refused. The message is for a person and holds no secret.
final class VerificationException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final TlsFailure.Kind kind;

  VerificationException(TlsFailure.Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  TlsFailure.Kind kind() {
    return kind;
  }

  /// Expected, and made for each handshake that fails: the trace would tell nothing.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
