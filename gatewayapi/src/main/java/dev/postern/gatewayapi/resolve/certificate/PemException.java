package dev.postern.gatewayapi.resolve.certificate;

/// A certificate or key that cannot be used. The message is for a person and quotes nothing secret.
public final class PemException extends Exception {
  private static final long serialVersionUID = 1L;

  PemException(String message) {
    super(message, null, false, false);
  }
}
