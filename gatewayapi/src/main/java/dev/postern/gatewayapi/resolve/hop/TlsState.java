package dev.postern.gatewayapi.resolve.hop;

/// Whether TLS is asked for and whom to trust is known, by a BackendTLSPolicy or whoever else may
/// say so.
public enum TlsState {
  /// Nobody asks for TLS.
  NONE,
  /// Who counts asks for TLS and can be followed.
  VALID,
  /// Who counts cannot be followed: nothing may be sent.
  INVALID
}
