package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.TlsOrPlainBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the other tests stand on stands by itself. */
class FixturesIT {
  @TempDir Path temp;

  @Test
  void nginxServesItsPageOverTlsAndRefusesPlaintextOnThatPort() {
    Certificates certificate = Certificates.selfSigned("example.com");
    try (NginxProcess nginx = NginxProcess.walkThrough(temp, certificate)) {
      assertThat(RawHttp.get(nginx.plainPort(), "example.com", "/").text())
          .contains("Welcome to nginx!");
      RawResponse refused = RawHttp.get(nginx.tlsPort(), "example.com", "/");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("plain HTTP request was sent to HTTPS port");
      try (RawHttp client =
          RawHttp.connectTls(nginx.tlsPort(), "example.com", certificate.trustingContext())) {
        client.send(RawHttp.requestHead("GET", "example.com:8080", "/hello"));
        assertThat(client.response("GET").text())
            .isEqualTo("hello over HTTP/1.1 for example.com:8080\n");
      }
    }
  }

  @Test
  void backendTellsWhatItGotAndUnderWhichName() {
    Certificates authority = Certificates.authority("test authority");
    Certificates leaf = authority.leafFor("a.example", "b.example");
    try (HttpBackend backend = HttpBackend.echo("one", leaf);
        RawHttp client =
            RawHttp.connectTls(backend.port(), "b.example", authority.trustingContext())) {
      client.send(RawHttp.requestHead("POST", "x", "/p", "Content-Length: 3")).send("abc");
      RawResponse response = client.response("POST");
      assertThat(response.value("backend")).isEqualTo("one");
      assertThat(response.text()).startsWith("POST /p HTTP/1.1\n").endsWith("\n\nabc");
      assertThat(backend.lastExchange().serverName()).isEqualTo("b.example");
    }
  }

  /** What OpenSSL says of a server's certificate and a name; empty when it is content. */
  private String openssl(Certificates server, Certificates trusted, String hostname)
      throws Exception {
    Path leaf = Files.writeString(temp.resolve("leaf.pem"), server.certificatePem());
    Path chain = Files.writeString(temp.resolve("chain.pem"), server.chainPem());
    Path ca = Files.writeString(temp.resolve("ca.pem"), trusted.certificatePem());
    Process process =
        new ProcessBuilder(
                ("openssl verify -partial_chain -purpose sslserver -no-CApath -no-CAstore"
                        + " -verify_hostname %s -CAfile %s -untrusted %s %s")
                    .formatted(hostname, ca, chain, leaf)
                    .split(" "))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said;
  }

  @Test
  void certificatesHaveTheFaultsThatTheyAreMadeFor() throws Exception {
    String name = "a.example";
    Certificates authority = Certificates.authority("Authority");
    Certificates twin = Certificates.authority("Authority");
    Certificates self = Certificates.selfSigned(name);
    Certificates middle = authority.intermediate("Middle");
    assertThat(openssl(authority.leafFor(name), authority, name)).isEmpty();
    assertThat(openssl(authority.leafFor(name), authority, "b.example")).contains("ostname");
    assertThat(openssl(authority.leafFor(name), twin, name)).contains("signature failure");
    assertThat(openssl(self, self, name)).isEmpty();
    assertThat(self.certificate().getBasicConstraints()).isEqualTo(-1);
    assertThat(self.certificate().getSubjectX500Principal())
        .isEqualTo(self.certificate().getIssuerX500Principal());
    Certificates expired =
        authority.leaf(name, b -> Certificates.expired(Certificates.withDns(b, name)));
    assertThat(openssl(expired, authority, name)).contains("expired");
    Certificates early =
        authority.leaf(name, b -> Certificates.notYetValid(Certificates.withDns(b, name)));
    assertThat(openssl(early, authority, name)).contains("not yet valid");
    Certificates expiredSelf =
        Certificates.selfSigned(name, b -> Certificates.expired(Certificates.withDns(b, name)));
    assertThat(openssl(expiredSelf, expiredSelf, name)).contains("expired");
    Certificates expiredAuthority = Certificates.authority("Old", Certificates::expired);
    assertThat(openssl(expiredAuthority.leafFor(name), expiredAuthority, name)).contains("expired");
    assertThat(openssl(middle.leafFor(name), authority, name)).isEmpty();
    assertThat(openssl(middle.leafFor(name), middle, name)).isEmpty();
    assertThat(openssl(middle.leafFor(name).alone(), authority, name))
        .contains("unable to get local issuer");
    assertThat(openssl(authority.leafFor("x").leafOfLeaf(name), authority, name))
        .contains("invalid CA certificate");
    assertThat(openssl(authority.clientLeaf(name), authority, name)).contains("purpose");
    Certificates wildcard = authority.leafFor("*.wild.example");
    assertThat(openssl(wildcard, authority, "a.wild.example")).isEmpty();
    assertThat(openssl(wildcard, authority, "a.b.wild.example")).contains("ostname");
    Certificates spiffe = authority.leaf("x", b -> Certificates.withUri(b, "spiffe://a/b"));
    assertThat(spiffe.certificate().getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://a/b"));
  }

  @Test
  void oneServerTakesTlsAndPlaintextOnOnePort() {
    Certificates self = Certificates.selfSigned("a.example");
    try (TlsOrPlainBackend backend = new TlsOrPlainBackend("both", self);
        RawHttp plain = RawHttp.connect(backend.port());
        RawHttp tls = RawHttp.connectTls(backend.port(), "a.example", self.trustingContext())) {
      for (RawHttp client : List.of(plain, tls, plain, tls, tls)) {
        client.send(RawHttp.requestHead("GET", "x", "/"));
        assertThat(client.response("GET").text()).isEqualTo("ok\n");
      }
      assertThat(backend.overPlaintext()).isEqualTo(2);
      assertThat(backend.overTls()).isEqualTo(3);
    }
  }

  @Test
  void curlReachesTheBackend() {
    try (HttpBackend backend = HttpBackend.echo("one")) {
      Curl.Result result = Curl.curl("http://127.0.0.1:" + backend.port() + "/x");
      assertThat(result.exit()).isZero();
      assertThat(result.output()).startsWith("GET /x HTTP/1.1");
    }
  }
}
