package dev.postern.proxy;

import dev.postern.ir.UpstreamTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

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
    return context().getServerSocketFactory().createServerSocket();
  }

  /// The server's end of TLS on a connection that stays open when that ends.
  SSLSocket on(Socket connection) throws IOException {
    try {
      SSLSocket tls =
          (SSLSocket)
              context()
                  .getSocketFactory()
                  .createSocket(connection, NAME, connection.getPort(), false);
      tls.setUseClientMode(false);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    try {
      context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
    } catch (GeneralSecurityException e) {
      throw e;
    } catch (Exception e) {
      throw new GeneralSecurityException(e);
    }
    return context;
  }

  Optional<UpstreamTls> trusted() {
    return Optional.of(
        new UpstreamTls(
            NAME,
            new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns(NAME))));
  }
}
