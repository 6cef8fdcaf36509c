package dev.postern.proxy.tls;

import dev.postern.ir.CipherSuites;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// What every TLS connection has in common, in both directions: unless somebody asks for other, TLS
/// 1.2 and 1.3 with forward secrecy and authenticated encryption alone, as Envoy's defaults.
/// BoringSSL, or the JDK where that cannot be loaded.
final class TlsSettings {
  /// TLS 1.3's, which are always on.
  private static final List<String> TLS13_CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final List<String> CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

  /// TLS 1.0 and 1.1 know no better ones: added where somebody asked for these versions and named
  /// no suites.
  private static final List<String> OLD_CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
          "TLS_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_CBC_SHA");

  private static final String[] GROUPS = {"X25519", "P-256", "P-384"};

  private TlsSettings() {}

  /// @throws SSLException the limits leave nothing, or name a suite that is not known
  static SslContextBuilder apply(
      SslContextBuilder builder, List<String> alpn, TlsParameters parameters) throws SSLException {
    List<Version> versions = versions(parameters);
    builder
        .protocols(versions.stream().map(Version::text).toArray(String[]::new))
        .ciphers(ciphers(parameters, versions), SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            alpn.isEmpty()
                ? ApplicationProtocolConfig.DISABLED
                : new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    alpn));
    if (OpenSsl.isAvailable()) {
      return builder
          .sslProvider(SslProvider.OPENSSL_REFCNT)
          .option(OpenSslContextOption.GROUPS, GROUPS);
    }
    return builder.sslProvider(SslProvider.JDK);
  }

  /// The suites that may be agreed on; none where no connection can be served.
  static Set<String> served(TlsParameters parameters) {
    try {
      return Set.copyOf(ciphers(parameters, versions(parameters)));
    } catch (SSLException unusable) {
      return Set.of(); // said to whoever connects
    }
  }

  /// The best first.
  private static List<Version> versions(TlsParameters parameters) throws SSLException {
    Version min = parameters.minVersion().orElse(Version.TLS_1_2);
    Version max = parameters.maxVersion().orElse(Version.TLS_1_3);
    if (min.compareTo(max) > 0) {
      throw new SSLException(
          "no version of TLS is allowed: from %s to %s".formatted(min.text(), max.text()));
    }
    return Arrays.stream(Version.values())
        .filter(version -> version.compareTo(min) >= 0 && version.compareTo(max) <= 0)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static List<String> ciphers(TlsParameters parameters, List<Version> versions)
      throws SSLException {
    List<String> unknown = CipherSuites.unknown(parameters.cipherSuites());
    if (!unknown.isEmpty()) {
      throw new SSLException("cipher suites that are not known: " + String.join(", ", unknown));
    }
    List<String> ciphers = new ArrayList<>(TLS13_CIPHERS);
    if (!parameters.cipherSuites().isEmpty()) {
      parameters.cipherSuites().stream()
          .flatMap(name -> CipherSuites.iana(name).stream())
          .filter(name -> !CipherSuites.tls13(name))
          .forEach(ciphers::add);
      return ciphers;
    }
    boolean old = versions.getLast().compareTo(Version.TLS_1_2) < 0;
    return Stream.of(TLS13_CIPHERS, CIPHERS, old ? OLD_CIPHERS : List.<String>of())
        .flatMap(List::stream)
        .toList();
  }
}
