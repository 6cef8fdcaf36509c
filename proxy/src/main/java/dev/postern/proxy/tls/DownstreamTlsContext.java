package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.TlsParameters;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/// How to serve one certificate. Session tickets are sealed with keys of its own, which BoringSSL
/// makes and changes by itself.
final class DownstreamTlsContext {
  /// For clients of TLS 1.2 that take no tickets.
  private static final int SESSIONS = 1024;

  private final ServerCertificate certificate;
  private final List<String> alpn;
  private final LazySslContext context;
  private final SubjectNames names;

  /// Of [DownstreamTlsContexts], under its lock.
  int users;

  DownstreamTlsContext(ServerCertificate certificate, List<String> alpn) {
    this.certificate = certificate;
    this.alpn = alpn;
    this.context = new LazySslContext(() -> build(certificate, alpn));
    this.names = SubjectNames.of(certificate.chain().get(0));
  }

  ServerCertificate certificate() {
    return certificate;
  }

  List<String> alpn() {
    return alpn;
  }

  /// @param serverName lower case
  boolean fits(String serverName) {
    return names.hasDns(serverName);
  }

  SslHandler newHandler(ByteBufAllocator allocator) throws SSLException {
    return context.newHandler(c -> c.newHandler(allocator));
  }

  void close() {
    context.close();
  }

  private static SslContext build(ServerCertificate certificate, List<String> alpn)
      throws SSLException {
    try {
      return TlsSettings.apply(
              SslContextBuilder.forServer(
                  ServerKey.of(certificate.privateKey()),
                  certificate.chain().toArray(new X509Certificate[0])),
              alpn,
              TlsParameters.DEFAULT)
          .sessionCacheSize(SESSIONS)
          .build();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SSLException(
          "certificate " + certificate.name() + " cannot be served: its key cannot be used", e);
    }
  }
}
