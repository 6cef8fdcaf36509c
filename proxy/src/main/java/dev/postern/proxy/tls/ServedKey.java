package dev.postern.proxy.tls;

import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which clients the key of a certificate can serve, under its listener's limits.
final class ServedKey {
  /// IANA's numbers of the suites up to TLS 1.2 that [dev.postern.ir.CipherSuites] names.
  private static final Map<String, Integer> SUITES =
      Map.ofEntries(
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030),
          Map.entry("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9),
          Map.entry("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc009),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013),
          Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 0xc00a),
          Map.entry("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xc014),
          Map.entry("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c),
          Map.entry("TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009d),
          Map.entry("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f),
          Map.entry("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035));

  /// A curve's group, and its scheme in TLS 1.3.
  private record Curve(int group, int scheme) {
    static Curve of(ECPublicKey key) {
      return switch (key.getParams().getCurve().getField().getFieldSize()) {
        case 256 -> new Curve(23, 0x0403);
        case 384 -> new Curve(24, 0x0503);
        case 521 -> new Curve(25, 0x0603);
        default -> new Curve(-1, -1); // TLS has no more for keys of its own
      };
    }
  }

  private final String algorithm;
  private final @Nullable Curve curve;
  private final Set<Integer> suites;
  private final boolean tls13;
  private final boolean oldVersions;

  /// @param served names of the suites that may be agreed on
  ServedKey(PublicKey key, TlsParameters parameters, Set<String> served) {
    algorithm = key.getAlgorithm();
    curve = key instanceof ECPublicKey ec ? Curve.of(ec) : null;
    boolean rsa = algorithm.startsWith("RSA");
    suites =
        SUITES.entrySet().stream()
            .filter(suite -> served.contains(suite.getKey()))
            .filter(suite -> suite.getKey().startsWith("TLS_ECDHE_ECDSA_") != rsa)
            .map(Map.Entry::getValue)
            .collect(Collectors.toUnmodifiableSet());
    tls13 = parameters.maxVersion().orElse(Version.TLS_1_3) == Version.TLS_1_3;
    oldVersions =
        parameters.minVersion().filter(min -> min.compareTo(Version.TLS_1_2) < 0).isPresent();
  }

  /// Whether it can sign for the client with a hash that is still good. Where the listener asks for
  /// older versions of TLS, clients may be as old.
  boolean signsFor(@Nullable ClientOffer client) {
    return oldVersions || OfferedSignatures.goodFor(client, algorithm);
  }

  /// Whether all is there for a handshake with the client: in TLS 1.3 a scheme, which names the
  /// curve as well (RFC 8446 4.2.3); up to TLS 1.2 also a suite for such keys and the curve among
  /// the groups (RFC 5246 7.4.2, RFC 8422 5.1).
  boolean suits(@Nullable ClientOffer client) {
    if (client == null) {
      return true;
    }
    if (tls13 && client.tls13()) {
      return ClientOffer.any(client.schemes(), tls13Schemes());
    }
    return ClientOffer.any(client.suites(), suites::contains)
        && takesCurve(client)
        && (oldVersions ? signsSomehow(client) : signsFor(client));
  }

  private boolean takesCurve(ClientOffer client) {
    Curve own = curve;
    return own == null || ClientOffer.any(client.groups(), group -> group == own.group);
  }

  private IntPredicate tls13Schemes() {
    Curve own = curve;
    if (own != null) {
      return scheme -> scheme == own.scheme;
    }
    return algorithm.equals("RSA")
        ? OfferedSignatures::pss
        : OfferedSignatures.fitting(algorithm, OfferedSignatures.SHA_256);
  }

  /// Also with SHA-1, which is meant where the client says nothing (RFC 5246 7.4.1.4.1).
  private boolean signsSomehow(ClientOffer client) {
    return client.version() < ClientOffer.TLS_1_2
        || !client.schemes().isReadable()
        || ClientOffer.any(
            client.schemes(), OfferedSignatures.fitting(algorithm, OfferedSignatures.SHA_1));
  }
}
