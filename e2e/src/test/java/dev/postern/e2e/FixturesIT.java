package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
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

  @Test
  void curlReachesTheBackend() {
    try (HttpBackend backend = HttpBackend.echo("one")) {
      Curl.Result result = Curl.curl("http://127.0.0.1:" + backend.port() + "/x");
      assertThat(result.exit()).isZero();
      assertThat(result.output()).startsWith("GET /x HTTP/1.1");
    }
  }
}
