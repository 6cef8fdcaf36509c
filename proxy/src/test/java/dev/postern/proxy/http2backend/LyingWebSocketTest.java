package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.DATA;
import static dev.postern.proxy.http2backend.FrameServer.END_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.PING;
import static dev.postern.proxy.http2backend.FrameServer.RST_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.SETTINGS;
import static dev.postern.proxy.http2backend.FrameServer.WINDOW_UPDATE;
import static dev.postern.proxy.http2backend.FrameServer.int32;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.head;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.socket;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.upgrade;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.upgraded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.http2backend.FrameServer.Frame;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Backends in HTTP/2 that take no WebSockets, or treat them wrongly.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LyingWebSocketTest {
  private static final byte[] ENABLED = {0, 8, 0, 0, 0, 1};
  private static final byte[] WINDOW_OF_10 = {0, 8, 0, 0, 0, 1, 0, 4, 0, 0, 0, 10};
  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;
  private static final int INTERNAL_ERROR = 2;
  private static final int FIRST = 1;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aBackendWithoutTheSettingIsNotAskedAndServesOtherRequestsAsBefore() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello();
          while (true) {
            c.answer(c.request(), "yes");
          }
        });
    Hop hop = hop(server);
    try (Socket client = socket(hop)) {
      for (int i = 0; i < 7; i++) {
        WebSocketBackend.send(client, upgrade("/"));
        String head = head(client);
        assertThat(head).startsWith("HTTP/1.1 502 ");
        client.getInputStream().readNBytes(length(head));
      }
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(head(client)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(hop.log.getFirst())
        .contains(" 502 UPE ")
        .contains("sent no SETTINGS_ENABLE_CONNECT_PROTOCOL");
    assertThat(server.seen.stream().filter(f -> f.type() == HEADERS)).hasSize(1);
    assertThat(server.connections).hasValue(1);
    assertThat(hop.count(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL)).isZero();
  }

  @Test
  void aRequestWaitsForTheSettings() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Long> early = new CompletableFuture<>();
    FrameServer server =
        server(c -> {
          c.await(SETTINGS);
          await(() -> go.getCount() == 0);
          c.hello(ENABLED).await(SETTINGS); // its ACK
          early.complete(c.headersSeen());
          c.await(HEADERS);
          c.headers(FIRST, false, ":status", "200");
          c.frame(DATA, END_STREAM, FIRST, octets("hi"));
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, upgrade("/"));
      await(() -> hop.count(ClusterStat.UPSTREAM_CX_TOTAL) == 1);
      go.countDown();
      assertThat(head(client)).startsWith("HTTP/1.1 101 ");
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hi");
    }
    assertThat(early.join()).isZero();
  }

  @Test
  void aConnectionThatEndsBeforeTheSettingsFailsWhoWaits() throws Exception {
    FrameServer server =
        server(c -> {
          c.await(SETTINGS);
          c.close();
        });
    Hop hop = hop(server);
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, upgrade("/"));
      assertThat(head(client)).startsWith("HTTP/1.1 503 ");
    }
    assertThat(hop.log.getFirst()).contains(" 503 UC ").contains("before it said anything");
    await(() -> hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE) == 0);
  }

  @Test
  void nothingIsSentForAClientThatLeftMeanwhile() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FrameServer server =
        server(c -> {
          c.await(SETTINGS);
          await(() -> go.getCount() == 0);
          c.hello(ENABLED);
          c.frame(PING, 0, 0, new byte[8]);
          while (true) {
            c.read();
          }
        });
    Hop hop = hop(server);
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, upgrade("/"));
      await(() -> hop.count(ClusterStat.UPSTREAM_CX_TOTAL) == 1);
    }
    await(() -> hop.log.size() == 1);
    go.countDown();
    await(() -> server.seen.stream().anyMatch(f -> f.type() == PING && f.flags() == 1));
    assertThat(server.seen).noneMatch(f -> f.type() == HEADERS);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void aHandshakeWithoutItsKeyIsTheClientsFault() throws Exception {
    Hop hop = hop(server(c -> c.hello(ENABLED).rest()));
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, upgrade("/").replaceFirst("Sec-WebSocket-Key: .*\r\n", ""));
      assertThat(head(client)).startsWith("HTTP/1.1 400 ");
    }
    assertThat(hop.log.getFirst()).contains(" 400 DPE ").contains("Sec-WebSocket-Key");
  }

  @Test
  void aTunnelThatTheBackendResetsEndsAndDoesNotCountAsFailing() throws Exception {
    FrameServer server =
        server(c -> {
          agree(c);
          c.await(DATA);
          c.reset(FIRST, INTERNAL_ERROR);
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = upgraded(hop, "/")) {
      WebSocketBackend.send(client, "x");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 UR ").contains("INTERNAL_ERROR");
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void fieldsInATunnelAreAFault() throws Exception {
    FrameServer server =
        server(c -> {
          agree(c);
          c.headers(FIRST, true, "x-end", "1");
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = upgraded(hop, "/")) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    await(() -> server.resetsSeen(PROTOCOL_ERROR) == 1);
    assertThat(hop.log.getFirst()).contains(" 101 UPE ").contains("no place in a tunnel");
  }

  @Test
  void aLengthOfATunnelMeansNothing() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello(ENABLED).await(HEADERS);
          c.headers(FIRST, false, ":status", "204", "content-length", "1");
          c.frame(DATA, END_STREAM, FIRST, octets("hi"));
          c.rest();
        });
    try (Socket client = upgraded(hop(server), "/")) {
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hi");
    }
  }

  @Test
  void aBackendThatHasSaidAllMayTakeNoMore() throws Exception {
    FrameServer server =
        server(c -> {
          agree(c);
          c.frame(DATA, END_STREAM, FIRST, octets("bye"));
          c.reset(FIRST, NO_ERROR);
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = upgraded(hop, "/")) {
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      WebSocketBackend.send(client, "x");
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - 1 3 ");
    assertThat(server.seen).noneMatch(f -> f.type() == RST_STREAM);
  }

  @Test
  void whatWaitedForTheWindowOfABackendThatTakesNoMoreIsDropped() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello(WINDOW_OF_10).await(HEADERS);
          c.headers(FIRST, false, ":status", "200");
          c.await(DATA);
          c.frame(DATA, END_STREAM, FIRST, octets("bye"));
          c.reset(FIRST, NO_ERROR);
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = upgraded(hop, "/")) {
      // More than the sockets on the way can hold.
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> {
            try {
              client.getOutputStream().write(new byte[20_000_000]);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      sent.get(20, TimeUnit.SECONDS);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - ");
  }

  @Test
  void theLastOctetsWaitForTheBackendsWindow() throws Exception {
    FrameServer server =
        server(c -> {
          c.hello(WINDOW_OF_10).await(HEADERS);
          c.headers(FIRST, false, ":status", "200");
          c.frame(DATA, END_STREAM, FIRST, octets("bye"));
          int octets = c.await(DATA).payload().length;
          c.frame(WINDOW_UPDATE, 0, FIRST, int32(1000));
          Frame frame;
          do {
            frame = c.await(DATA);
            octets += frame.payload().length;
          } while (!frame.endsStream());
          c.answer(c.request(), "got " + octets);
          c.rest();
        });
    Hop hop = hop(server);
    try (Socket client = upgraded(hop, "/")) {
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      client.getOutputStream().write(new byte[500]);
    }
    await(() -> hop.log.size() == 1);
    assertThat(hop.log.getFirst()).contains(" 101 - 500 3 ");
    await(() -> server.seen.stream().anyMatch(f -> f.type() == DATA && f.endsStream()));
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      head(client);
      assertThat(client.getInputStream().readNBytes(12)).asString().contains("got 500");
    }
  }

  private static void agree(FrameServer.Connection c) throws IOException {
    c.hello(ENABLED).await(HEADERS);
    c.headers(FIRST, false, ":status", "200");
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int length(String head) {
    return Integer.parseInt(head.replaceFirst("(?s).*content-length: (\\d+).*", "$1"));
  }

  private FrameServer server(Script script) throws IOException {
    FrameServer server = new FrameServer(script);
    open.add(server);
    return server;
  }

  private Hop hop(FrameServer server) {
    Hop hop = Hop.to(server.port());
    open.add(hop);
    return hop.apply();
  }
}
