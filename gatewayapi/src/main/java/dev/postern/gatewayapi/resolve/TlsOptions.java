package dev.postern.gatewayapi.resolve;

import dev.postern.ir.CipherSuites;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What `tls.options` of a listener may say, under `postern.dev/`.
///
/// @param problem why a value cannot be followed; then the listener is not served, since what was
///   meant as a limit would be none
record TlsOptions(TlsParameters parameters, Optional<String> problem) {
  private static final String MIN_VERSION = "postern.dev/min-version";
  private static final String MAX_VERSION = "postern.dev/max-version";
  private static final String CIPHER_SUITES = "postern.dev/cipher-suites";

  static final Set<String> KEYS = Set.of(MIN_VERSION, MAX_VERSION, CIPHER_SUITES);

  static TlsOptions of(Map<String, String> options) {
    for (String key : List.of(MIN_VERSION, MAX_VERSION)) {
      String value = options.get(key);
      if (value != null && version(value).isEmpty()) {
        return bad(key + " is \"" + value + "\"; it must be 1.0, 1.1, 1.2 or 1.3");
      }
    }
    List<String> suites = suites(options.getOrDefault(CIPHER_SUITES, ""));
    List<String> unknown = CipherSuites.unknown(suites);
    if (!unknown.isEmpty()) {
      return bad(
          CIPHER_SUITES
              + " names "
              + String.join(", ", unknown)
              + ", which Postern does not have; give IANA's or OpenSSL's names, with commas"
              + " between them");
    }
    Optional<Version> newest =
        Optional.ofNullable(options.get(MAX_VERSION)).flatMap(TlsOptions::version);
    Optional<Version> oldest =
        Optional.ofNullable(options.get(MIN_VERSION))
            .flatMap(TlsOptions::version)
            .or(() -> newest.filter(version -> version.compareTo(Version.TLS_1_2) < 0));
    if (oldest.isPresent() && newest.isPresent() && oldest.get().compareTo(newest.get()) > 0) {
      return bad(MIN_VERSION + " is later than " + MAX_VERSION);
    }
    return new TlsOptions(new TlsParameters(oldest, newest, suites, List.of()), Optional.empty());
  }

  private static TlsOptions bad(String why) {
    return new TlsOptions(TlsParameters.DEFAULT, Optional.of(why));
  }

  private static List<String> suites(String text) {
    return Arrays.stream(text.split("[,:\\s]+", -1)).filter(suite -> !suite.isEmpty()).toList();
  }

  private static Optional<Version> version(String text) {
    return switch (text.strip()) {
      case "1.0" -> Optional.of(Version.TLS_1_0);
      case "1.1" -> Optional.of(Version.TLS_1_1);
      case "1.2" -> Optional.of(Version.TLS_1_2);
      case "1.3" -> Optional.of(Version.TLS_1_3);
      default -> Optional.empty();
    };
  }
}
