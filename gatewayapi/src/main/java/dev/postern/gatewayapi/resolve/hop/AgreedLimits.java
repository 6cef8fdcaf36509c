package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resolve.hop.Claims.Claim;
import dev.postern.gatewayapi.resolve.hop.Hop.Source;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The parameters of TLS out of what several say, each field by the first that says it. A version
/// that no handshake could have beside one that counts more does not count.
///
/// @param by those of whom something counts, the first one first
/// @param alpn who says what ALPN offers
/// @param overruled those of whom nothing counts
record AgreedLimits(
    TlsParameters parameters, List<Source> by, Optional<Source> alpn, List<Source> overruled) {

  static AgreedLimits of(Claims<TlsParameters> claims) {
    TlsParameters merged = TlsParameters.DEFAULT;
    List<Source> by = new ArrayList<>();
    List<Source> overruled = new ArrayList<>();
    Optional<Source> alpn = Optional.empty();
    for (Claim<TlsParameters> claim : claims.all()) {
      TlsParameters more = fill(merged, claim.value());
      (more.equals(merged) ? overruled : by).add(claim.source());
      if (alpn.isEmpty() && !more.alpnProtocols().isEmpty()) {
        alpn = Optional.of(claim.source());
      }
      merged = more;
    }
    return new AgreedLimits(merged, by, alpn, overruled);
  }

  private static TlsParameters fill(TlsParameters first, TlsParameters then) {
    Optional<Version> min =
        first
            .minVersion()
            .or(() -> then.minVersion().filter(version -> isUpTo(version, first.maxVersion())));
    Optional<Version> max =
        first
            .maxVersion()
            .or(() ->
                then.maxVersion()
                    .filter(version -> min.isEmpty() || min.get().compareTo(version) <= 0));
    return new TlsParameters(
        min,
        max,
        first.cipherSuites().isEmpty() ? then.cipherSuites() : first.cipherSuites(),
        first.alpnProtocols().isEmpty() ? then.alpnProtocols() : first.alpnProtocols());
  }

  private static boolean isUpTo(Version version, Optional<Version> max) {
    return max.isEmpty() || version.compareTo(max.get()) <= 0;
  }
}
