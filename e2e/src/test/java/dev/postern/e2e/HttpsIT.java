package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients see of TLS and HTTP/2: names, certificates, ALPN, prior knowledge. */
class HttpsIT {
  @TempDir static Path temp;

  private static final Certificates authority = Certificates.authority("Clients trust this");
  private static final Certificates a = authority.leafFor("a.tls.example");
  private static final Certificates wild = authority.leafFor("*.wild.example");
  private static final Certificates local = authority.leafFor("localhost");
  private static final Certificates extra = authority.leafFor("extra.tls.example");
  private static HttpBackend backend;
  private static PosternProcess postern;
  private static ManifestFolder folder;
  private static int port;
  private static int plainPort;
  private static Path caFile;

  @BeforeAll
  static void start() throws Exception {
    port = Ports.free();
    plainPort = Ports.free();
    backend = HttpBackend.echo("one");
    caFile = temp.resolve("ca.pem");
    Files.writeString(caFile, authority.certificatePem());
    folder = new ManifestFolder(temp.resolve("manifests"));
    folder
        .put(
            "gateway.yaml",
            Manifests.gatewayClass(),
            Manifests.gateway(
                Manifests.httpListener("http", plainPort),
                httpsListener("a", port, "a.tls.example", "cert-a"),
                httpsListener("wild", port, "*.wild.example", "cert-wild"),
                httpsListener("local", port, "localhost", "cert-local", "cert-extra"),
                httpsListener("extra", port, "extra.tls.example", "cert-local", "cert-extra"),
                httpsListener("broken", port, "broken.tls.example", "cert-nowhere")))
        .put(
            "secrets.yaml",
            tlsSecret("infra", "cert-a", a.chainPem(), a.keyPem()),
            tlsSecret("infra", "cert-wild", wild.chainPem(), wild.keyPem()),
            tlsSecret("infra", "cert-local", local.chainPem(), local.keyPem()),
            tlsSecret("infra", "cert-extra", extra.chainPem(), extra.keyPem()))
        .put("backend.yaml", backend("one", backend.port()), routeTo("all", "", "one", 80))
        .put(
            "only-a.yaml",
            Manifests.route(
                "default",
                "only-a",
                "a",
                "",
                "- matches:\n  - path: {value: /only-a}\n"
                    + "  backendRefs:\n  - {name: nothing, port: 1}\n"));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    backend.close();
  }

  private static RawHttp tls(String serverName, String... alpn) {
    return RawHttp.connectTls(port, serverName, authority.trustingContext(), alpn);
  }

  @ParameterizedTest
  @CsvSource({
    "a.tls.example, a.tls.example",
    "A.TLS.example, a.tls.example",
    "x.wild.example, *.wild.example",
    "x.y.wild.example, *.wild.example",
    "localhost, localhost",
    "extra.tls.example, extra.tls.example",
  })
  void serverNameChoosesListenerAndCertificate(String serverName, String certificate)
      throws Exception {
    try (RawHttp client = tls(serverName)) {
      X509Certificate shown = (X509Certificate) client.peerCertificate();
      assertThat(shown.getSubjectAlternativeNames().iterator().next().get(1))
          .isEqualTo(certificate);
      client.send(RawHttp.requestHead("GET", serverName, "/"));
      assertThat(client.response("GET").status()).isEqualTo(200);
      assertThat(backend.lastExchange().value("x-forwarded-proto")).isEqualTo("https");
    }
  }

  @ParameterizedTest
  @CsvSource({"unknown.example", "wild.example", "broken.tls.example"})
  void serverNameWithoutUsableListenerGetsNoConnection(String serverName) {
    assertThatThrownBy(() -> tls(serverName).close()).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void clientWithoutServerNameGetsNoConnectionWhereEveryListenerHasAHostname() {
    assertThatThrownBy(() -> tls("").close()).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void hostOfAnotherListenerIsNotServedOnThisConnection() {
    try (RawHttp client = tls("x.wild.example")) {
      client.send(RawHttp.requestHead("GET", "a.tls.example", "/only-a"));
      assertThat(client.response("GET").status()).isIn(404, 421);
    }
  }

  @Test
  void plaintextOnTlsPortIsNoHttp() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", "a.tls.example", "/"));
      assertThat(client.closedWithin(5_000)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"h2|http/1.1, h2", "http/1.1|h2, h2", "http/1.1, http/1.1", "'', ''"})
  void applicationProtocolIsNegotiated(String offered, String chosen) {
    try (RawHttp client =
        tls("a.tls.example", offered.isEmpty() ? new String[0] : offered.split("\\|"))) {
      assertThat(client.applicationProtocol()).isEqualTo(chosen);
    }
  }

  @ParameterizedTest
  @CsvSource({"--http2, 2", "--http1.1, 1.1"})
  void curlSpeaksTheVersionItWantsOverTls(String option, String version) {
    Curl.Result result =
        Curl.curl(
            option,
            "--cacert",
            caFile.toString(),
            "--resolve",
            "a.tls.example:" + port + ":127.0.0.1",
            "-w",
            "version %{http_version} status %{http_code}",
            "https://a.tls.example:" + port + "/hello?x=1");
    assertThat(result.output())
        .startsWith("GET /hello?x=1 HTTP/1.1\n")
        .contains("\nhost: a.tls.example:" + port + "\n")
        .endsWith("version " + version + " status 200");
  }

  @Test
  void curlSpeaksHttp2ByPriorKnowledge() {
    Curl.Result result =
        Curl.curl(
            "--http2-prior-knowledge",
            "-d",
            "some=data",
            "-w",
            "version %{http_version} status %{http_code}",
            "http://127.0.0.1:" + plainPort + "/post");
    assertThat(result.output())
        .startsWith("POST /post HTTP/1.1\n")
        .contains("some=data")
        .endsWith("version 2 status 200");
  }

  @ParameterizedTest
  @CsvSource({"1.0", "1.1"})
  void oldVersionsOfTlsAreRefused(String version) {
    Curl.Result result =
        Curl.curl(
            "--tls-max",
            version,
            "--ciphers",
            "DEFAULT@SECLEVEL=0",
            "--cacert",
            caFile.toString(),
            "--resolve",
            "a.tls.example:" + port + ":127.0.0.1",
            "https://a.tls.example:" + port + "/");
    assertThat(result.exit()).as(result.output()).isEqualTo(35);
  }

  @Test
  void manyHttp2RequestsOfTheJdkClientShareOneConnection() throws Exception {
    SSLContext trusting = authority.trustingContext();
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(trusting)
            .version(HttpClient.Version.HTTP_2)
            .connectTimeout(Duration.ofSeconds(10))
            .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
              .timeout(Duration.ofSeconds(20))
              .build();
      HttpResponse<String> first = client.send(request, BodyHandlers.ofString());
      assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
      List<CompletableFuture<HttpResponse<String>>> all =
          IntStream.range(0, 50)
              .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofString()))
              .toList();
      for (CompletableFuture<HttpResponse<String>> one : all) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void newCertificateIsShownToTheNextConnection() {
    Certificates fresh = authority.leafFor("fresh.tls.example");
    Certificates renewed = authority.leafFor("fresh.tls.example");
    int own = Ports.free();
    folder.put(
        "fresh-secret.yaml", tlsSecret("infra", "cert-fresh", fresh.chainPem(), fresh.keyPem()));
    folder.put(
        "fresh.yaml",
        Manifests.gateway(httpsListener("fresh", own, "fresh.tls.example", "cert-fresh"))
            .replace("name: http\n", "name: fresh\n"),
        routeTo("fresh", "", "one", 80).replace("- name: http", "- name: fresh"));
    awaitCertificate(own, fresh);
    try (RawHttp open = RawHttp.connectTls(own, "fresh.tls.example", authority.trustingContext())) {
      folder.put(
          "fresh-secret.yaml",
          tlsSecret("infra", "cert-fresh", renewed.chainPem(), renewed.keyPem()));
      awaitCertificate(own, renewed);
      open.send(RawHttp.requestHead("GET", "fresh.tls.example", "/"));
      assertThat(open.response("GET").status()).isEqualTo(200);
      // A key that does not fit leaves nobody with a wrong certificate.
      folder.put(
          "fresh-secret.yaml",
          tlsSecret("infra", "cert-fresh", renewed.chainPem(), fresh.keyPem()));
      Awaitility.await("the misfit is reported")
          .atMost(Duration.ofSeconds(20))
          .until(() -> postern.admin("/status").contains("Secret infra/cert-fresh"));
      folder.put(
          "fresh-secret.yaml", tlsSecret("infra", "cert-fresh", fresh.chainPem(), fresh.keyPem()));
      awaitCertificate(own, fresh);
    }
  }

  private static void awaitCertificate(int own, Certificates wanted) {
    Awaitility.await("the certificate is shown")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(() -> {
          try (RawHttp client =
              RawHttp.connectTls(own, "fresh.tls.example", authority.trustingContext())) {
            assertThat(client.peerCertificate())
                .as(postern::toString)
                .isEqualTo(wanted.certificate());
          }
        });
  }
}
