package dev.postern.ir;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The cipher suites that may be named for TLS up to 1.2: those that BoringSSL has, which is what
/// Envoy offers too. Without a pre-shared key, which nobody can configure.
public final class CipherSuites {
  /// IANA's names of TLS 1.3's suites. They are always on: neither BoringSSL nor Envoy lets one
  /// choose among them.
  private static final Set<String> TLS13 =
      Set.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final Map<String, String> OPENSSL_BY_IANA =
      Map.ofEntries(
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
          Map.entry(
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
          Map.entry("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
          Map.entry("TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
          Map.entry("TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
          Map.entry("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
          Map.entry("TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"));

  private static final Map<String, String> IANA = ianaNames();

  private CipherSuites() {}

  /// IANA's name of a suite that is given by that or by OpenSSL's name, in any letter case.
  ///
  /// @return empty for what is not known
  public static Optional<String> iana(String name) {
    return Optional.ofNullable(IANA.get(name.strip().toUpperCase(Locale.ROOT)));
  }

  /// Those that are not known, as they were written: each of them belongs into a finding.
  public static List<String> unknown(List<String> names) {
    return names.stream().filter(name -> iana(name).isEmpty()).toList();
  }

  /// Whether it is one of TLS 1.3's, which to name has no effect.
  ///
  /// @param iana as [#iana] gives it
  public static boolean tls13(String iana) {
    return TLS13.contains(iana);
  }

  private static Map<String, String> ianaNames() {
    Map<String, String> names = new TreeMap<>();
    TLS13.forEach(name -> names.put(name, name));
    OPENSSL_BY_IANA.forEach((iana, openSsl) -> {
      names.put(iana, iana);
      names.put(openSsl, iana);
    });
    return names;
  }
}
