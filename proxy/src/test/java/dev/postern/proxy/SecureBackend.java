package dev.postern.proxy;

import dev.postern.ir.UpstreamTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Who a backend over TLS is, on the JDK's TLS, and who trusts it.
final class SecureBackend {
  private static final String NAME = "example.com";

  private final X509Bundle identity;
  private final SSLContext context = SSLContext.getInstance("TLS");

  SecureBackend() throws Exception {
    identity =
        new CertificateBuilder()
            .subject("CN=" + NAME)
            .addSanDnsName(NAME)
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
  }

  /// Not bound yet.
  ServerSocket server() throws IOException {
    return context.getServerSocketFactory().createServerSocket();
  }

  /// The server's end of TLS on a connection that stays open when that ends.
  SSLSocket on(Socket connection) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(connection, NAME, connection.getPort(), false);
    tls.setUseClientMode(false);
    return tls;
  }

  Optional<UpstreamTls> trusted() {
    return Optional.of(
        new UpstreamTls(
            NAME,
            new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns(NAME))));
  }
}
