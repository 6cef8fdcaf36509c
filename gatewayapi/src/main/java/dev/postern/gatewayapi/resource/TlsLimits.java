package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Optional;

/// What kinds of other gateways say about the parameters of TLS, in their words.
///
/// @param minVersion `1.0` to `1.3`; absent where nothing is said, or that it be automatic
/// @param alpnProtocols absent where nothing is said
public record TlsLimits(
    Optional<String> minVersion,
    Optional<String> maxVersion,
    List<String> cipherSuites,
    Optional<List<String>> alpnProtocols) {
  public TlsLimits {
    cipherSuites = List.copyOf(cipherSuites);
    alpnProtocols = alpnProtocols.map(List::copyOf);
  }
}
