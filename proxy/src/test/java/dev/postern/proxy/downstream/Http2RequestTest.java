package dev.postern.proxy.downstream;

import static dev.postern.proxy.downstream.FrameClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.proxy.stat.HttpStat;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is a request in HTTP/2, and what is not (RFC 9113 8).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2RequestTest {
  private static final int PROTOCOL_ERROR = 1;

  private static HttpBackend backend;
  private static TestProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    backend = new HttpBackend();
    proxy = new TestProxy(backend.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    backend.close();
  }

  /// Fields that are wrong behind those that a request has, `name=value` with commas between.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection=close",
        "keep-alive=timeout=5",
        "proxy-connection=close",
        "transfer-encoding=chunked",
        "upgrade=websocket",
        "te=gzip",
        "X-Upper=1",
        "bad name=1",
        "x-nul=a\0b",
        "x-line=a\nb",
        "x-return=a\rb",
        "x-leading= a",
        "x-trailing=a\t",
        "=empty name",
        ":method=GET",
        "host=other.example",
        "content-length=x",
        "content-length=1",
        "content-length=0,content-length=0"
      })
  void aRequestWithAFieldThatMayNotBeIsResetAndDoesNotReachTheBackend(String wrong)
      throws Exception {
    String[] more = wrong.split(",");
    String[] fields = request("GET", "/");
    String[] all = Arrays.copyOf(fields, fields.length + more.length * 2);
    for (int i = 0; i < more.length; i++) {
      int equals = more[i].indexOf('=');
      all[fields.length + i * 2] = more[i].substring(0, equals);
      all[fields.length + i * 2 + 1] = more[i].substring(equals + 1);
    }
    assertMalformed(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-slash", "*", "/white space", "/fragment#x", "/\u007f", "/\u00e4"})
  void aRequestForAMalformedTargetIsReset(String path) throws Exception {
    assertMalformed(request("GET", path));
  }

  @ParameterizedTest
  @ValueSource(strings = {":method", ":scheme", ":path", ":authority"})
  void aRequestWithoutAPseudoFieldIsReset(String missing) throws Exception {
    String[] fields = request("GET", "/");
    String[] fewer = new String[6];
    int to = 0;
    for (int i = 0; i < fields.length; i += 2) {
      if (!fields[i].equals(missing)) {
        fewer[to++] = fields[i];
        fewer[to++] = fields[i + 1];
      }
    }
    assertMalformed(fewer);
  }

  @Test
  void aPseudoFieldBehindAnotherFieldIsReset() throws Exception {
    assertMalformed(
        "x-first", "1", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
  }

  private static void assertMalformed(String... fields) throws Exception {
    int before = backend.requests.get();
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, fields);
      Frame reset = client.await(FrameClient.RST_STREAM);
      assertThat(reset.type()).isEqualTo(FrameClient.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(reset.resetCode()).isEqualTo(PROTOCOL_ERROR);
      client.get(3);
      assertThat(client.awaitEnd(3).endsStream()).as("the next one is served").isTrue();
    }
    assertThat(backend.requests.get()).isEqualTo(before + 1);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isPositive();
  }

  @Test
  void aBodyThatIsShorterThanItsLengthIsReset() throws Exception {
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, false, request("POST", "/", "content-length", "5"));
      client.frame(FrameClient.DATA, FrameClient.END_STREAM, 1, new byte[4]);
      assertThat(client.await(FrameClient.RST_STREAM).resetCode()).isEqualTo(PROTOCOL_ERROR);
    }
  }

  @Test
  void aBodyThatIsLongerThanItsLengthIsReset() throws Exception {
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, false, request("POST", "/", "content-length", "5"));
      client.frame(FrameClient.DATA, 0, 1, new byte[6]);
      assertThat(client.await(FrameClient.RST_STREAM).resetCode()).isEqualTo(PROTOCOL_ERROR);
    }
  }

  @Test
  void hostAloneIsEnoughAndCookieCrumbsBecomeOne() throws Exception {
    String printed =
        Program.run(
            "nghttp",
            "-v",
            "--no-dep",
            "-H",
            ":authority: name.example",
            "-H",
            "cookie: a=1",
            "-H",
            "cookie: b=2",
            "http://127.0.0.1:" + proxy.port() + "/crumbs");
    assertThat(printed)
        .contains("x-host: name.example")
        .contains("x-cookie: a=1; b=2")
        .contains("x-target: /crumbs");
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "h");
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void theBackendGetsThePathThatWasMatched(String version) throws Exception {
    String url = "http://127.0.0.1:" + proxy.port();
    assertThat(Program.run("curl", "-sSi", version, "--path-as-is", url + "/a/%2e%2e/b/./c%2F?d"))
        .contains("x-target: /b/c%2F?d");
    assertThat(Program.run("curl", "-sSi", version, "--path-as-is", url + "/a/../../b"))
        .contains(" 400", "the path climbs above the root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void noClientSaysWhoseCertificateItShowed(String version) throws Exception {
    assertThat(
            Program.run(
                "curl",
                "-sSi",
                version,
                "-H",
                "X-Forwarded-Client-Cert: Hash=forged",
                "-H",
                "x-forwarded-client-cert: Hash=again",
                "http://127.0.0.1:" + proxy.port() + "/"))
        .contains("x-client-cert: null");
  }

  @Test
  void headHasALengthAndNoBody() throws Exception {
    assertThat(
            Program.run(
                "curl",
                "-sS",
                "-I",
                "--http2-prior-knowledge",
                "http://127.0.0.1:" + proxy.port() + "/"))
        .startsWith("HTTP/2 200")
        .contains("content-length: 5");
  }

  @Test
  void aHeadThatIsTooLargeIsAnsweredAndTheConnectionGoesOn() throws Exception {
    byte[] block = FrameClient.block(request("GET", "/", "x-large", "a".repeat(62_000)));
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.frame(FrameClient.HEADERS, FrameClient.END_STREAM, 1, Arrays.copyOf(block, 16_384));
      for (int at = 16_384; at < block.length; at += 16_384) {
        int to = Math.min(block.length, at + 16_384);
        client.frame(
            FrameClient.CONTINUATION,
            to == block.length ? FrameClient.END_HEADERS : 0,
            1,
            Arrays.copyOfRange(block, at, to));
      }
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
      client.get(3);
      assertThat(client.awaitEnd(3).endsStream()).isTrue();
    }
    assertThat(proxy.log).anyMatch(line -> line.contains("HTTP/2\" 431"));
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_TOO_LARGE)).isPositive();
  }

  @Test
  void aRequestWithTooManyFieldsIsAnswered() throws Exception {
    String[] fields = new String[400];
    for (int i = 0; i < fields.length; i += 2) {
      fields[i] = "x-" + i;
      fields[i + 1] = "1";
    }
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, request("GET", "/", fields));
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
    }
    assertThat(proxy.log).anyMatch(line -> line.contains("HTTP/2\" 431"));
  }

  @Test
  void connectIsNotSupported() throws Exception {
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, ":method", "CONNECT", ":authority", "a.example:443");
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
    }
    assertThat(proxy.log).anyMatch(line -> line.contains("\"CONNECT - HTTP/2\" 501"));
  }

  @Test
  void methodOfThePrefaceIsNone() throws Exception {
    try (FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, request("PRI", "/"));
      assertThat(client.awaitEnd(1).endsStream()).isTrue();
    }
    assertThat(proxy.log).anyMatch(line -> line.contains("\"PRI / HTTP/2\" 501"));
  }
}
