package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiffTrafficCommandTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  @TempDir Path folder;
  private final RecordedTerminal terminal = new RecordedTerminal();

  private int diff(String requests, String before, String now, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("requests"), requests);
    var words = new ArrayList<>(List.of("diff-traffic", before, now, "--requests", file + ""));
    words.addAll(List.of(more));
    return terminal.execute(words);
  }

  private static ScriptedServer answering(String answer) throws IOException {
    return ScriptedServer.plain(socket -> answer(socket, answer));
  }

  private static void answer(Socket socket, String answer) throws IOException {
    ScriptedServer.head(socket.getInputStream());
    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String url(ScriptedServer server) {
    return "http://" + server.address();
  }

  @Test
  void theSameAnswersAreExitCodeZero() throws IOException {
    try (var old = answering("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nhi");
        var now =
            answering(
                "HTTP/1.1 200 OK\r\nVia: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")) {
      assertThat(diff("/a\n/b\n", url(old), url(now))).as(terminal.err()).isZero();
      assertThat(terminal.out()).isEqualTo("2 requests: 2 same, 0 different\n");
    }
  }

  @Test
  void differencesAreGroupedAndShown() throws IOException {
    try (var old =
            answering("HTTP/1.1 200 OK\r\nX-Frame-Options: DENY\r\nContent-Length: 0\r\n\r\n");
        var now = answering("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nhi")) {
      assertThat(diff("/1\n/2\n/3\n/4\n/5\n", url(old), url(now), "--host", "shop.example"))
          .isEqualTo(1);
      assertThat(terminal.out())
          .contains(
              "✗ status 200 became 404, X-Frame-Options is gone, body (5 requests)",
              "GET shop.example/1",
              "status: 200 -> 404",
              "X-Frame-Options: \"DENY\" -> (none)",
              "body from octet 0: \"\" -> \"hi\"",
              "and 2 more",
              "5 requests: 0 same, 5 different")
          .doesNotContain("/4");
    }
  }

  @Test
  void theReportForProgramsHasAllOfThem() throws IOException {
    try (var old = answering(OK);
        var now = answering("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nhi")) {
      assertThat(diff("/1\n/2\nPOST /3\n", url(old), url(now), "-o", "json")).isEqualTo(1);
      assertThat(terminal.out())
          .contains(
              "\"requests\": 2",
              "\"target\": \"/1\"",
              "\"target\": \"/2\"",
              "\"before\": 200",
              "\"now\": 503",
              "--all-methods");
    }
  }

  @Test
  void bothGetTheSameRequestWhateverTheirAddress() throws IOException {
    Queue<String> heads = new ConcurrentLinkedQueue<>();
    ScriptedServer.Script script =
        socket -> {
          heads.add(ScriptedServer.head(socket.getInputStream()));
          socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
        };
    try (var old = ScriptedServer.plain(script);
        var now = ScriptedServer.plain(script)) {
      assertThat(
              diff("POST https://shop.example/%7Bx\nX-A: b\n", url(old), url(now), "--all-methods"))
          .isZero();
      assertThat(heads)
          .hasSize(2)
          .containsOnly(
              "POST /%7Bx HTTP/1.1\r\nHost: shop.example\r\nX-A: b\r\nContent-Length: 0\r\n"
                  + "Connection: close\r\n\r\n");
    }
  }

  @Test
  void gzipIsComparedByWhatIsInIt() throws IOException {
    try (var old = ScriptedServer.plain(socket -> zipped(socket, "hello", ""));
        var now = ScriptedServer.plain(socket -> zipped(socket, "hel", "lo"))) {
      assertThat(diff("/\n", url(old), url(now))).as(terminal.out()).isZero();
      assertThat(diff("/\n", url(old), url(now), "--body-limit", "3")).as(terminal.out()).isZero();
    }
  }

  private static void zipped(Socket socket, String one, String other) throws IOException {
    var zipped = new ByteArrayOutputStream();
    for (String member : new String[] {one, other}) {
      try (var zip = new GZIPOutputStream(zipped)) {
        zip.write(member.getBytes(StandardCharsets.US_ASCII));
      }
    }
    answer(socket, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
    socket.getOutputStream().write(zipped.toByteArray());
  }

  @Test
  void whatTheOldGatewayDoesNotKeepItselfIsNoDifferenceWhenAskedTwice() throws IOException {
    var count = new AtomicInteger();
    ScriptedServer.Script script =
        socket ->
            answer(
                socket,
                "HTTP/1.1 200 OK\r\nX-Count: %d\r\n\r\n".formatted(count.incrementAndGet()));
    try (var old = ScriptedServer.plain(script);
        var now = ScriptedServer.plain(script)) {
      assertThat(diff("/\n", url(old), url(now))).isEqualTo(1);
      assertThat(diff("/\n", url(old), url(now), "--twice")).isZero();
    }
  }

  @Test
  void aHeadHasNoBody() throws IOException {
    try (var old = answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        var now = answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")) {
      assertThat(diff("HEAD /\n", url(old), url(now))).as(terminal.out()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
      })
  void anAnswerThatIsNoneIsADifference(String answer) throws IOException {
    try (var old = answering(OK);
        var now = answering(answer)) {
      assertThat(diff("/\n", url(old), url(now))).isEqualTo(1);
      assertThat(terminal.out()).contains("no answer any more").doesNotContain("Exception");
    }
  }

  @Test
  void whoNeverStopsIsCutOff() throws IOException {
    try (var old = ScriptedServer.plain(DiffTrafficCommandTest::endless);
        var now = ScriptedServer.plain(DiffTrafficCommandTest::endless);
        var heads = ScriptedServer.plain(DiffTrafficCommandTest::endlessHead);
        var interim = ScriptedServer.plain(DiffTrafficCommandTest::endlessInterim)) {
      assertThat(diff("/\n", url(old), url(now))).as(terminal.out()).isZero();
      assertThat(diff("/\n", url(old), url(heads))).isEqualTo(1);
      assertThat(diff("/\n", url(old), url(interim))).isEqualTo(1);
    }
  }

  private static void endless(Socket socket) throws IOException {
    answer(socket, "HTTP/1.1 200 OK\r\n\r\n");
    forever(socket, "x".repeat(10_000));
  }

  private static void endlessHead(Socket socket) throws IOException {
    answer(socket, "HTTP/1.1 200 OK\r\n");
    forever(socket, "X: y\r\n");
  }

  private static void endlessInterim(Socket socket) throws IOException {
    ScriptedServer.head(socket.getInputStream());
    forever(socket, "HTTP/1.1 103 Early Hints\r\n\r\n");
  }

  private static void forever(Socket socket, String text) throws IOException {
    OutputStream sink = socket.getOutputStream();
    for (byte[] octets = text.getBytes(StandardCharsets.US_ASCII); !socket.isClosed(); ) {
      sink.write(octets);
    }
  }

  @Test
  void whoNeverAnswersTakesABoundedTime() throws IOException {
    var end = new CountDownLatch(1);
    try (var old = answering(OK);
        var now = ScriptedServer.plain(socket -> end.await())) {
      assertThat(diff("/\n", url(old), url(now), "--timeout", "100ms")).isEqualTo(1);
      assertThat(terminal.out()).contains("an answer -> it took longer than 100 ms");
    } finally {
      end.countDown();
    }
  }

  @Test
  void aGatewayThatIsNotReachedIsExitCodeTwo() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (var old = answering(OK)) {
      String many = "/a\n/b\n/c\n";
      assertThat(diff(many, url(old), "http://127.0.0.1:" + port)).isEqualTo(2);
      assertThat(terminal.out())
          .contains("not reached: http://127.0.0.1:" + port + ": Connection refused")
          .doesNotContain("not sent");
      assertThat(diff("/a\n", url(old), "http://127.0.0.1:" + port)).isEqualTo(2);
      assertThat(terminal.out()).endsWith("\n1 request: 0 same, 1 different\n");
      var all = new StringBuilder();
      IntStream.range(0, 100).forEach(i -> all.append("/").append(i).append('\n'));
      String unreached = "http://127.0.0.1:" + port;
      assertThat(diff(all.toString(), url(old), unreached, "--concurrency", "1")).isEqualTo(2);
      assertThat(terminal.out())
          .contains("· 80 not sent any more, as a gateway could not be reached\n")
          .endsWith("\n20 requests: 0 same, 20 different\n");
    }
  }

  @Test
  void certificatesAreVerifiedByTheHostOfTheRequestUnlessInsecure() throws Exception {
    X509Bundle issued =
        new CertificateBuilder()
            .subject("CN=shop.example")
            .addSanDnsName("shop.example")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    var shown = new ScriptedServer.Shown(issued.getKeyPair().getPrivate(), issued.getCertificate());
    try (var old = ScriptedServer.tls(shown, null, _ -> {}, socket -> answer(socket, OK));
        var now = answering(OK)) {
      String url = "https://" + old.address();
      assertThat(diff("https://shop.example/\n", url, url(now))).isEqualTo(2);
      assertThat(terminal.out()).contains("unable to find valid certification path");
      assertThat(diff("https://shop.example/\n", url, url(now), "--insecure"))
          .as(terminal.out())
          .isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example:8443, true",
    "my_shop.shop.example, true",
    "shop.example., true",
    "203.0.113.7:8443, false",
    "[2001:db8::7]:8443, false",
  })
  void aHostIsTheServerNameAndAnAddressIsNone(String host, boolean named) throws IOException {
    Queue<String> hellos = new ConcurrentLinkedQueue<>();
    try (var old = ScriptedServer.plain(socket -> hellos.add(hello(socket)));
        var now = answering(OK)) {
      assertThat(diff("https://" + host + "/\n", "https://" + old.address(), url(now)))
          .isEqualTo(2);
      String name = host.replaceFirst("\\.?(:[0-9]+)?$", "");
      // Whole: its length stands before it, and no dot behind.
      String sent = "\0" + (char) name.length() + name;
      assertThat(hellos).hasSize(1);
      assertThat(hellos.element().contains(sent)).isEqualTo(named);
      assertThat(hellos.element().contains(name)).isEqualTo(named);
    }
  }

  /// The first record that a client of TLS sends, an octet a character.
  private static String hello(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    byte[] head = in.readNBytes(3);
    byte[] record = in.readNBytes(in.readUnsignedShort());
    assertThat(head).startsWith(22);
    return new String(record, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "http://a, two gateways are wanted",
    "http://a http://b/path, without a path",
    "http://a http://b:70000, without a path",
    "http://a http://b, which requests?",
    "http://a http://b --requests=/no/such/file, there is no file or folder /no/such/file",
    "http://a http://b --requests=/dev/null, there is no request in",
    "http://a http://b --requests=x --output=xml, takes text or json",
    "http://a http://b --requests=x --timeout=9, takes a duration",
    "http://a http://b --requests=x --ignore-body=many, takes a status",
    "http://a http://b --requests=x --concurrency=0, takes a number",
    "http://a http://b --requests=x --host=a/b, takes a host name",
  })
  void whatWasAskedWronglyIsExitCodeThree(String words, String said) {
    var all = new ArrayList<>(List.of("diff-traffic"));
    all.addAll(List.of(words.split(" ")));
    assertThat(terminal.execute(all)).isEqualTo(3);
    assertThat(terminal.err()).contains(said).doesNotContain("\tat ");
  }
}
