package dev.postern.proxy.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ClientCertificate;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.SecureBackend;
import dev.postern.proxy.worker.Timeouts;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FastCgiTlsTest {

  @Test
  void fastCgiOverTlsReachesWhoIsTrustedAndNobodyElse() throws Exception {
    X509Bundle own = selfSigned();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.toKeyManagerFactory().getKeyManagers(), null, null);
    try (ScriptedApplication application =
        new ScriptedApplication(
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
            (r, out) ->
                ScriptedApplication.respond(
                    out, "Content-Type: text/plain\n\n" + r.params().get("SCRIPT_NAME")))) {
      try (FastCgiGateway gateway = gateway(own, application.port())) {
        HttpResponse<String> response = gateway.get("/a.php");
        assertThat(response.body()).isEqualTo("/a.php");
        assertThat(gateway.log.getFirst()).contains("FastCGI TLSv1.3");
      }
      try (FastCgiGateway gateway = gateway(selfSigned(), application.port())) {
        assertThat(gateway.get("/a.php").statusCode()).isEqualTo(503);
      }
      assertThat(application.requests).hasSize(1);
    }
  }

  @Test
  void aClientCertificateThatIsRefusedIsNoFaultOfTheApplication() throws Exception {
    X509Bundle own = selfSigned();
    X509Bundle stranger = selfSigned();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        own.toKeyManagerFactory().getKeyManagers(),
        own.toTrustManagerFactory().getTrustManagers(),
        null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    try (ScriptedApplication application =
            new ScriptedApplication(server, (r, out) -> ScriptedApplication.respond(out, "\n"));
        FastCgiGateway gateway =
            gateway(own, Optional.of(certificate(stranger)), application.port())) {
      HttpResponse<String> response = gateway.get("/a.php");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).doesNotContain("certificate", "TLS");
      assertThat(gateway.log.getFirst()).contains(" 503 UC ", "TLS alert ");
      assertThat(application.requests).isEmpty();
    }
  }

  /// It says by TLS that nothing more comes (RFC 8446 6.1), and does not close the connection.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void aResponseThatEndsWithItsTlsAloneIsOneThatFailed(String version) throws Exception {
    SecureBackend secure = new SecureBackend();
    List<Socket> connections = new CopyOnWriteArrayList<>();
    try (ScriptedApplication application =
            new ScriptedApplication(
                secure.layered(version, connections),
                (_, out) -> ScriptedApplication.record(out, 6, "Content-Type: text/plain\n"));
        FastCgiGateway gateway = gateway(secure.trusted(), application.port())) {
      assertThat(gateway.get("/a.php").statusCode()).isEqualTo(502);
      assertThat(gateway.log.getFirst()).contains(" 502 ", "the backend closed the connection");
    } finally {
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }

  private static ClientCertificate certificate(X509Bundle shown) {
    return new ClientCertificate(
        "ns/secret",
        List.of(shown.getCertificatePath()),
        new PrivateKeyDer(shown.getKeyPair().getPrivate().getEncoded()));
  }

  private static FastCgiGateway gateway(X509Bundle trusted, int port) throws Exception {
    return gateway(trusted, Optional.empty(), port);
  }

  private static FastCgiGateway gateway(
      X509Bundle trusted, Optional<ClientCertificate> shown, int port) throws Exception {
    return gateway(
        Optional.of(
            new UpstreamTls(
                "example.com",
                new UpstreamTls.Trust.Anchors(List.of(trusted.getCertificate())),
                List.of(new UpstreamTls.SubjectName.Dns("example.com")),
                shown,
                TlsParameters.DEFAULT)),
        port);
  }

  private static FastCgiGateway gateway(Optional<UpstreamTls> tls, int port) throws Exception {
    return new FastCgiGateway(
        new FastCgiOptions(
            FastCgiOptions.Parameters.STANDARD,
            "/srv/www",
            Optional.empty(),
            "index.php",
            List.of(".php"),
            List.of(),
            1 << 20),
        tls,
        Timeouts.DEFAULT,
        port);
  }

  private static X509Bundle selfSigned() throws Exception {
    return new CertificateBuilder()
        .subject("CN=example.com")
        .addSanDnsName("example.com")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }
}
