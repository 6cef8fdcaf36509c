package dev.postern.proxy.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/// What a handshake agreed on, in Envoy's words: `ssl.versions.<version>`, `ssl.ciphers.<cipher>`,
/// `ssl.curves.<curve>`, `ssl.session_reused`.
///
/// @param version such as `TLSv1.3`
/// @param cipher OpenSSL's name, such as `TLS_AES_128_GCM_SHA256` or `ECDHE-RSA-AES128-GCM-SHA256`
/// @param curve such as `X25519`; empty where it is not known
/// @param resumed a session was resumed; never known of the JDK's engine
/// @param alpn the protocol, or empty where none was agreed on
public record TlsFacts(String version, String cipher, String curve, boolean resumed, String alpn) {

  /// OpenSSL's names of what the JDK's engine may choose and calls otherwise.
  private static final Map<String, String> OPENSSL_NAMES =
      Map.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384");

  /// To be asked once, right after the handshake, on the event loop.
  public static TlsFacts of(SslHandler handler) {
    String protocol = handler.applicationProtocol();
    String alpn = protocol == null ? "" : protocol;
    SSLEngine engine = handler.engine();
    if (engine instanceof ReferenceCountedOpenSslEngine boring && boring.refCnt() > 0) {
      long ssl = boring.sslPointer();
      if (ssl != 0) {
        return new TlsFacts(
            SSL.getVersion(ssl),
            SSL.getCipherForSSL(ssl),
            group(ssl),
            SSL.isSessionReused(ssl),
            alpn);
      }
    }
    SSLSession session = engine.getSession();
    String cipher = session.getCipherSuite();
    return new TlsFacts(
        session.getProtocol(), OPENSSL_NAMES.getOrDefault(cipher, cipher), "", false, alpn);
  }

  private static String group(long ssl) {
    try {
      String name = SSL.getGroupName(ssl);
      return name == null ? "" : name;
    } catch (Exception e) {
      return ""; // a native library that does not know it
    }
  }
}
