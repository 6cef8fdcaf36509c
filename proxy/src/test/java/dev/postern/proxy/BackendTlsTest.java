package dev.postern.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ClientCertificate;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.TlsParameters.Version;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is shown to backends and what may be negotiated with them, against OpenSSL.
class BackendTlsTest {
  private static final X509Bundle SERVER = ca("example.com");
  private static final X509Bundle CLIENT_CA = ca("client-ca");

  @TempDir Path folder;

  private final StatStore stats = new StatStore(1);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final EmbeddedProxy proxy = proxy();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"ecp256,-tls1_2", "ecp256,-tls1_3", "rsa2048,-tls1_2", "rsa2048,-tls1_3"})
  void theClientCertificateIsShownWithItsChain(
      CertificateBuilder.Algorithm algorithm, String version) throws Exception {
    X509Bundle between =
        new CertificateBuilder()
            .subject("CN=between")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildIssuedBy(CLIENT_CA);
    X509Bundle shown =
        new CertificateBuilder().subject("CN=shown").algorithm(algorithm).buildIssuedBy(between);
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, version).port());
    proxy.apply(route.with(showing(shown)).ir());

    HttpResponse<String> page = get(route);

    assertThat(page.statusCode()).as("%s", log).isEqualTo(200);
    assertThat(shown(page)).isEqualTo("shown");
  }

  @Test
  void aClientCertificateThatIsMissingInTls13IsSaidSoAndTriedOnce() throws Exception {
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, "-tls1_3").port());
    proxy.apply(route.with(trusting(TlsParameters.DEFAULT)).ir());

    assertThat(get(route).statusCode()).isEqualTo(503);
    assertThat(log.getFirst())
        .contains(" 503 UC ")
        .contains("demands a client certificate and got none (TLS alert certificate_required)");
    assertThat(counter("ssl.connection_error")).isEqualTo(1);
    assertThat(counter("upstream_cx_total")).isEqualTo(1);
    assertThat(counter("upstream_rq_retry")).isZero();
  }

  @Test
  void aClientCertificateThatIsMissingInTls12FailsTheHandshake() throws Exception {
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, "-tls1_2").port());
    proxy.apply(route.with(trusting(TlsParameters.DEFAULT)).ir());

    assertThat(get(route).statusCode()).isEqualTo(503);
    assertThat(log.getFirst())
        .contains(" 503 UF ")
        .contains("or misses a client certificate (TLS alert handshake_failure)");
    assertThat(counter("ssl.connection_error")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void aClientCertificateOfAnotherCaIsShownAllTheSameAndItsRefusalUnderstood(String version)
      throws Exception {
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, version).port());
    proxy.apply(route.with(showing(ca("stranger"))).ir());

    HttpResponse<String> refusal = get(route);

    assertThat(refusal.statusCode()).isEqualTo(503);
    assertThat(refusal.body()).doesNotContain("certificate", "TLS");
    assertThat(log.getFirst()).contains("certificate that it was shown (TLS alert ");
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefusedWithoutTellingIt() throws Exception {
    X509Bundle one = ca("one");
    byte[] other = ca("two").getKeyPair().getPrivate().getEncoded();
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, "-tls1_3").port());
    proxy.apply(
        route
            .with(
                tls(
                    Optional.of(
                        new ClientCertificate(
                            "ns/secret", List.of(one.getCertificate()), new PrivateKeyDer(other))),
                    TlsParameters.DEFAULT))
            .ir());

    assertThat(get(route).statusCode()).isEqualTo(503);
    assertThat(log.getFirst())
        .contains("client certificate ns/secret cannot be used with its key")
        .doesNotContain(Base64.getEncoder().encodeToString(other).substring(10, 30));
  }

  @Test
  void aClientCertificateIsRotatedWithoutADroppedRequest() throws Exception {
    OneRoute route = OneRoute.to(demanding(CLIENT_CA, "-tls1_3").port());
    X509Bundle[] rotating = {issued("first"), issued("second")};
    proxy.apply(route.with(showing(rotating[0])).ir());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger good = new AtomicInteger();
    List<String> bad = new CopyOnWriteArrayList<>();
    Thread load =
        Thread.ofVirtual()
            .start(() -> {
              while (!stop.get()) {
                try {
                  HttpResponse<String> page = get(route);
                  if (page.statusCode() == 200) {
                    good.incrementAndGet();
                  } else {
                    bad.add(log.getLast());
                  }
                } catch (Exception e) {
                  bad.add(e.toString());
                }
              }
            });
    for (int i = 1; i <= 20; i++) {
      proxy.apply(route.with(showing(rotating[i % 2])).ir());
      assertThat(shown(get(route))).isEqualTo(i % 2 == 0 ? "first" : "second");
    }
    stop.set(true);
    load.join();
    assertThat(bad).isEmpty();
    assertThat(good.get()).isPositive();
  }

  @Test
  void anOldVersionIsSpokenOnlyWhereItIsAskedFor() throws Exception {
    OpenSslServer old = server("-tls1", "-cipher", "ALL:@SECLEVEL=0");
    OneRoute route = OneRoute.to(old.port());
    proxy.apply(route.with(trusting(TlsParameters.DEFAULT)).ir());
    assertThat(get(route).statusCode()).isEqualTo(503);
    assertThat(log.getFirst()).contains("TLS alert protocol_version");

    proxy.apply(route.with(trusting(versions(Version.TLS_1_0, Version.TLS_1_3))).ir());
    assertThat(get(route).statusCode()).as("%s", log).isEqualTo(200);
    assertThat(named("ssl.versions.TLSv1")).isEqualTo(1);
  }

  @Test
  void noVersionAboveTheHighestIsSpoken() throws Exception {
    OneRoute route = OneRoute.to(server().port());
    proxy.apply(route.with(trusting(versions(Version.TLS_1_2, Version.TLS_1_2))).ir());
    assertThat(get(route).statusCode()).as("%s", log).isEqualTo(200);
    assertThat(named("ssl.versions.TLSv1.2")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"})
  void theCipherSuiteThatIsNamedIsUsed(String name) throws Exception {
    OneRoute route = OneRoute.to(server("-tls1_2").port());
    proxy.apply(route.with(trusting(ciphers(name))).ir());
    assertThat(get(route).statusCode()).as("%s", log).isEqualTo(200);
    assertThat(named("ssl.ciphers.ECDHE-ECDSA-AES256-SHA")).isEqualTo(1);
  }

  @Test
  void aCipherSuiteThatIsNotKnownIsNotDroppedInSilence() throws Exception {
    OneRoute route = OneRoute.to(server().port());
    proxy.apply(route.with(trusting(ciphers("ECDHE-ECDSA-AES256-SHA", "ROT13"))).ir());
    assertThat(get(route).statusCode()).isEqualTo(503);
    assertThat(log.getFirst()).contains("cipher suites that are not known: ROT13");
  }

  @Test
  void whatABackendSaysInsteadOfTlsIsNoResponse() throws Exception {
    ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    open.add(plain);
    Thread.ofVirtual()
        .start(() -> {
          while (!plain.isClosed()) {
            try (Socket socket = plain.accept()) {
              socket
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"
                          .getBytes(StandardCharsets.US_ASCII));
              socket.getInputStream().readAllBytes();
            } catch (IOException e) {
              return;
            }
          }
        });
    OneRoute route = OneRoute.to(plain.getLocalPort());
    proxy.apply(route.with(trusting(TlsParameters.DEFAULT)).ir());

    HttpResponse<String> response = get(route);

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).doesNotContain("false");
    assertThat(log.getFirst()).contains("does not speak TLS on this port");
  }

  @Test
  void aHopThatIsNotVerifiedIsCounted() throws Exception {
    OneRoute route = OneRoute.to(server().port());
    UpstreamTls unverified =
        new UpstreamTls(
            "", new UpstreamTls.Trust.Unverified(), List.of(new UpstreamTls.SubjectName.Any()));
    proxy.apply(route.with(Optional.of(unverified)).ir());
    assertThat(get(route).statusCode()).isEqualTo(200);
    assertThat(counter("ssl.insecure")).isEqualTo(1);

    proxy.apply(route.with(trusting(TlsParameters.DEFAULT)).ir());
    assertThat(get(route).statusCode()).isEqualTo(200);
    assertThat(counter("ssl.insecure")).isEqualTo(1);
    assertThat(counter("ssl.handshake")).isEqualTo(2);
  }

  private OpenSslServer demanding(X509Bundle ca, String... options) throws IOException {
    Path file = OpenSslServer.write(folder, "ca.pem", ca.getCertificatePEM());
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("-Verify", "3", "-verify_return_error", "-CAfile", file.toString()));
    return server(all.toArray(new String[0]));
  }

  private OpenSslServer server(String... options) throws IOException {
    OpenSslServer server = new OpenSslServer(folder, SERVER, options);
    open.add(server);
    return server;
  }

  private EmbeddedProxy proxy() {
    EmbeddedProxy made =
        new EmbeddedProxy(
            new ProxyOptions(1, Optional.of(log::add), Timeouts.DEFAULT, Limits.DEFAULT), stats);
    open.add(made);
    return made;
  }

  private HttpResponse<String> get(OneRoute route) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + route.port() + "/")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Whose certificate the backend saw.
  private static String shown(HttpResponse<String> page) {
    Matcher subject =
        Pattern.compile("Client certificate.*Subject: CN ?= ?(\\S+)", Pattern.DOTALL)
            .matcher(page.body());
    return subject.find() ? subject.group(1) : "nobody";
  }

  private static Optional<UpstreamTls> showing(X509Bundle shown) {
    return tls(
        Optional.of(
            new ClientCertificate(
                "ns/" + shown.getCertificate().getSubjectX500Principal(),
                List.of(shown.getCertificatePath()),
                new PrivateKeyDer(shown.getKeyPair().getPrivate().getEncoded()))),
        TlsParameters.DEFAULT);
  }

  private static Optional<UpstreamTls> trusting(TlsParameters parameters) {
    return tls(Optional.empty(), parameters);
  }

  private static Optional<UpstreamTls> tls(
      Optional<ClientCertificate> certificate, TlsParameters parameters) {
    return Optional.of(
        new UpstreamTls(
            "example.com",
            new UpstreamTls.Trust.Anchors(List.of(SERVER.getCertificate())),
            List.of(new UpstreamTls.SubjectName.Dns("example.com")),
            certificate,
            parameters));
  }

  private static TlsParameters versions(Version min, Version max) {
    return new TlsParameters(Optional.of(min), Optional.of(max), List.of(), List.of());
  }

  private static TlsParameters ciphers(String... names) {
    return new TlsParameters(Optional.empty(), Optional.empty(), List.of(names), List.of());
  }

  private static X509Bundle issued(String name) throws Exception {
    return new CertificateBuilder().subject("CN=" + name).ecp256().buildIssuedBy(CLIENT_CA);
  }

  private static X509Bundle ca(String name) {
    try {
      return new CertificateBuilder()
          .subject("CN=" + name)
          .addSanDnsName(name)
          .ecp256()
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private StatGroup cluster() {
    return stats.find("cluster.c").orElseThrow();
  }

  private long counter(String name) {
    return cluster().numbers().get(name);
  }

  private long named(String name) {
    return cluster().named(name).sum();
  }
}
