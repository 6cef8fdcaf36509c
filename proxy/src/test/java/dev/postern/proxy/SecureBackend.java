package dev.postern.proxy;

import dev.postern.ir.UpstreamTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Who a backend over TLS is, on the JDK's TLS, and who trusts it.
final class SecureBackend {
  private static final String NAME = "example.com";

  private final X509Bundle identity;

  SecureBackend() throws Exception {
    identity =
        new CertificateBuilder()
            .subject("CN=" + NAME)
            .addSanDnsName(NAME)
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  /// Not bound yet.
  ServerSocket server() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
    return context.getServerSocketFactory().createServerSocket();
  }

  Optional<UpstreamTls> trusted() {
    return Optional.of(
        new UpstreamTls(
            NAME,
            new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns(NAME))));
  }
}
