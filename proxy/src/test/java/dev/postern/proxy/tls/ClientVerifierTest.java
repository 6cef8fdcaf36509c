package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.proxy.tls.ClientVerifier.Shown;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is made of a client's certificate that the handshake itself did not look at, as when the
/// JDK's engine resumes a session, of which it says nothing.
class ClientVerifierTest {
  private final X509Bundle authority = Certificates.selfSigned(Certificates.authority("ca"));
  private final X509Bundle server = Certificates.issued(Certificates.leaf("server"), authority);
  private final ClientValidation validation =
      new ClientValidation(List.of(authority.getCertificate()), false);

  @Test
  void aCertificateThatHasExpiredSinceLetsNobodyIn() throws Exception {
    X509Bundle expired =
        Certificates.issued(
            Certificates.leaf("client").notAfter(Instant.now().minus(Duration.ofMinutes(1))),
            authority);
    assertThat(ClientVerifier.shown(handshake(expired), validation, false))
        .isEqualTo(Shown.UNVERIFIED);
  }

  @Test
  void aGoodOneDoes() throws Exception {
    X509Bundle good = Certificates.issued(Certificates.leaf("client"), authority);
    assertThat(ClientVerifier.shown(handshake(good), validation, false)).isEqualTo(Shown.VALID);
  }

  /// @return the server's side, that takes any certificate
  private SslHandler handshake(X509Bundle client) throws Exception {
    SslHandler serverSide =
        SslContextBuilder.forServer(server.toKeyManagerFactory())
            .sslProvider(SslProvider.JDK)
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build()
            .newHandler(ByteBufAllocator.DEFAULT);
    SslHandler clientSide =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .keyManager(client.getKeyPair().getPrivate(), client.getCertificatePath())
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .build()
            .newHandler(ByteBufAllocator.DEFAULT);
    EmbeddedChannel near = new EmbeddedChannel(clientSide);
    EmbeddedChannel far = new EmbeddedChannel(serverSide);
    boolean moved = true;
    while (moved) {
      moved = pass(near, far) | pass(far, near);
    }
    assertThat(serverSide.handshakeFuture().isSuccess()).isTrue();
    return serverSide;
  }

  private static boolean pass(EmbeddedChannel from, EmbeddedChannel to) {
    Object octets = from.readOutbound();
    if (octets != null) {
      to.writeInbound(octets);
    }
    return octets != null;
  }
}
