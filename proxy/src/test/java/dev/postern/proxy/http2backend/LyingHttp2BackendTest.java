package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.CONTINUATION;
import static dev.postern.proxy.http2backend.FrameServer.DATA;
import static dev.postern.proxy.http2backend.FrameServer.END_HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.END_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.PING;
import static dev.postern.proxy.http2backend.FrameServer.PUSH_PROMISE;
import static dev.postern.proxy.http2backend.FrameServer.RST_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.SETTINGS;
import static dev.postern.proxy.http2backend.FrameServer.WINDOW_UPDATE;
import static dev.postern.proxy.http2backend.FrameServer.block;
import static dev.postern.proxy.http2backend.FrameServer.int32;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.proxy.http2backend.FrameServer.Connection;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Backends that refuse, go away or break the rules of HTTP/2.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LyingHttp2BackendTest {
  private static final int PROTOCOL_ERROR = 1;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;

  /// Netty leaves stream 1 to upgrades.
  private static final int FIRST = 1;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(client));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aRefusedStreamIsSentAgainWithItsBody() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    FrameServer server =
        server(c -> {
          c.hello();
          while (true) {
            int stream = c.request();
            if (refused.getAndIncrement() == 0) {
              c.reset(stream, REFUSED_STREAM);
            } else {
              c.answer(stream, "second");
            }
          }
        });
    Hop hop = hop(server);
    assertThat(post(hop, "the body").body()).isEqualTo("second");
    assertThat(
            server.seen.stream()
                .filter(f -> f.type() == DATA && f.payload().length > 0)
                .map(f -> new String(f.payload(), StandardCharsets.US_ASCII)))
        .containsExactly("the body", "the body");
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_RETRY)).isEqualTo(1);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_RETRY_SUCCESS)).isEqualTo(1);
  }

  @Test
  void aStreamThatIsRefusedAgainAndAgainIsGivenUp() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    FrameServer server =
        server(c -> {
          c.hello();
          while (true) {
            int stream = c.request();
            requests.incrementAndGet();
            c.reset(stream, REFUSED_STREAM);
          }
        });
    HttpResponse<String> response = get(hop(server));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).endsWith("reset reason: remote refused stream reset");
    assertThat(requests).hasValue(3);
  }

  @Test
  void aRefusedStreamGoesToAnotherEndpoint() throws Exception {
    FrameServer refusing =
        server(c -> {
          c.hello();
          while (true) {
            c.reset(c.request(), REFUSED_STREAM);
          }
        });
    FrameServer willing =
        server(c -> {
          c.hello();
          while (true) {
            c.answer(c.request(), "fine");
          }
        });
    Hop hop = Hop.to(refusing.port(), willing.port()).apply();
    open.add(hop);
    for (int i = 0; i < 20; i++) {
      assertThat(post(hop, "x").body()).isEqualTo("fine");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8, 11, 13, 1234})
  void aStreamThatWasPerhapsProcessedIsNotSentAgain(int code) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    FrameServer server =
        server(c -> {
          c.hello();
          while (true) {
            int stream = c.request();
            requests.incrementAndGet();
            c.reset(stream, code);
          }
        });
    Hop hop = hop(server);
    HttpResponse<String> response = get(hop);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).endsWith("reset reason: remote reset");
    assertThat(requests).hasValue(1);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains(" 503 UR ").contains("reset the stream");
  }

  /// The end of a connection that had been idle may have been on its way before the request was.
  @Test
  void onlyAKeptConnectionThatEndsInSilenceCountsAsOneThatWasIdle() throws Exception {
    for (boolean silent : List.of(true, false)) {
      FrameServer server =
          server(c -> {
            c.hello();
            c.answer(c.request(), "from " + c.number);
            c.request();
            if (!silent) {
              c.frame(PING, 0, 0, new byte[8]);
              c.await(PING);
            }
            c.close();
          });
      Hop hop = hop(server);
      assertThat(get(hop).body()).isEqualTo("from 1");
      HttpResponse<String> second = get(hop);
      if (silent) {
        assertThat(second.body()).isEqualTo("from 2");
      } else {
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.body()).endsWith("reset reason: connection termination");
      }
    }
  }

  @Test
  void streamsBehindTheLastOfAGoAwayAreSentElsewhereAndThoseBeforeItFinish() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          if (c.number > 1) {
            while (true) {
              c.answer(c.request(), "elsewhere");
            }
          }
          int first = c.request();
          c.request();
          c.request();
          c.goAway(first, 0);
          c.answer(first, "here");
          c.rest();
        });
    Hop hop = hop(server);
    CompletableFuture<HttpResponse<String>> one = postAsync(hop);
    await(() -> server.seen.stream().anyMatch(FrameServer.Frame::endsStream));
    CompletableFuture<HttpResponse<String>> two = postAsync(hop);
    CompletableFuture<HttpResponse<String>> three = postAsync(hop);
    assertThat(one.get().body()).isEqualTo("here");
    assertThat(two.get().body()).isEqualTo("elsewhere");
    assertThat(three.get().body()).isEqualTo("elsewhere");
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_CLOSE_NOTIFY)).isEqualTo(1);
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 1);
  }

  @Test
  void aBackendThatAlwaysGoesAwayCostsThreeAttempts() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.request();
          c.goAway(0, 0);
          c.rest();
        });
    Hop hop = hop(server);
    for (int i = 0; i < 5; i++) {
      assertThat(get(hop).statusCode()).isEqualTo(503);
    }
    assertThat(server.connections).hasValue(15);
    await(() -> hop.count(ClusterStat.UPSTREAM_CX_ACTIVE) == 0);
  }

  @Test
  void aBackendInHttp1IsCalledThat() throws Exception {
    FrameServer server =
        server(c -> {
          c.raw(
              "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          c.rest();
        });
    Hop hop = hop(server);
    assertThat(get(hop).statusCode()).isEqualTo(502);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains(" 502 UPE ").contains("does not speak HTTP/2");
  }

  @Test
  void aBackendThatHangsUpAtThePrefaceIsCalledThat() throws Exception {
    Hop hop = hop(server(Connection::close));
    assertThat(get(hop).statusCode()).isEqualTo(503);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("before it said anything in HTTP/2");
  }

  @Test
  void aBackendThatSendsNoSettingsIsGivenUpInTime() throws Exception {
    Hop hop = hop(server(Connection::rest));
    HttpResponse<String> response = get(hop);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).endsWith("connection timeout");
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("sent no SETTINGS");
  }

  /// What a backend answers; then it goes on in order.
  private static final Map<String, Script> MALFORMED =
      Map.ofEntries(
          Map.entry("no status", c -> c.headers(c.request(), true, "x", "y")),
          Map.entry("status 99", c -> c.headers(c.request(), true, ":status", "99")),
          Map.entry("status 1e3", c -> c.headers(c.request(), true, ":status", "1e3")),
          Map.entry(
              "two statuses",
              c -> c.headers(c.request(), true, ":status", "200", ":status", "200")),
          Map.entry("status last", c -> c.headers(c.request(), true, "x", "y", ":status", "200")),
          Map.entry(
              "a request's field",
              c -> c.headers(c.request(), true, ":status", "200", ":path", "/")),
          Map.entry(
              "connection",
              c -> c.headers(c.request(), true, ":status", "200", "connection", "close")),
          Map.entry(
              "chunked",
              c -> c.headers(c.request(), true, ":status", "200", "transfer-encoding", "chunked")),
          Map.entry("upper case", c -> c.headers(c.request(), true, ":status", "200", "X-Up", "1")),
          Map.entry(
              "line end",
              c -> c.headers(c.request(), true, ":status", "200", "x", "a\r\nset-cookie: b")),
          Map.entry("nul", c -> c.headers(c.request(), true, ":status", "200", "x", "a\0b")),
          Map.entry("101", c -> c.headers(c.request(), false, ":status", "101")),
          Map.entry(
              "two lengths",
              c ->
                  c.headers(
                      c.request(),
                      true,
                      ":status",
                      "200",
                      "content-length",
                      "0",
                      "content-length",
                      "0")),
          Map.entry(
              "length without a body",
              c -> c.headers(c.request(), true, ":status", "200", "content-length", "7")),
          Map.entry("data first", c -> c.frame(DATA, END_STREAM, c.request(), (byte) 1)));

  @Test
  void aMalformedHeadIsAProtocolErrorOfItsStreamAlone() throws Exception {
    for (Map.Entry<String, Script> malformed : MALFORMED.entrySet()) {
      FrameServer server =
          server(c -> {
            c.hello();
            malformed.getValue().run(c);
            while (true) {
              c.answer(c.request(), "next");
            }
          });
      Hop hop = hop(server);
      HttpResponse<String> response = get(hop);
      assertThat(response.statusCode()).as(malformed.getKey()).isEqualTo(502);
      assertThat(response.headers().map()).doesNotContainKey("set-cookie");
      assertThat(get(hop).body()).as(malformed.getKey()).isEqualTo("next");
      assertThat(server.connections).as(malformed.getKey()).hasValue(1);
      assertThat(server.resetsSeen(PROTOCOL_ERROR)).as(malformed.getKey()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short",
        "long",
        "upper case in trailers",
        "pseudo in trailers",
        "reset",
        "no end of headers"
      })
  void aBodyThatIsNotWhatItSaidIsNotCompleteForTheClient(String how) throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          int stream = c.request();
          c.headers(stream, false, ":status", "200", "content-length", "5");
          switch (how) {
            case "short" -> c.frame(DATA, END_STREAM, stream, new byte[3]);
            case "long" -> {
              c.frame(DATA, 0, stream, new byte[4]);
              c.frame(DATA, END_STREAM, stream, new byte[4]);
            }
            case "upper case in trailers" -> {
              c.frame(DATA, 0, stream, new byte[5]);
              c.headers(stream, true, "X-Up", "1");
            }
            case "pseudo in trailers" -> {
              c.frame(DATA, 0, stream, new byte[5]);
              c.headers(stream, true, ":status", "200");
            }
            case "reset" -> {
              c.frame(DATA, 0, stream, new byte[3]);
              c.reset(stream, 2);
            }
            default -> {
              c.frame(DATA, 0, stream, new byte[3]);
              c.headers(stream, false, "x", "y");
            }
          }
          c.rest();
        });
    Hop hop = hop(server);
    if (how.contains("trailers")) {
      // All octets of the length that was announced are out before the lie.
      assertThat(get(hop).body()).hasSize(5);
    } else {
      assertThatThrownBy(() -> get(hop)).isInstanceOf(IOException.class);
    }
  }

  /// What ends the connection.
  private static final Map<String, Script> BROKEN =
      Map.ofEntries(
          Map.entry("data on stream 0", c -> c.frame(DATA, 0, 0, new byte[1])),
          Map.entry("data on a stream that never was", c -> c.frame(DATA, 0, 101, new byte[1])),
          Map.entry("reset of a stream that never was", c -> c.reset(101, 0)),
          Map.entry("a push", c -> c.frame(PUSH_PROMISE, END_HEADERS, FIRST, pushed())),
          Map.entry("a frame that is too large", c -> c.frame(DATA, 0, FIRST, new byte[20_000])),
          Map.entry("settings of a wrong size", c -> c.frame(SETTINGS, 0, 0, new byte[5])),
          Map.entry(
              "a window over its limit",
              c -> c.frame(WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE))),
          Map.entry("a lone continuation", c -> c.frame(CONTINUATION, 0, FIRST, new byte[1])),
          Map.entry(
              "hpack that is none",
              c ->
                  c.frame(
                      HEADERS,
                      END_HEADERS,
                      FIRST,
                      (byte) 0xff,
                      (byte) 0xff,
                      (byte) 0xff,
                      (byte) 0xff,
                      (byte) 0xff,
                      (byte) 0xff)),
          Map.entry(
              "a going away that comes back",
              c -> {
                c.goAway(FIRST, 0);
                c.goAway(FIRST + 2, 0);
              }),
          Map.entry(
              "endless headers",
              c -> {
                c.frame(HEADERS, 0, FIRST, block(":status", "200"));
                while (true) {
                  c.frame(CONTINUATION, 0, FIRST, block("x-name", "v".repeat(10_000)));
                }
              }),
          Map.entry(
              "endless small continuations",
              c -> {
                c.frame(HEADERS, 0, FIRST, block(":status", "200"));
                while (true) {
                  c.frame(CONTINUATION, 0, FIRST);
                }
              }),
          Map.entry(
              "a flood of pings",
              c -> {
                while (true) {
                  c.frame(PING, 0, 0, new byte[8]);
                }
              }),
          Map.entry(
              "a flood of settings",
              c -> {
                while (true) {
                  c.frame(SETTINGS, 0, 0);
                }
              }),
          Map.entry(
              "a flood of empty data",
              c -> {
                c.headers(FIRST, false, ":status", "200");
                while (true) {
                  c.frame(DATA, 0, FIRST);
                }
              }),
          Map.entry(
              "a flood of resets",
              c -> {
                while (true) {
                  c.reset(FIRST, 0);
                }
              }),
          Map.entry(
              "streams of its own",
              c -> {
                for (int stream = 2; ; stream += 2) {
                  c.headers(stream, false, ":status", "200");
                }
              }));

  private static byte[] pushed() {
    byte[] fields = block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
    byte[] all = new byte[4 + fields.length];
    all[3] = 2;
    System.arraycopy(fields, 0, all, 4, fields.length);
    return all;
  }

  @Test
  void whatBreaksTheConnectionEndsItAndTheNextRequestGetsAnother() throws Exception {
    for (Map.Entry<String, Script> broken : BROKEN.entrySet()) {
      FrameServer server =
          server(c -> {
            c.hello();
            if (c.number == 1) {
              c.request();
              Thread.ofVirtual().start(() -> drain(c));
              broken.getValue().run(c);
            } else {
              while (true) {
                c.answer(c.request(), "next");
              }
            }
          });
      Hop hop = hop(server);
      try {
        assertThat(get(hop).statusCode()).as(broken.getKey()).isIn(200, 502, 503);
      } catch (IOException e) {
        assertThat(broken.getKey()).as("its head was right").isEqualTo("a flood of empty data");
      }
      await(() -> hop.count(ClusterStat.UPSTREAM_CX_DESTROY) == 1);
      assertThat(get(hop).body()).as(broken.getKey()).isEqualTo("next");
    }
  }

  private static void drain(Connection connection) {
    try {
      connection.rest();
    } catch (IOException e) {
      // It is over.
    }
  }

  @Test
  void aWindowThatStaysShutPausesTheClientAndIsTheBackendsFault() throws Exception {
    FrameServer server =
        server(c -> {
          // SETTINGS_INITIAL_WINDOW_SIZE: 0.
          c.hello((byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
          c.rest();
        });
    Hop hop = Hop.to(server.port()).timeouts(Duration.ofSeconds(1)).apply();
    open.add(hop);
    Thread sender;
    try (Socket socket = new Socket("127.0.0.1", hop.port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    out.write(new byte[65_536]);
                  }
                } catch (IOException e) {
                  // The proxy has had enough.
                }
              });
      byte[] status = socket.getInputStream().readNBytes(12);
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 504");
    }
    sender.join();
    assertThat(
            server.seen.stream()
                .filter(f -> f.type() == DATA)
                .mapToInt(f -> f.payload().length)
                .sum())
        .as("what may be sent before the settings come")
        .isLessThanOrEqualTo(65_535);
    await(() -> server.resetsSeen(CANCEL) == 1);
  }

  @Test
  void aConnectionThatFellSilentGetsNoFurtherRequest() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          c.answer(c.request(), "alive");
          if (c.number == 1) {
            c.rest();
          }
          while (true) {
            c.answer(c.request(), "alive");
          }
        });
    Hop hop = Hop.to(server.port()).timeouts(Duration.ofMillis(1500)).apply();
    open.add(hop);
    assertThat(get(hop).statusCode()).isEqualTo(200);
    assertThat(get(hop).statusCode()).isEqualTo(504);
    assertThat(get(hop).body()).isEqualTo("alive");
    assertThat(server.seen).anyMatch(f -> f.type() == PING && f.flags() == 0);
  }

  @Test
  void theConnectionIsKeptWhenAnAnswerComesBeforeTheEndOfTheRequest() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          while (true) {
            int stream = c.await(HEADERS).stream();
            c.answer(stream, "early");
          }
        });
    Hop hop = hop(server);
    for (int i = 0; i < 3; i++) {
      try (Socket socket = new Socket("127.0.0.1", hop.port)) {
        socket
            .getOutputStream()
            .write(
                "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        byte[] status = socket.getInputStream().readNBytes(12);
        assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      }
    }
    assertThat(server.connections).hasValue(1);
    await(() -> server.seen.stream().filter(f -> f.type() == RST_STREAM).count() == 3);
  }

  private FrameServer server(Script script) throws IOException {
    FrameServer server = new FrameServer(script);
    open.add(server);
    return server;
  }

  private Hop hop(FrameServer server) {
    Hop hop = Hop.to(server.port()).apply();
    open.add(hop);
    return hop;
  }

  private HttpResponse<String> get(Hop hop) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + "/")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Hop hop, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + "/"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> postAsync(Hop hop) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + "/"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
