package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real php-fpm behind the proxy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PhpFpmTest {
  private Path folder;
  private PhpFpm php;
  private FastCgiGateway gateway;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    php = new PhpFpm(folder);
    php.script(
        "index.php",
        """
        <?php
        header('Content-Type: text/plain');
        foreach ($_SERVER as $k => $v) { if (is_string($v)) echo "$k=$v\\n"; }
        echo 'environment HTTP_PROXY=', getenv('HTTP_PROXY') ?: 'none', "\\n";
        """);
    php.script(
        "sum.php",
        """
        <?php
        $in = fopen('php://input', 'r');
        $hash = hash_init('md5');
        $n = hash_update_stream($hash, $in);
        echo $n, ' ', hash_final($hash), ' ', $_SERVER['CONTENT_LENGTH'] ?? '-';
        """);
    gateway = new FastCgiGateway(options(), php.port);
  }

  @AfterAll
  void stop() {
    gateway.close();
    php.close();
  }

  @Test
  void aScriptSeesTheRequest() throws Exception {
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("/index.php/info/x%20y?a=1&b=%20")
                .header("Cookie", "k=v")
                .header("X-Own", "own")
                .header("X_Own", "forged")
                .header("Proxy", "http://evil.example/"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().lines())
        .contains(
            "REQUEST_METHOD=GET",
            "REQUEST_URI=/index.php/info/x%20y?a=1&b=%20",
            "QUERY_STRING=a=1&b=%20",
            "SCRIPT_NAME=/index.php",
            "SCRIPT_FILENAME=" + php.root + "/index.php",
            "PATH_INFO=/info/x y",
            "PHP_SELF=/index.php/info/x y",
            "HTTP_COOKIE=k=v",
            "HTTP_X_OWN=own",
            "HTTP_HOST=127.0.0.1:" + gateway.port,
            "HTTP_X_FORWARDED_FOR=127.0.0.1",
            "REMOTE_ADDR=127.0.0.1",
            "SERVER_PORT=" + gateway.port,
            "environment HTTP_PROXY=none")
        .doesNotContain("HTTP_PROXY=http://evil.example/", "HTTP_X_OWN=forged");
  }

  @Test
  void theIndexIsWhatADirectoryRuns() throws Exception {
    assertThat(gateway.get("/").body()).contains("SCRIPT_NAME=/index.php\n");
    assertThat(gateway.get("/sub/../?x").body()).contains("SCRIPT_NAME=/index.php\n");
  }

  @Test
  void aBodyOfKnownLengthIsStreamed() throws Exception {
    byte[] small = "a=1&b=2".getBytes(UTF_8);
    assertThat(post("/sum.php", small)).isEqualTo(summed(small));
    byte[] large = noise(24 << 20);
    assertThat(post("/sum.php", large)).isEqualTo(summed(large));
    assertThat(post("/sum.php", new byte[0])).startsWith("0 ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 65535, 65536, 65537, 131072, 5_000_000})
  void aBodyOfUnknownLengthArrivesWithItsLength(int octets) throws Exception {
    byte[] body = noise(octets);
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("/sum.php")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
    assertThat(response.body()).isEqualTo(summed(body));
    assertThat(bodiesLeft()).isEmpty();
  }

  @Test
  void aBodyOfUnknownLengthOverHttp2Arrives() throws Exception {
    byte[] body = noise(300_000);
    Path file = Files.write(folder.resolve("upload"), body);
    String sum =
        curl(
            "--http2-prior-knowledge",
            "-X",
            "POST",
            "-T",
            "-",
            "http://127.0.0.1:" + gateway.port + "/sum.php",
            file.toString());
    assertThat(sum).isEqualTo(summed(body));
    assertThat(curl("--http2-prior-knowledge", "http://127.0.0.1:" + gateway.port + "/"))
        .contains("SERVER_PROTOCOL=HTTP/2.0\n");
  }

  @Test
  void aClientThatWaitsForContinueIsToldToGoOn() throws Exception {
    for (String header : List.of("Content-Length: 3", "Transfer-Encoding: chunked")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
        socket.setSoTimeout(20_000);
        socket
            .getOutputStream()
            .write(
                ("POST /sum.php HTTP/1.1\r\n"
                        + "Host: a\r\n"
                        + "Connection: close\r\n"
                        + "Expect: 100-continue\r\n"
                        + header
                        + "\r\n\r\n")
                    .getBytes(UTF_8));
        InputStream in = socket.getInputStream();
        String interim = "HTTP/1.1 100 Continue\r\n\r\n";
        assertThat(new String(in.readNBytes(interim.length()), UTF_8)).isEqualTo(interim);
        String body = header.startsWith("T") ? "3\r\nabc\r\n0\r\n\r\n" : "abc";
        socket.getOutputStream().write(body.getBytes(UTF_8));
        assertThat(new String(in.readAllBytes(), UTF_8))
            .startsWith("HTTP/1.1 200 ")
            .contains(summed("abc".getBytes(UTF_8)));
      }
    }
  }

  @Test
  void aLargeResponseIsStreamedToASlowClientUnharmed() throws Exception {
    php.script(
        "large.php",
        """
        <?php
        $part = str_repeat(md5('x', true), 4096);
        for ($i = 0; $i < 512; $i++) { echo $part; }
        """);
    long total = 512L * 65536;
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port));
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("GET /large.php HTTP/1.0\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      String head = head(in);
      assertThat(head).startsWith("HTTP/1.1 200 ");
      byte[] unit = MessageDigest.getInstance("MD5").digest("x".getBytes(UTF_8));
      byte[] buffer = new byte[1 << 16];
      long got = 0;
      int count;
      while ((count = in.read(buffer)) > 0) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] != unit[(int) ((got + i) % unit.length)]) {
            throw new AssertionError("octet " + (got + i) + " is another");
          }
        }
        got += count;
        if (got % (1 << 20) < count) {
          Thread.onSpinWait();
        }
      }
      assertThat(got).isEqualTo(total);
    }
  }

  @Test
  void statusRedirectCookiesAndLengthAreTheScripts() throws Exception {
    php.script(
        "answers.php",
        """
        <?php
        switch ($_GET['a']) {
          case 'gone': http_response_code(410); header('X-A: b'); echo 'gone'; break;
          case 'redirect': header('Location: /there?x=1'); break;
          case 'cookies': setcookie('a', '1'); setcookie('b', '2'); echo 'c'; break;
          case 'nothing': http_response_code(204); break;
          case 'same': http_response_code(304); header('ETag: "x"'); break;
          case 'length': header('Content-Length: 5'); echo 'hello'; break;
          case 'none': break;
        }
        """);
    HttpResponse<String> gone = gateway.get("/answers.php?a=gone");
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(gone.body()).isEqualTo("gone");
    assertThat(gone.headers().map()).containsKey("x-a").doesNotContainKey("status");
    HttpResponse<String> redirect = gateway.get("/answers.php?a=redirect");
    assertThat(redirect.statusCode()).isEqualTo(302);
    assertThat(redirect.headers().firstValue("location")).hasValue("/there?x=1");
    assertThat(gateway.get("/answers.php?a=cookies").headers().allValues("set-cookie"))
        .containsExactly("a=1", "b=2");
    assertThat(gateway.get("/answers.php?a=nothing").statusCode()).isEqualTo(204);
    HttpResponse<String> same = gateway.get("/answers.php?a=same");
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("etag")).hasValue("\"x\"");
    HttpResponse<String> length = gateway.get("/answers.php?a=length");
    assertThat(length.headers().firstValueAsLong("content-length")).hasValue(5);
    assertThat(length.body()).isEqualTo("hello");
    assertThat(gateway.get("/answers.php?a=none").body()).isEmpty();
    assertThat(gateway.get("/nowhere.php").statusCode()).isEqualTo(404);
  }

  @Test
  void headGetsAHeadAndTheConnectionGoesOn() throws Exception {
    String answers =
        gateway.raw(
            "HEAD /index.php HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /sum.php HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answers).startsWith("HTTP/1.1 200 ").doesNotContain("REQUEST_METHOD=HEAD");
    assertThat(answers.split("HTTP/1.1 200 ")).hasSize(3);
    assertThat(answers).contains("d41d8cd98f00b204e9800998ecf8427e");
  }

  @Test
  void whatAScriptSaysOnItsErrorOutputIsLoggedAndNotSent() throws Exception {
    php.script(
        "errors.php",
        "<?php error_log(\"it is\\nbroken \\\"here\\\"\"); echo 'fine'; error_log('and there');");
    HttpResponse<String> response = gateway.get("/errors.php");
    assertThat(response.body()).isEqualTo("fine");
    assertThat(response.headers().toString()).doesNotContain("broken");
    String line = logged("/errors.php");
    assertThat(line)
        .contains(" 200 ", "FastCGI", "stderr: ", "PHP message: it is|broken", "and there");
    assertThat(line.lines()).hasSize(1);
  }

  @Test
  void aWorkerThatIsKilledBeforeItsHeadIsABadGateway() throws Exception {
    php.script("killed.php", "<?php posix_kill(getmypid(), 9);");
    HttpResponse<String> response = gateway.get("/killed.php");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body()).doesNotContain("php", "127.0.0.1");
    assertThat(logged("/killed.php")).contains(" 502 UPE ");
  }

  @Test
  void aWorkerThatIsKilledInItsResponseIsNotTakenForComplete() throws Exception {
    php.script(
        "dies.php", "<?php echo str_repeat('x', 100000); flush(); posix_kill(getmypid(), 9);");
    assertThatThrownBy(() -> gateway.get("/dies.php")).isInstanceOf(IOException.class);
    assertThat(logged("/dies.php")).contains(" 200 UPE ");
  }

  @Test
  void aClientThatGoesStopsTheScript() throws Exception {
    Path marker = folder.resolve("stopped");
    php.script(
        "endless.php",
        """
        <?php
        register_shutdown_function(function () {
          file_put_contents('%s', connection_aborted() ? 'aborted' : 'ended');
        });
        while (true) { echo str_repeat('x', 8192); flush(); usleep(1000); }
        """
            .formatted(marker));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
      socket
          .getOutputStream()
          .write("GET /endless.php HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
    }
    Awaitility.await("the script stops")
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(marker) && Files.size(marker) > 0);
    assertThat(marker).hasContent("aborted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/index.php",
        "/index.php%00.jpg",
        "/index.php%0a/x",
        "/index.php/%0d%0aX",
        "/a%5c..%5cindex.php",
        "/%zz",
      })
  void aPathThatCouldMeanTwoThingsReachesNoScript(String path) throws Exception {
    String answer =
        gateway.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("SCRIPT_NAME");
  }

  @Test
  void noOtherFileIsRunAsAScript() throws Exception {
    php.script("upload.jpg", "<?php echo 'run';");
    assertThat(gateway.get("/upload.jpg/x.php").body()).doesNotContain("run");
    assertThat(gateway.get("/upload.jpg").body()).doesNotContain("run");
    assertThat(gateway.get("/upload.jpg").statusCode()).isEqualTo(403);
  }

  @Test
  void oneScriptMayAnswerEverything() throws Exception {
    FastCgiOptions front =
        new FastCgiOptions(
            FastCgiOptions.Parameters.STANDARD,
            php.root.toString(),
            Optional.of(php.root + "/index.php"),
            "",
            List.of(".php"),
            List.of(new Param("PHP_VALUE", "default_charset=koi8-r")),
            1 << 20);
    try (FastCgiGateway one = new FastCgiGateway(front, php.port)) {
      HttpResponse<String> response = one.get("/any/thing.html?q");
      assertThat(response.body())
          .contains("SCRIPT_NAME=/index.php\n", "REQUEST_URI=/any/thing.html?q\n")
          .doesNotContain("PATH_INFO");
      assertThat(response.headers().firstValue("content-type"))
          .hasValue("text/plain;charset=koi8-r");
      // It runs what its routes find in REQUEST_URI: that must be the path that was matched here.
      String raw = "/closed/../open/%2e%2e/%2E/open//x%2Fy/%7e%C3%A4+z?u=/../q";
      assertThat(one.raw("GET " + raw + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .contains("REQUEST_URI=/open//x%2Fy/%7e%C3%A4+z?u=/../q\n", "QUERY_STRING=u=/../q\n");
    }
  }

  @Test
  void asIngressNginxDidItRunsWhatTheParametersName() throws Exception {
    FastCgiOptions bare =
        new FastCgiOptions(
            FastCgiOptions.Parameters.INGRESS_NGINX,
            "",
            Optional.empty(),
            "index.php",
            List.of(),
            List.of(),
            1 << 20);
    try (FastCgiGateway without = new FastCgiGateway(bare, php.port)) {
      // Without SCRIPT_FILENAME php-fpm serves nothing, as it did behind ingress-nginx.
      assertThat(without.get("/").statusCode()).isEqualTo(404);
    }
    FastCgiOptions named =
        new FastCgiOptions(
            FastCgiOptions.Parameters.INGRESS_NGINX,
            "",
            Optional.empty(),
            "index.php",
            List.of(),
            List.of(new Param("SCRIPT_FILENAME", php.root + "$fastcgi_script_name")),
            1 << 20);
    try (FastCgiGateway with = new FastCgiGateway(named, php.port)) {
      assertThat(with.get("/").body()).contains("SCRIPT_NAME=/index.php\n");
    }
  }

  @Test
  void manyRequestsInTurnUseOneWorkerEach() throws Exception {
    for (int i = 0; i < 200; i++) {
      assertThat(gateway.get("/sum.php").statusCode()).isEqualTo(200);
    }
  }

  private FastCgiOptions options() {
    return new FastCgiOptions(
        FastCgiOptions.Parameters.STANDARD,
        php.root.toString(),
        Optional.empty(),
        "index.php",
        List.of(".php"),
        List.of(),
        16 << 20);
  }

  private String post(String target, byte[] body) throws Exception {
    return gateway.send(gateway.request(target).POST(BodyPublishers.ofByteArray(body))).body();
  }

  private static String summed(byte[] body) throws Exception {
    String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
    return body.length + " " + md5 + " " + body.length;
  }

  private static byte[] noise(int octets) {
    byte[] body = new byte[octets];
    new Random(octets).nextBytes(body);
    return body;
  }

  private static List<String> bodiesLeft() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> n.startsWith("postern-body-"))
          .toList();
    }
  }

  private String logged(String path) {
    return Awaitility.await("a line of the log about " + path)
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> gateway.log.stream().filter(l -> l.contains(path)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    int octet;
    while (head.indexOf("\r\n\r\n") < 0 && (octet = in.read()) >= 0) {
      head.append((char) octet);
    }
    return head.toString();
  }

  /// The last argument is the file for its standard input, unless it is a URL.
  private static String curl(String... arguments) throws Exception {
    String last = arguments[arguments.length - 1];
    boolean url = last.startsWith("http:");
    ProcessBuilder curl = new ProcessBuilder("curl", "-sS", "--max-time", "20");
    curl.command().addAll(Arrays.asList(arguments).subList(0, arguments.length - (url ? 0 : 1)));
    if (!url) {
      curl.redirectInput(Path.of(last).toFile());
    }
    Process process = curl.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return printed;
  }
}
