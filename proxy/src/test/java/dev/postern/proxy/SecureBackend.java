package dev.postern.proxy;

import dev.postern.ir.UpstreamTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Who a backend over TLS is, on the JDK's TLS, and who trusts it.
public final class SecureBackend {
  private static final String NAME = "example.com";

  private final X509Bundle identity;
  private final SSLContext context = SSLContext.getInstance("TLS");

  public SecureBackend() throws Exception {
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

  /// Its connections do not end with their TLS.
  ///
  /// @param version of TLS, as the JDK calls it
  /// @param connections to which each is added, to be closed by who asked
  public ServerSocket layered(String version, List<? super Socket> connections) throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress()) {
      @Override
      public Socket accept() throws IOException {
        Socket plain = super.accept();
        connections.add(plain);
        SSLSocket tls =
            (SSLSocket)
                context.getSocketFactory().createSocket(plain, NAME, plain.getPort(), false);
        tls.setUseClientMode(false);
        tls.setEnabledProtocols(new String[] {version});
        return tls;
      }
    };
  }

  public Optional<UpstreamTls> trusted() {
    return Optional.of(
        new UpstreamTls(
            NAME,
            new UpstreamTls.Trust.Anchors(List.of(identity.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns(NAME))));
  }
}
