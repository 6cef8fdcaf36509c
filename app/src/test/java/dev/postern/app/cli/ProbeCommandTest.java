package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.cli.ScriptedServer.Shown;
import dev.postern.app.demo.SelfSigned;
import dev.postern.app.report.Style;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeCommandTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int probe(String... more) {
    var words = new ArrayList<>(List.of("probe"));
    words.addAll(List.of(more));
    return Cli.execute(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Optional.of(new Style(10_000, false))),
        words);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static CertificateBuilder certificate(String name) {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .addSanDnsName(name)
        .setKeyUsage(true, CertificateBuilder.KeyUsage.digitalSignature)
        .addExtendedKeyUsageServerAuth();
  }

  private static X509Bundle authority() throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=Authority")
        .setIsCertificateAuthority(true)
        .setKeyUsage(true, CertificateBuilder.KeyUsage.keyCertSign)
        .buildSelfSigned();
  }

  /// For shop.example, as the guides have it.
  private static Shown selfSigned() {
    SelfSigned made = SelfSigned.forDnsName("shop.example", Duration.ofDays(90));
    return new Shown(made.key(), made.certificate());
  }

  /// Without the authority that signed it.
  private static Shown issued(CertificateBuilder builder) throws Exception {
    X509Bundle leaf = builder.buildIssuedBy(authority());
    return new Shown(leaf.getKeyPair().getPrivate(), leaf.getCertificate());
  }

  private static ScriptedServer https(Shown shown) throws Exception {
    return ScriptedServer.tls(shown, null, server -> {}, socket -> ScriptedServer.http(socket, OK));
  }

  @Test
  void plainHttpIsSaidWithItsAppProtocol() throws IOException {
    try (var server = ScriptedServer.plain(socket -> ScriptedServer.http(socket, OK))) {
      assertThat(probe(server.address())).isZero();
      assertThat(out())
          .contains(server.address() + " speaks HTTP/1.1, without TLS", "answers / with 200")
          .contains("HTTP/2              no", "WebSocket           not at /")
          .contains("appProtocol: http\n")
          .doesNotContain("BackendTLSPolicy");
    }
  }

  @Test
  void aWebSocketAtTheRootIsSaid() throws IOException {
    String taken =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    try (var server = ScriptedServer.plain(socket -> ScriptedServer.http(socket, taken))) {
      assertThat(probe(server.address())).isZero();
      assertThat(out())
          .contains("WebSocket           yes, at /", "appProtocol: kubernetes.io/ws\n");
    }
  }

  @Test
  void aSelfSignedCertificateIsItsOwnAuthority() throws Exception {
    try (var server = https(selfSigned())) {
      assertThat(probe(server.address(), "--sni", "shop.example")).isZero();
      assertThat(out())
          .contains("speaks TLS, HTTP/1.1", "TLSv1.3, TLSv1.2", "signed by         itself")
          .contains("✗ the system's CAs", "✓ the certificate itself", "by the name shop.example")
          .contains("compare its SHA-256", "hostname: shop.example", "ca.crt: |\n    -----BEGIN")
          .contains("appProtocol: https\n")
          .doesNotContain("failed");
    }
  }

  @Test
  void whatTlsCannotCarryAsANameDoesNotHideThatItIsSpoken() throws Exception {
    try (var server = https(selfSigned())) {
      assertThat(probe(server.address(), "--sni", "my_shop.example")).isZero();
      assertThat(out())
          .contains("speaks TLS, HTTP/1.1", "my_shop.example is no name that TLS can carry")
          .contains("hostname: shop.example", "appProtocol: https\n");
    }
  }

  @Test
  void theTopOfAChainIsPreferred() throws Exception {
    X509Bundle authority = authority();
    X509Bundle leaf = certificate("shop.example").buildIssuedBy(authority);
    Shown whole =
        new Shown(
            leaf.getKeyPair().getPrivate(), leaf.getCertificate(), authority.getCertificate());
    try (var server = https(whole)) {
      assertThat(probe(server.address(), "-o", "yaml")).isZero();
      assertThat(out().replaceAll("(?m)^ +", ""))
          .contains(authority.getCertificatePEM().strip().replace("\r", ""))
          .contains("hostname: shop.example");
    }
  }

  @Test
  void aLeafWhoseAuthorityIsUnknownIsTrustedItselfWithAWarning() throws Exception {
    try (var server = https(issued(certificate("shop.example")))) {
      assertThat(probe(server.address())).isZero();
      assertThat(out()).contains("whoever signed its certificate (CN=Authority) is not known here");
    }
  }

  @Test
  void anExpiredCertificateIsSaidAndNoPolicyIsWrittenForIt() throws Exception {
    Instant now = Instant.now();
    Shown expired =
        issued(
            certificate("shop.example")
                .notBefore(now.minus(Duration.ofDays(30)))
                .notAfter(now.minus(Duration.ofDays(1))));
    try (var server = https(expired)) {
      assertThat(probe(server.address())).isZero();
      assertThat(out())
          .contains("nothing verifies its certificate", "expired on", "renew it")
          .doesNotContain("kind:");
      out.reset();
      assertThat(probe(server.address(), "-o", "yaml")).isZero();
      assertThat(out().lines()).allMatch(line -> line.startsWith("#"));
    }
  }

  @Test
  void aCertificateWithoutNamesIsSaid() throws Exception {
    Shown nameless = issued(new CertificateBuilder().ecp256().subject("CN=shop.example"));
    try (var server = https(nameless)) {
      assertThat(probe(server.address())).isZero();
      assertThat(out())
          .contains("names             none", "a common name does not count")
          .doesNotContain("kind:");
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void aClientCertificateThatIsDemandedIsSaid(String version) throws Exception {
    Shown shown = selfSigned();
    try (var server =
        ScriptedServer.tls(
            shown,
            authority(),
            socket -> socket.setEnabledProtocols(new String[] {version}),
            socket -> ScriptedServer.http(socket, OK))) {
      assertThat(probe(server.address())).isZero();
      assertThat(out())
          .contains("client certificate  demanded", "kubectl create secret tls", version)
          .contains("kind: BackendConnectionPolicy", "clientCertificateRef:")
          .contains("hostname: shop.example");
    }
  }

  @Test
  void aBackendOfTls12AloneIsFine() throws Exception {
    try (var server =
        ScriptedServer.tls(
            selfSigned(),
            null,
            socket -> socket.setEnabledProtocols(new String[] {"TLSv1.2"}),
            socket -> ScriptedServer.http(socket, OK))) {
      assertThat(probe(server.address())).isZero();
      assertThat(out()).contains("TLS                 TLSv1.2,").doesNotContain("TLSv1.3");
    }
  }

  @Test
  void aServiceThatExistsIsPatchedAndNotApplied() throws Exception {
    try (var server = https(selfSigned())) {
      assertThat(probe(server.address(), "--service", "shop/web:443", "-o", "yaml")).isZero();
      assertThat(out())
          .contains(
              "# kubectl patch service -n shop web", "{\"port\":443,\"appProtocol\":\"https\"}")
          .contains("namespace: shop", "name: web-ca")
          .doesNotContain("kind: Service\nmetadata");
    }
  }

  @Test
  void whoSpeaksFirstIsQuotedWithoutItsControlCharacters() throws IOException {
    try (var server =
        ScriptedServer.plain(socket -> {
          socket
              .getOutputStream()
              .write("220 mail\u001b[2J\r\n".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().readAllBytes();
        })) {
      assertThat(probe(server.address())).isEqualTo(1);
      assertThat(out())
          .contains("speaks nothing that is known", "\"220 mail?[2J\"", "TCPRoute")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void whoClosesEveryConnectionIsSaid() throws IOException {
    try (var server = ScriptedServer.plain(Socket::close)) {
      assertThat(probe(server.address())).isEqualTo(1);
      assertThat(out()).contains("closes them at once", "PROXY protocol");
    }
  }

  @Test
  void whoNeverAnswersTakesABoundedTime() throws Exception {
    var end = new CountDownLatch(1);
    try (var server = ScriptedServer.plain(socket -> end.await())) {
      long start = System.nanoTime();
      assertThat(probe(server.address(), "--timeout", "100ms")).isEqualTo(1);
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(10);
      assertThat(out()).contains("answered none of them", "hang");
    } finally {
      end.countDown();
    }
  }

  @Test
  void whoNeverStopsSendingIsCutOff() throws IOException {
    try (var server =
        ScriptedServer.plain(socket -> {
          int first = socket.getInputStream().read();
          while (first >= 0) {
            socket.getOutputStream().write(new byte[64 << 10]);
          }
        })) {
      assertThat(probe(server.address(), "--timeout", "500ms")).isEqualTo(1);
      assertThat(out()).contains("speaks nothing that is known");
    }
  }

  @Test
  void anotherProtocolIsQuoted() throws IOException {
    try (var server =
        ScriptedServer.plain(socket -> {
          ScriptedServer.head(socket.getInputStream());
          socket
              .getOutputStream()
              .write("-ERR unknown command\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
      assertThat(probe(server.address(), "--timeout", "500ms")).isEqualTo(1);
      assertThat(out()).contains("\"-ERR unknown command\"", "clients of another protocol");
    }
  }

  @Test
  void whoRefusesIsNotReached() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(probe("127.0.0.1:" + port)).isEqualTo(2);
    assertThat(err()).contains("refuses the connection", "check the port").hasLineCount(1);
    assertThat(out()).isEmpty();
    assertThat(probe("127.0.0.1:" + port, "-o", "json")).isEqualTo(2);
    assertThat(out())
        .startsWith("{\n  \"target\": \"127.0.0.1:" + port + "\",\n  \"reached\": false,")
        .contains("\"problem\": \"it refuses the connection\"", "\"whatToDo\": \"");
  }

  @Test
  void aNameThatDoesNotResolveIsNotReached() {
    assertThat(probe("no-such-host.invalid:80")).isEqualTo(2);
    assertThat(err()).contains("cannot be resolved", "kubectl port-forward").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere, 'takes HOST:PORT, such as 10.0.0.7:8443'",
    "127.0.0.1:0, takes HOST:PORT",
    "'a b:80', takes HOST:PORT",
    "127.0.0.1:80 --sni=a/b, --sni takes a host name",
    "127.0.0.1:80 --timeout=5, takes a duration",
    "127.0.0.1:80 --service=web, takes NAMESPACE/NAME",
    "127.0.0.1:80 -o=xml, 'text, json or yaml'",
    "127.0.0.1:80 127.0.0.1:81, which backend",
  })
  void whatWasAskedWronglyIsExitCodeThree(String words, String said) {
    assertThat(probe(words.equals("a b:80") ? new String[] {words} : words.split(" ")))
        .isEqualTo(3);
    assertThat(err()).contains(said);
  }
}
