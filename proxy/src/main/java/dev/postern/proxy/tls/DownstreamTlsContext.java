package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import javax.net.ssl.SSLException;

/// How to serve one certificate. Session tickets are sealed with keys of its own, which BoringSSL
/// makes and changes by itself.
final class DownstreamTlsContext {
  /// For clients of TLS 1.2 that take no tickets.
  private static final int SESSIONS = 1024;

  private final ServerCertificate certificate;
  private final DownstreamTls tls;
  private final LazySslContext context;
  private final SubjectNames names;
  private final ServedKey key;

  DownstreamTlsContext(ServerCertificate certificate, DownstreamTls tls) {
    this.certificate = certificate;
    this.tls = tls;
    this.context = new LazySslContext(() -> build(certificate, tls));
    this.names = SubjectNames.of(certificate.chain().get(0));
    this.key =
        new ServedKey(
            certificate.chain().get(0).getPublicKey(),
            tls.parameters(),
            TlsSettings.served(tls.parameters()));
  }

  ServerCertificate certificate() {
    return certificate;
  }

  DownstreamTls tls() {
    return tls;
  }

  /// @param serverName lower case
  boolean fits(String serverName) {
    return names.hasDns(serverName);
  }

  ServedKey key() {
    return key;
  }

  SslHandler newHandler(ByteBufAllocator allocator) throws SSLException {
    SslHandler handler = context.newHandler(c -> c.newHandler(allocator));
    if (certificate.ocspResponse().isPresent()
        && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      engine.setOcspResponse(certificate.ocspResponse().get().der());
    }
    return handler;
  }

  void close() {
    context.close();
  }

  private static SslContext build(ServerCertificate certificate, DownstreamTls tls)
      throws SSLException {
    try {
      SslContextBuilder builder =
          TlsSettings.apply(
                  SslContextBuilder.forServer(
                      ServerKey.of(certificate.privateKey()),
                      certificate.chain().toArray(new X509Certificate[0])),
                  tls.alpn(),
                  tls.parameters())
              .sessionCacheSize(SESSIONS)
              .enableOcsp(certificate.ocspResponse().isPresent() && OpenSsl.isOcspSupported());
      ClientValidation validation = tls.clientValidation().orElse(null);
      if (validation == null) {
        return builder.build();
      }
      return builder
          .clientAuth(validation.insecureFallback() ? ClientAuth.OPTIONAL : ClientAuth.REQUIRE)
          .trustManager(new ClientVerifier(validation, InstantSource.system()))
          .build();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SSLException(
          "certificate " + certificate.name() + " cannot be served: its key cannot be used", e);
    }
  }
}
