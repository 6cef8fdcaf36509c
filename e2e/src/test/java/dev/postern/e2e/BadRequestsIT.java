package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/1.1 requests that nobody should send, and that nobody else may notice. */
class BadRequestsIT {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x.test\r\n\r\n";

  @TempDir static Path temp;

  private static HttpBackend backend;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    backend = HttpBackend.echo("one");
    ManifestFolder folder =
        new ManifestFolder(temp)
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                backend("one", backend.port()),
                routeTo("all", "x.test", "one", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    backend.close();
  }

  @AfterEach
  void nothingWasSmuggledAndOthersAreServed() {
    assertThat(backend.exchanges()).noneMatch(exchange -> exchange.target().contains("smuggled"));
    assertThat(RawHttp.get(port, "x.test", "/after").status()).isEqualTo(200);
  }

  private static Arguments framing(String name, String fields, String body) {
    return Arguments.of(name, "POST / HTTP/1.1\r\nHost: x.test\r\n" + fields + "\r\n" + body);
  }

  static Stream<Arguments> messagesWithoutACertainEnd() {
    return Stream.of(
        framing(
            "content-length and chunked",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n" + SMUGGLED),
        framing(
            "chunked and content-length",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "0\r\n\r\n" + SMUGGLED),
        framing("two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd" + SMUGGLED),
        framing("two lengths in one field", "Content-Length: 3, 4\r\n", "abcd" + SMUGGLED),
        framing("length with plus", "Content-Length: +3\r\n", "abc" + SMUGGLED),
        framing("negative length", "Content-Length: -3\r\n", "abc" + SMUGGLED),
        framing("hexadecimal length", "Content-Length: 0x3\r\n", "abc" + SMUGGLED),
        framing("length with a word", "Content-Length: 3 bytes\r\n", "abc" + SMUGGLED),
        framing("empty length", "Content-Length: \r\n", SMUGGLED),
        framing("length over 2^64", "Content-Length: 18446744073709551619\r\n", "abc" + SMUGGLED),
        framing("length with underscore", "Content-Length: 1_0\r\n", "0123456789" + SMUGGLED),
        framing("identity then chunked", "Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
        framing("chunked then identity", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        framing("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
        framing(
            "chunked in two fields",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n"),
        framing("xchunked", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        framing("chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        framing("chunked with vertical tab", "Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n"),
        framing("chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
        framing("gzip", "Transfer-Encoding: gzip\r\n", SMUGGLED),
        framing("space before colon", "Content-Length : 3\r\n", "abc" + SMUGGLED),
        framing("tab before colon", "Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n" + SMUGGLED),
        Arguments.of(
            "chunked in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: x.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + SMUGGLED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messagesWithoutACertainEnd")
  void messageWithoutACertainEndIsRefusedAndTheConnectionClosed(String name, String bytes) {
    int before = backend.requests();
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(bytes);
      assertThat(client.response("POST").status()).isIn(400, 501);
      assertThat(client.closedWithin(5_000)).as("the connection is closed").isTrue();
    }
    assertThat(backend.requests()).isEqualTo(before);
  }

  private static Arguments head(String name, String bytes) {
    return Arguments.of(name, bytes);
  }

  static Stream<Arguments> malformedHeads() {
    String get = "GET / HTTP/1.1\r\nHost: x.test\r\n";
    return Stream.of(
        head("bare LF after the request line", "GET / HTTP/1.1\nHost: x.test\r\n\r\n"),
        head("bare LF after a field", get + "A: b\nC: d\r\n\r\n"),
        head("bare LF everywhere", "GET / HTTP/1.1\nHost: x.test\n\n"),
        head("bare CR in a value", get + "A: b\rC: d\r\n\r\n"),
        head("bare CR ends the head", get + "A: b\r\rGET /smuggled HTTP/1.1\r\n\r\n"),
        head("NUL in a value", get + "A: b\0c\r\n\r\n"),
        head("NUL in a name", get + "A\0: b\r\n\r\n"),
        head("obs-fold", get + "A: b\r\n c\r\n\r\n"),
        head("obs-fold with tab", get + "A: b\r\n\tc\r\n\r\n"),
        head("fold right after the request line", "GET / HTTP/1.1\r\n Host: x.test\r\n\r\n"),
        head("no colon", get + "nonsense\r\n\r\n"),
        head("empty name", get + ": value\r\n\r\n"),
        head("space in a name", get + "A B: c\r\n\r\n"),
        head("parentheses in a name", get + "A(B): c\r\n\r\n"),
        head("control byte in a value", get + "A: b\u0001c\r\n\r\n"),
        head("byte over 127 in a name", get + "\u00c4: c\r\n\r\n"),
        head("no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n"),
        head("two hosts", get + "Host: y.test\r\n\r\n"),
        head("host with a space", "GET / HTTP/1.1\r\nHost: x.test y\r\n\r\n"),
        head("host with a path", "GET / HTTP/1.1\r\nHost: x.test/y\r\n\r\n"),
        head("host with user", "GET / HTTP/1.1\r\nHost: u@x.test\r\n\r\n"),
        head("no version", "GET /\r\nHost: x.test\r\n\r\n"),
        head("no target", "GET HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("space in the target", "GET /a b HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("control byte in the target", "GET /a\u0001 HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("NUL in the target", "GET /a\0 HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("relative target", "GET a HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("method with a bracket", "G[T / HTTP/1.1\r\nHost: x.test\r\n\r\n"),
        head("lower case version", "GET / http/1.1\r\nHost: x.test\r\n\r\n"),
        head("version 1.10", "GET / HTTP/1.10\r\nHost: x.test\r\n\r\n"),
        head("not HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedHeads")
  void malformedHeadIsRefusedAndTheConnectionClosed(String name, String bytes) {
    int before = backend.requests();
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(bytes);
      assertThat(client.response("GET").status()).isEqualTo(400);
      assertThat(client.closedWithin(5_000)).as("the connection is closed").isTrue();
    }
    assertThat(backend.requests()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("unknownVersions")
  void versionThatIsNotSpokenIsRefused(String version) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("GET / " + version + "\r\nHost: x.test\r\n\r\n");
      assertThat(client.response("GET").status()).isIn(400, 426, 505);
      assertThat(client.closedWithin(5_000)).isTrue();
    }
  }

  static Stream<String> unknownVersions() {
    return Stream.of("HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9");
  }

  static Stream<Arguments> malformedChunks() {
    return Stream.of(
        head("no number", "xyz\r\nabc\r\n0\r\n\r\n"),
        head("empty size", "\r\nabc\r\n0\r\n\r\n"),
        head("negative", "-3\r\nabc\r\n0\r\n\r\n"),
        head("0x", "0x3\r\nabc\r\n0\r\n\r\n"),
        head("plus", "+3\r\nabc\r\n0\r\n\r\n"),
        head("over 2^64", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
        head("over 2^63", "ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
        head("longer than said", "3\r\nabcdef\r\n0\r\n\r\n"),
        head("size ends with LF", "3\nabc\r\n0\r\n\r\n"),
        head("data ends with LF", "3\r\nabc\n0\r\n\r\n"),
        head("data ends with two other bytes", "3\r\nabcxx0\r\n\r\n"),
        head("bare CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
        head("LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
        head("malformed trailer", "3\r\nabc\r\n0\r\nno colon here\r\n\r\n"),
        head("endless extension", "3;" + "x".repeat(100_000) + "\r\nabc\r\n0\r\n\r\n"),
        head("endless zeros", "0".repeat(100_000) + "3\r\nabc\r\n0\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedChunks")
  void malformedChunkEndsTheRequestAndTheConnection(String name, String chunks) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.offer(
          "POST / HTTP/1.1\r\nHost: x.test\r\nTransfer-Encoding: chunked\r\n\r\n"
              + chunks
              + SMUGGLED);
      RawResponse response = responseOrNone(client);
      if (response != null) {
        assertThat(response.status()).isIn(400, 413, 431);
      }
      assertThat(client.closedWithin(5_000)).as("the connection is closed").isTrue();
    }
  }

  @SuppressWarnings("NullAway")
  private static RawResponse responseOrNone(RawHttp client) {
    try {
      return client.response("POST");
    } catch (UncheckedIOException closed) {
      return null;
    }
  }

  static Stream<Arguments> tooLarge() {
    String get = "GET / HTTP/1.1\r\nHost: x.test\r\n";
    StringBuilder many = new StringBuilder(get);
    for (int i = 0; i < 10_000; i++) {
      many.append("H").append(i).append(": v\r\n");
    }
    return Stream.of(
        Arguments.of("10,000 fields", many + "\r\n", 431, 431),
        Arguments.of("a field of 1 MiB", get + "A: " + "x".repeat(1 << 20) + "\r\n\r\n", 431, 431),
        Arguments.of("a name of 1 MiB", get + "x".repeat(1 << 20) + ": a\r\n\r\n", 431, 400),
        Arguments.of(
            "a target of 1 MiB",
            "GET /" + "x".repeat(1 << 20) + " HTTP/1.1\r\nHost: x.test\r\n\r\n",
            414,
            431),
        Arguments.of("a method of 1 MiB", "G".repeat(1 << 20) + " / HTTP/1.1\r\n\r\n", 400, 431));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tooLarge")
  void headThatIsTooLargeIsRefusedWithTheRightStatus(
      String name, String bytes, int status, int orThis) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.offer(bytes);
      assertThat(client.response("GET").status()).isIn(status, orThis);
      assertThat(client.closedWithin(5_000)).as("the connection is closed").isTrue();
    }
  }

  @Test
  void headOfUsualSizeIsFine() {
    // Browsers send cookies of some kilobytes, and so must a proxy take them.
    RawResponse response = RawHttp.get(port, "x.test", "/" + "p".repeat(4_000), cookies(12_000));
    assertThat(response.status()).isEqualTo(200);
  }

  private static String cookies(int bytes) {
    return "Cookie: " + "c=" + "x".repeat(bytes);
  }

  @Test
  void emptyLinesBeforeARequestAreTolerated() {
    // RFC 9112, 2.2: a server should ignore at least one.
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("\r\n" + RawHttp.requestHead("GET", "x.test", "/"));
      assertThat(client.response("GET").status()).isEqualTo(200);
    }
  }

  @Test
  void equalLengthsTwiceAreOneLengthOrAnError() {
    // RFC 9110, 8.6 allows both.
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x.test\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc");
      RawResponse response = client.response("POST");
      assertThat(response.status()).isIn(200, 400);
      if (response.status() == 200) {
        assertThat(backend.lastExchange().values("content-length")).containsExactly("3");
      }
    }
  }

  @Test
  void clientThatLeavesInTheMiddleOfItsBodyDisturbsNobody() {
    for (int i = 0; i < 20; i++) {
      try (RawHttp client = RawHttp.connect(port)) {
        client.send("POST / HTTP/1.1\r\nHost: x.test\r\nContent-Length: 100\r\n\r\nabc");
      }
    }
    assertThat(RawHttp.request(port, "POST", "x.test", "/", "Content-Length: 0").status())
        .isEqualTo(200);
  }

  @Test
  void dotsAndSlashesDoNotMakeTheBackendSeeWhatWasNotRouted() {
    RawResponse response = RawHttp.get(port, "x.test", "/a/%2e%2e/b//c");
    assertThat(response.status()).isIn(200, 400);
  }
}
