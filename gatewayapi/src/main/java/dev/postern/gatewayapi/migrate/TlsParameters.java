package dev.postern.gatewayapi.migrate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// nginx's lists of TLS versions and cipher suites in the gateway's words.
final class TlsParameters {
  private TlsParameters() {}

  /// minVersion, maxVersion and cipherSuites of a BackendConnectionPolicy; those that are the usual
  /// ones, or cannot be said, are left out.
  static Map<String, Object> of(String protocols, String ciphers) {
    Map<String, Object> tls = new LinkedHashMap<>();
    List<String> versions = versions(protocols);
    if (versions.size() == 1 && versions.getFirst().matches("1\\.[23]")) {
      tls.put("minVersion", versions.getFirst());
      tls.put("maxVersion", versions.getFirst());
    }
    List<String> suites = suites(ciphers);
    if (!suites.isEmpty() && !"1.3".equals(tls.get("minVersion"))) {
      tls.put("cipherSuites", suites);
    }
    return tls;
  }

  /// Whether proxy-ssl-protocols takes it; for anything else it is TLSv1.2.
  static boolean isProtocols(String annotation) {
    return annotation.matches("TLSv1\\.[23]( +TLSv1\\.[23])*+");
  }

  /// Whether proxy-ssl-ciphers takes it; for anything else it is DEFAULT.
  static boolean isCiphers(String annotation) {
    return annotation.matches("[A-Za-z0-9+:_!-]*");
  }

  /// Such as `1.2`, the oldest first; empty where there is another word in the list.
  static List<String> versions(String protocols) {
    TreeSet<String> versions = new TreeSet<>();
    for (String word : protocols.strip().split("\\s+", -1)) {
      if (!word.matches("TLSv1(\\.[123])?")) {
        return List.of();
      }
      versions.add(word.equals("TLSv1") ? "1.0" : word.substring(4));
    }
    return List.copyOf(versions);
  }

  /// Names of OpenSSL for TLS 1.2; empty where there is anything else, such as HIGH or !aNULL.
  static List<String> suites(String ciphers) {
    List<String> suites = Arrays.stream(ciphers.strip().split(":", -1)).distinct().toList();
    boolean plain =
        suites.size() <= 64
            && suites.stream()
                .allMatch(suite ->
                    suite.matches(
                        "ECDHE-(RSA|ECDSA)-(AES(128|256)-(GCM-)?SHA(256|384)?|CHACHA20-POLY1305)"));
    return plain ? suites : List.of();
  }
}
