package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Http2Abuse;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * HTTP/2 clients that only want to be a burden lose their connection; the others notice nothing.
 */
class Http2FloodsIT {
  private static final int MANY = 1_000_000;
  private static final byte[] NOTHING = new byte[0];

  @TempDir static Path temp;

  private static HttpBackend backend;
  private static PosternProcess postern;
  private static int port;

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger bad = new AtomicInteger();
  private Thread bystander;

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

  @BeforeEach
  void startBystander() {
    bystander =
        Thread.ofVirtual()
            .start(() -> {
              try (RawHttp client = RawHttp.connect(port)) {
                while (!stopped.get()) {
                  client.send(RawHttp.requestHead("GET", "x.test", "/bystander"));
                  (client.response("GET").status() == 200 ? good : bad).incrementAndGet();
                }
              } catch (RuntimeException e) {
                bad.incrementAndGet();
              }
            });
    awaitAnswersAfter(0);
  }

  private void awaitAnswersAfter(int before) {
    Awaitility.await("an answer to the bystander")
        .until(() -> good.get() > before || bad.get() > 0);
  }

  @AfterEach
  void bystanderNoticedNothing() throws InterruptedException {
    assertThat(RawHttp.get(port, "x.test", "/after").status()).isEqualTo(200);
    awaitAnswersAfter(good.get());
    stopped.set(true);
    bystander.join(10_000);
    assertThat(bystander.isAlive()).as("the bystander is stuck").isFalse();
    assertThat(bad.get()).isZero();
    assertThat(postern.alive()).isTrue();
    assertThat(postern.residentBytes()).as("memory").isLessThan(700L << 20);
  }

  private static void assertRefused(int rounds, Http2Abuse.Round round) {
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      int sent = client.flood(rounds, round);
      assertThat(client.endedWithin(10_000))
          .as("the connection ends after %d rounds", sent)
          .isTrue();
    }
  }

  @Test
  void requestByPriorKnowledgeIsServedAndTwoInARowToo() throws IOException {
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      for (int stream = 1; stream <= 3; stream += 2) {
        client
            .frame(
                Http2Abuse.HEADERS,
                Http2Abuse.END_HEADERS | Http2Abuse.END_STREAM,
                stream,
                Http2Abuse.get("x.test", "/"))
            .flush();
        Http2Abuse.Frame frame = client.read();
        while (frame.type() != Http2Abuse.HEADERS) {
          frame = client.read();
        }
        assertThat(frame.stream()).isEqualTo(stream);
        // Static table entry 8 is ":status: 200".
        assertThat(frame.payload()[0]).isEqualTo((byte) 0x88);
      }
    }
  }

  @Test
  void rapidReset() {
    byte[] get = Http2Abuse.get("x.test", "/reset");
    assertRefused(
        50_000,
        (client, round) ->
            client
                .frame(
                    Http2Abuse.HEADERS,
                    Http2Abuse.END_HEADERS | Http2Abuse.END_STREAM,
                    2 * round + 1,
                    get)
                .frame(Http2Abuse.RST_STREAM, 0, 2 * round + 1, new byte[] {0, 0, 0, 8})
                .flush());
  }

  @Test
  void requestsThatTheServerMustReset() {
    // The server resets each stream itself: WINDOW_UPDATE of 0 is a stream error (RFC 9113, 6.9).
    byte[] get = Http2Abuse.get("x.test", "/made-you-reset");
    assertRefused(
        50_000,
        (client, round) ->
            client
                .frame(Http2Abuse.HEADERS, Http2Abuse.END_HEADERS, 2 * round + 1, get)
                .frame(8, 0, 2 * round + 1, new byte[4])
                .flush());
  }

  @Test
  void continuationWithoutEnd() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      Http2Abuse.literal(fields, "x-" + i, "value");
    }
    byte[] block = fields.toByteArray();
    assertRefused(
        50_000,
        (client, round) ->
            client.frame(
                round == 0 ? Http2Abuse.HEADERS : Http2Abuse.CONTINUATION,
                0,
                1,
                round == 0 ? Http2Abuse.get("x.test", "/") : block));
  }

  @Test
  void emptyContinuationWithoutEnd() {
    assertRefused(
        MANY,
        (client, round) ->
            client.frame(
                round == 0 ? Http2Abuse.HEADERS : Http2Abuse.CONTINUATION,
                0,
                1,
                round == 0 ? Http2Abuse.get("x.test", "/") : NOTHING));
  }

  @Test
  void pingsByOneWhoDoesNotRead() {
    byte[] payload = new byte[8];
    assertRefused(2 * MANY, (client, round) -> client.frame(Http2Abuse.PING, 0, 0, payload));
  }

  @Test
  void settingsByOneWhoDoesNotRead() {
    assertRefused(2 * MANY, (client, round) -> client.frame(Http2Abuse.SETTINGS, 0, 0, NOTHING));
  }

  @Test
  void emptyDataWithoutEnd() {
    byte[] get = Http2Abuse.get("x.test", "/data");
    assertRefused(
        MANY,
        (client, round) -> {
          if (round == 0) {
            client.frame(Http2Abuse.HEADERS, Http2Abuse.END_HEADERS, 1, get);
          } else {
            client.frame(Http2Abuse.DATA, 0, 1, NOTHING);
          }
        });
  }

  @Test
  void fieldsThatGrowWhenUnpacked() {
    // One large entry in the dynamic table, then a frame full of references to it.
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(Http2Abuse.get("x.test", "/bomb"));
    block.write(0x40);
    block.write(1);
    block.write('x');
    byte[] value = "v".repeat(3_900).getBytes();
    block.write(0x7f);
    block.write(((value.length - 127) & 0x7f) | 0x80);
    block.write((value.length - 127) >> 7);
    block.writeBytes(value);
    for (int i = 0; i < 8_000; i++) {
      block.write(0xbe);
    }
    byte[] bomb = block.toByteArray();
    assertThat(bomb.length).isLessThan(16_384);
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      int sent =
          client.flood(
              200,
              (http2, round) ->
                  http2.frame(
                      Http2Abuse.HEADERS,
                      Http2Abuse.END_HEADERS | Http2Abuse.END_STREAM,
                      2 * round + 1,
                      bomb));
      // Refusing each request with 431 would do as well; what counts is that nobody suffers.
      assertThat(sent).isPositive();
      assertThat(backend.exchanges()).noneMatch(exchange -> exchange.target().equals("/bomb"));
    }
  }

  @Test
  void frameLargerThanAnnounced() throws IOException {
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      int sent =
          client.flood(
              1, (http2, round) -> http2.frame(Http2Abuse.HEADERS, 4, 1, new byte[70_000]));
      assertThat(sent).isBetween(0, 1);
      assertThat(client.endedWithin(5_000)).isTrue();
    }
  }

  @Test
  void windowOverflow() {
    byte[] most = ByteBuffer.allocate(4).putInt(0x7fffffff).array();
    assertRefused(100, (client, round) -> client.frame(8, 0, 0, most));
  }

  @Test
  void dataOnStreamThatNeverWas() {
    assertRefused(1, (client, round) -> client.frame(Http2Abuse.DATA, 0, 7, new byte[10]));
  }

  @Test
  void garbageInsteadOfFrames() {
    assertRefused(
        1, (client, round) -> client.frame(99, 99, 99, new byte[10]).frame(4, 0, 3, NOTHING));
  }

  @Test
  void thousandsOfStreamsThatNeverEnd() throws IOException {
    byte[] get = Http2Abuse.get("x.test", "/never");
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      int sent =
          client.flood(
              20_000,
              (http2, round) ->
                  http2.frame(Http2Abuse.HEADERS, Http2Abuse.END_HEADERS, 2 * round + 1, get));
      assertThat(sent).isPositive();
      // Streams over the limit are refused one by one, or the connection ends.
      assertThat(backend.exchanges().stream().filter(e -> e.target().equals("/never")).count())
          .isLessThan(2_000);
    }
  }
}
