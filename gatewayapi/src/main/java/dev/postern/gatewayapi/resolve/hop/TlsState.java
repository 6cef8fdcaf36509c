package dev.postern.gatewayapi.resolve.hop;

/// What the BackendTLSPolicies say about a Service port.
public enum TlsState {
  /// None is attached.
  NONE,
  /// The one that counts can be followed.
  VALID,
  /// The one that counts cannot be followed: nothing may be sent.
  INVALID
}
