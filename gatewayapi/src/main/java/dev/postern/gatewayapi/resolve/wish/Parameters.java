package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resource.TlsLimits;
import dev.postern.ir.CipherSuites;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import java.util.List;
import java.util.Optional;

/// Parameters of TLS from their words.
final class Parameters {
  private Parameters() {}

  static TlsParameters of(TlsLimits limits) {
    return of(
        limits.minVersion(),
        limits.maxVersion(),
        limits.cipherSuites(),
        limits.alpnProtocols().orElse(List.of()));
  }

  /// What is wrong with a list of cipher suites, as the end of a sentence about the object that has
  /// it; absent when nothing is. A limit of which a part is not understood is none.
  static Optional<String> unknownCiphers(List<String> ciphers) {
    List<String> unknown = CipherSuites.unknown(ciphers);
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "names the cipher suites "
                + String.join(", ", unknown)
                + ", which Postern does not have; give IANA's or OpenSSL's names");
  }

  /// An end that is older than the usual minimum moves the minimum with it.
  static TlsParameters of(
      Optional<String> min, Optional<String> max, List<String> ciphers, List<String> alpn) {
    Optional<Version> newest = max.flatMap(Parameters::version);
    Optional<Version> oldest =
        min.flatMap(Parameters::version)
            .or(() -> newest.filter(version -> version.compareTo(Version.TLS_1_2) < 0));
    return new TlsParameters(oldest, newest, ciphers, alpn);
  }

  /// Whether no handshake could succeed.
  static boolean isCrossed(TlsParameters parameters) {
    return parameters
        .minVersion()
        .flatMap(min -> parameters.maxVersion().filter(max -> min.compareTo(max) > 0))
        .isPresent();
  }

  private static Optional<Version> version(String text) {
    return switch (text) {
      case "1.0" -> Optional.of(Version.TLS_1_0);
      case "1.1" -> Optional.of(Version.TLS_1_1);
      case "1.2" -> Optional.of(Version.TLS_1_2);
      case "1.3" -> Optional.of(Version.TLS_1_3);
      default -> Optional.empty();
    };
  }
}
