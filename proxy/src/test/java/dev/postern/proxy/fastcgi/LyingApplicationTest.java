package dev.postern.proxy.fastcgi;

import static dev.postern.proxy.fastcgi.ScriptedApplication.end;
import static dev.postern.proxy.fastcgi.ScriptedApplication.record;
import static dev.postern.proxy.fastcgi.ScriptedApplication.respond;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.worker.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Applications that break off, lie, flood or are not there.
class LyingApplicationTest {
  private static final String HEAD = "Content-Type: text/plain\r\n\r\n";
  private static final String GET = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  @Test
  void aConnectionIsAskedOnceAndToldSo() throws Exception {
    try (ScriptedApplication application = new ScriptedApplication((_, out) -> respond(out, HEAD));
        FastCgiGateway gateway = gateway(application.port())) {
      assertThat(gateway.get("/a").statusCode()).isEqualTo(200);
      assertThat(gateway.get("/a").statusCode()).isEqualTo(200);
      assertThat(application.requests).hasSize(2);
      assertThat(application.requests)
          .allSatisfy(r -> {
            assertThat(r.role()).isEqualTo(1);
            assertThat(r.flags()).isZero();
          });
    }
  }

  @Test
  void anOverloadedApplicationIsUnavailable() throws Exception {
    assertThat(answerOf((_, out) -> end(out, 2))).startsWith("HTTP/1.1 503 ");
    assertThat(answerOf((_, out) -> end(out, 1))).startsWith("HTTP/1.1 502 ");
    assertThat(answerOf((_, out) -> end(out, 3))).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void whatIsNoResponseIsABadGateway() throws Exception {
    List<ScriptedApplication.Answer> answers =
        List.of(
            (_, _) -> {},
            (_, out) -> end(out, 0),
            (_, out) -> out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1)),
            (_, out) -> record(out, 6, "Content-Type: te"),
            (_, out) -> respond(out, "Content-Type: text/plain\n"),
            (_, out) -> respond(out, "HTTP/1.1 200 OK\r\n\r\n"),
            (_, out) -> respond(out, "Status: 99\r\n\r\n"),
            (_, out) -> respond(out, "Status: 100\r\n\r\n"),
            (_, out) -> respond(out, "A: b\r\rSet-Cookie: evil\r\n\r\n"),
            (_, out) -> {
              for (int i = 0; i < 3; i++) {
                record(out, 6, "A: " + "b".repeat(30_000) + "\r\n");
              }
            },
            (_, out) -> respond(out, "A: b\r\n".repeat(200) + "\r\n"),
            (_, out) -> record(out, 9, ""),
            (_, out) -> out.write(new byte[] {1, 6, 0, 2, 0, 0, 0, 0}),
            (_, out) -> out.write(new byte[] {1, 6, 0, 0, 0, 0, 0, 0}));
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answerOf(answers.get(i))).as("answer %s", i).startsWith("HTTP/1.1 502 ");
    }
  }

  @Test
  void noiseIsABadGatewayAndNothingWorse() throws Exception {
    Random random = new Random(1);
    try (ScriptedApplication application =
            new ScriptedApplication((_, out) -> {
              byte[] noise = new byte[random.nextInt(2000)];
              random.nextBytes(noise);
              out.write(noise);
            });
        FastCgiGateway gateway = gateway(application.port())) {
      for (int i = 0; i < 200; i++) {
        assertThat(gateway.get("/a").statusCode()).isEqualTo(502);
      }
    }
  }

  @Test
  void aResponseThatBreaksOffIsNotTakenForComplete() throws Exception {
    for (ScriptedApplication.Answer breaksOff :
        List.<ScriptedApplication.Answer>of(
            (_, out) -> record(out, 6, HEAD + "part"),
            (_, out) -> {
              record(out, 6, HEAD + "part");
              record(out, 6, "");
            },
            (_, out) -> {
              record(out, 6, HEAD + "part");
              end(out, 2);
            },
            (_, out) -> {
              record(out, 6, HEAD + "part");
              out.write("noise noise".getBytes(ISO_8859_1));
            })) {
      assertThat(answerOf(breaksOff))
          .startsWith("HTTP/1.1 200 ")
          .contains("part")
          .doesNotEndWith("0\r\n\r\n");
    }
    // With a length the client sees by itself that something is missing.
    assertThat(answerOf((_, out) -> respond(out, "Content-Length: 9\n\npart"))).endsWith("part");
  }

  @Test
  void moreThanContentLengthIsDropped() throws Exception {
    try (ScriptedApplication application =
            new ScriptedApplication(
                (_, out) -> respond(out, "Content-Length: 4\n\nbodyHTTP/1.1 200 OK\r\n\r\nevil"));
        FastCgiGateway gateway = gateway(application.port())) {
      String two = gateway.raw("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
      assertThat(two.split("HTTP/1.1 200 OK")).hasSize(3);
      assertThat(two).doesNotContain("evil").endsWith("body");
      assertThat(gateway.log.getFirst()).contains("dropped 23 octets");
    }
  }

  @Test
  void bodiesThatMayNotBeAreDropped() throws Exception {
    assertThat(answerOf((_, out) -> respond(out, "Status: 204\n\nbody")))
        .startsWith("HTTP/1.1 204 ")
        .doesNotContain("body");
    assertThat(answerOf((_, out) -> respond(out, "Status: 304\nContent-Length: 4\n\nbody")))
        .startsWith("HTTP/1.1 304 ")
        .doesNotContain("body");
  }

  @Test
  void aFloodOfErrorOutputIsCappedInTheLog() throws Exception {
    try (ScriptedApplication application =
            new ScriptedApplication((_, out) -> {
              for (int i = 0; i < 2000; i++) {
                record(out, 7, "\u001b[31mred \"line\"\n".repeat(50));
              }
              respond(out, HEAD + "fine");
            });
        FastCgiGateway gateway = gateway(application.port())) {
      assertThat(gateway.get("/a").body()).isEqualTo("fine");
      Awaitility.await().until(() -> !gateway.log.isEmpty());
      assertThat(gateway.log.getFirst())
          .hasSizeBetween(2_000, 4_000)
          .contains("octets more")
          .doesNotContain("\u001b", "\n");
    }
  }

  @Test
  void anApplicationThatIsNotThereIsPassedOver() throws Exception {
    int nobody = FreePort.next();
    try (ScriptedApplication application =
            new ScriptedApplication((r, out) -> respond(out, HEAD + r.stdin().length));
        FastCgiGateway gateway = gateway(nobody, application.port())) {
      for (int i = 0; i < 20; i++) {
        assertThat(gateway.get("/a").statusCode()).isEqualTo(200);
        assertThat(
                gateway.raw(
                    "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
            .contains("\r\n\r\n1\r\n5\r\n0\r\n\r\n");
      }
    }
    try (FastCgiGateway gateway = gateway(nobody)) {
      assertThat(gateway.get("/a").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void aSlowClientOccupiesNoApplicationBeforeItsBodyIsComplete() throws Exception {
    try (ScriptedApplication application =
            new ScriptedApplication((r, out) -> respond(out, HEAD + r.stdin().length));
        FastCgiGateway gateway = gateway(application.port());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
      client
          .getOutputStream()
          .write(
              "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                  .getBytes(ISO_8859_1));
      // Something else comes and goes meanwhile: what was sent was read by then.
      assertThat(gateway.get("/a").statusCode()).isEqualTo(200);
      assertThat(application.requests).hasSize(1);
      client.getOutputStream().write("0\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
          .contains("\r\n5\r\n");
      assertThat(application.requests.getLast().params()).containsEntry("CONTENT_LENGTH", "5");
    }
  }

  @Test
  void aBodyOfUnknownLengthHasALimit() throws Exception {
    try (ScriptedApplication application =
            new ScriptedApplication((r, out) -> respond(out, HEAD + r.stdin().length));
        FastCgiGateway gateway = gateway(application.port())) {
      String chunk = "10000\r\n" + "x".repeat(65536) + "\r\n";
      String head =
          "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
      assertThat(gateway.raw(head + chunk.repeat(16) + "0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
      assertThat(gateway.raw(head + chunk.repeat(16) + "1\r\nx\r\n0\r\n\r\n"))
          .startsWith("HTTP/1.1 413 ");
      assertThat(application.requests).hasSize(1);
      assertThat(application.requests.getFirst().stdin()).hasSize(1 << 20);
    }
  }

  @Test
  void aClientThatGoesWhileItsBodyIsKeptLeavesNothing() throws Exception {
    try (ScriptedApplication application = new ScriptedApplication((_, out) -> respond(out, HEAD));
        FastCgiGateway gateway = gateway(application.port())) {
      for (int i = 0; i < 16; i++) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
          String chunk = "10000\r\n" + "x".repeat(65536) + "\r\n";
          client
              .getOutputStream()
              .write(
                  ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + chunk.repeat(i))
                      .getBytes(ISO_8859_1));
        }
      }
      Awaitility.await("all are logged").until(() -> gateway.log.size() == 16);
      assertThat(gateway.log).allSatisfy(line -> assertThat(line).contains(" DC "));
      assertThat(application.requests).isEmpty();
      try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        assertThat(files.map(f -> f.getFileName().toString()))
            .noneMatch(name -> name.startsWith("postern-body-"));
      }
    }
  }

  @Test
  void anApplicationThatTakesItsTimeGetsTheWholeBody() throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    byte[] body = new byte[30 << 20];
    try (SlowReader application = new SlowReader(begin);
        FastCgiGateway gateway = gateway(application.port());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
      Thread sending =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client
                      .getOutputStream()
                      .write(
                          ("POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                                  + body.length
                                  + "\r\n\r\n")
                              .getBytes(ISO_8859_1));
                  client.getOutputStream().write(body);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(sending.join(Duration.ofMillis(500)))
          .as("the client is held up while nobody reads")
          .isFalse();
      begin.countDown();
      String answer = new String(client.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void anApplicationThatSaysNothingTimesOut() throws Exception {
    Timeouts hasty =
        new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(300));
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedApplication application =
            new ScriptedApplication((_, _) -> {
              try {
                over.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        FastCgiGateway gateway =
            new FastCgiGateway(options(), Optional.empty(), hasty, application.port())) {
      assertThat(gateway.get("/a").statusCode()).isEqualTo(504);
    } finally {
      over.countDown();
    }
  }

  /// Reads nothing before it is told to, then everything, and answers.
  private static final class SlowReader implements AutoCloseable {
    private final ServerSocket server;

    SlowReader(CountDownLatch begin) throws IOException {
      server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = server.accept()) {
              begin.await();
              InputStream in = socket.getInputStream();
              byte[] tail = new byte[8];
              byte[] buffer = new byte[1 << 16];
              byte[] end = {1, 5, 0, 1, 0, 0, 0, 0};
              int count;
              while (!Arrays.equals(tail, end) && (count = in.read(buffer)) > 0) {
                for (int i = Math.max(0, count - 8); i < count; i++) {
                  System.arraycopy(tail, 1, tail, 0, 7);
                  tail[7] = buffer[i];
                }
              }
              respond(socket.getOutputStream(), HEAD);
              socket.shutdownOutput();
              var _ = in.read();
            } catch (IOException | InterruptedException gone) {
              // The test fails by what it does not get.
            }
          });
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static String answerOf(ScriptedApplication.Answer answer) throws Exception {
    try (ScriptedApplication application = new ScriptedApplication(answer);
        FastCgiGateway gateway = gateway(application.port())) {
      return gateway.raw(GET);
    }
  }

  private static FastCgiGateway gateway(int... applications) throws IOException {
    return new FastCgiGateway(options(), applications);
  }

  private static FastCgiOptions options() {
    return new FastCgiOptions(
        FastCgiOptions.Parameters.STANDARD,
        "/srv/www",
        Optional.empty(),
        "index.php",
        List.of(".php"),
        List.of(),
        1 << 20);
  }
}
