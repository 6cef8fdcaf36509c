package dev.postern.gatewayapi.resolve.hop;

/// How much a [Wish] counts. The order of the constants is the order for everything but TLS, where
/// [#XBACKEND] comes before [#POSTERN_POLICY] and a BackendTLSPolicy before all.
public enum Authority {
  /// Postern's BackendConnectionPolicy.
  POSTERN_POLICY,
  /// What an XBackend says about itself, and an XBackendTrafficPolicy about a backend.
  XBACKEND,
  /// A kind of another gateway, honoured as it is.
  FOREIGN
}
