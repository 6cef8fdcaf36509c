package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.FrameServer.DATA;
import static dev.postern.proxy.http2backend.FrameServer.END_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.HEADERS;
import static dev.postern.proxy.http2backend.FrameServer.RST_STREAM;
import static dev.postern.proxy.http2backend.FrameServer.WINDOW_UPDATE;
import static dev.postern.proxy.http2backend.FrameServer.int32;
import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static dev.postern.proxy.http2backend.WebSocketOverHttp2Test.socket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.downstream.FrameClient;
import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.proxy.http2backend.FrameServer.Connection;
import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// HTTP/2 on both sides, a frame at a time: windows, and streams that wait for them.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2FramesThroughTest {
  private static final int CANCEL = 8;
  private static final int FRAME = 16_384;
  private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};
  private static final byte[] WIDE_WINDOW = {0, 4, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aStreamThatWaitsForTheConnectionIsNotForgottenBehindOnesThatAreNoMore() throws Exception {
    Hop hop =
        hop(c -> {
          c.hello();
          body(c, c.request(), 65_535);
          for (int i = 0; i < 4; i++) {
            body(c, c.request(), 1000);
          }
          c.rest();
        });
    FrameClient client = client(hop);
    client.get(1);
    client.awaitEnd(1);
    for (int stream = 3; stream <= 9; stream += 2) {
      client.get(stream);
      assertThat(client.await(HEADERS).stream()).isEqualTo(stream);
    }
    for (int stream = 3; stream < 9; stream += 2) {
      client.frame(RST_STREAM, 0, stream, int32(CANCEL));
    }
    client.frame(WINDOW_UPDATE, 0, 0, int32(65_535));
    Frame data = client.await(DATA);
    assertThat(data.stream()).isEqualTo(9);
    assertThat(data.payload()).hasSize(1000);
  }

  @Test
  void theConnectionsWindowIsGivenBackForStreamsThatEndBeforeTheirBodiesAreTaken()
      throws Exception {
    CountDownLatch uploaded = new CountDownLatch(1);
    Hop hop =
        hop(c -> {
          c.hello(NO_WINDOW);
          c.answer(c.request(), "hello");
          int first = c.await(HEADERS).stream();
          int second = c.await(HEADERS).stream();
          c.await(HEADERS);
          c.await(HEADERS);
          uploaded.await();
          c.frame(
              HEADERS,
              FrameServer.END_HEADERS | END_STREAM,
              first,
              FrameServer.block(":status", "413"));
          c.frame(
              HEADERS,
              FrameServer.END_HEADERS | END_STREAM,
              second,
              FrameServer.block(":status", "413"));
          c.rest();
        });
    FrameClient client = client(hop);
    client.get(1);
    client.awaitEnd(1);
    for (int stream = 3; stream <= 9; stream += 2) {
      client.headers(stream, false, post());
      for (int i = 0; i < 16; i++) {
        client.frame(DATA, 0, stream, new byte[FRAME]);
      }
    }
    assertGivenBack(client, uploaded);
  }

  /// Their responses take long, which must not keep others from sending.
  @Test
  void theConnectionsWindowIsGivenBackOnceTheBackendHasTakenBodiesThatAreComplete()
      throws Exception {
    CountDownLatch uploaded = new CountDownLatch(1);
    Hop hop =
        hop(c -> {
          c.hello(NO_WINDOW);
          c.answer(c.request(), "hello");
          int[] streams = new int[3];
          for (int i = 0; i < streams.length; i++) {
            streams[i] = c.await(HEADERS).stream();
          }
          uploaded.await();
          c.frame(WINDOW_UPDATE, 0, 0, int32(1 << 20));
          for (int stream : streams) {
            c.frame(WINDOW_UPDATE, 0, stream, int32(1 << 20));
            c.headers(stream, false, ":status", "200");
          }
          c.rest();
        });
    FrameClient client = client(hop);
    client.get(1);
    client.awaitEnd(1);
    for (int stream = 3; stream <= 7; stream += 2) {
      client.headers(stream, false, post());
      for (int i = 0; i < 15; i++) {
        client.frame(DATA, 0, stream, new byte[FRAME]);
      }
      client.frame(DATA, END_STREAM, stream, new byte[FRAME]);
    }
    assertGivenBack(client, uploaded);
  }

  /// Half of the connection's window is, once the backend goes on.
  private static void assertGivenBack(FrameClient client, CountDownLatch uploaded)
      throws IOException {
    client.frame(FrameServer.PING, 0, 0, new byte[8]);
    client.await(FrameServer.PING);
    uploaded.countDown();
    Frame update;
    do {
      update = client.await(WINDOW_UPDATE);
    } while (update.stream() != 0);
    assertThat(update.resetCode()).isGreaterThanOrEqualTo(512 * 1024);
  }

  @Test
  void aClientThatReadsSlowlyMayHaveAsManyStreamsAsItWasTold() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    Hop hop =
        hop(c -> {
          c.hello();
          int[] streams = new int[100];
          for (int i = 0; i < streams.length; i++) {
            streams[i] = c.request();
          }
          for (int stream : streams) {
            body(c, stream, 200_000);
          }
          answered.countDown();
          while (true) {
            body(c, c.request(), 5);
          }
        });
    FrameClient client = slowClient(hop);
    for (int i = 0; i < 100; i++) {
      client.get(2 * i + 1);
    }
    assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
    for (int ended = 0; ended < 160; ) {
      Frame frame = client.read();
      assertThat(frame.type()).isNotIn(RST_STREAM, Frame.CLOSED.type());
      if (frame.endsStream()) {
        ended++;
        if (ended <= 60) {
          client.get(2 * ended + 199);
        }
      }
    }
  }

  /// Each takes room in what waits for the client, that it read before it may have another.
  @Test
  void aClientThatReadsNothingCannotHaveEverMoreAnswersByResettingStreams() throws Exception {
    assertThat(
            answersUnread(
                true, (client, stream) -> client.frame(RST_STREAM, 0, stream, int32(CANCEL))))
        .isBetween(100, 170);
  }

  @Test
  void norByEndingRequestsThatWereAnsweredBefore() throws Exception {
    assertThat(answersUnread(false, (client, stream) -> client.frame(DATA, END_STREAM, stream)))
        .isBetween(100, 170);
  }

  private interface Then {
    void on(FrameClient client, int stream) throws IOException;
  }

  /// How many answers a client gets that reads none of them, and does that once an answer was
  /// given.
  ///
  /// @param whole whether its requests are complete from the start
  private int answersUnread(boolean whole, Then then) throws Exception {
    Semaphore answered = new Semaphore(0);
    Hop hop =
        hop(c -> {
          c.hello();
          while (true) {
            body(c, c.await(HEADERS).stream(), 250_000);
            answered.release();
          }
        });
    FrameClient client = slowClient(hop);
    int answers = 0;
    do {
      client.headers(2 * answers + 1, whole, post());
      if (!answered.tryAcquire(3, TimeUnit.SECONDS)) {
        break;
      }
      then.on(client, 2 * answers + 1);
      answers++;
    } while (answers < 195);
    return answers;
  }

  @Test
  void aStreamEndsWithItsResponseAlsoWhenTheBackendOpensNoWindowForTheRequest() throws Exception {
    Hop hop =
        hop(c -> {
          c.hello(NO_WINDOW);
          c.answer(c.request(), "hello");
          c.answer(c.await(HEADERS).stream(), "early");
          c.rest();
        });
    try (Socket client = socket(hop)) {
      WebSocketBackend.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(WebSocketOverHttp2Test.head(client)).startsWith("HTTP/1.1 200 ");
      client.getInputStream().readNBytes("5\r\nhello\r\n0\r\n\r\n".length());
      WebSocketBackend.send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
      assertThat(WebSocketOverHttp2Test.head(client)).startsWith("HTTP/1.1 200 ");
      await(() -> hop.count(ClusterStat.HTTP2_STREAMS_ACTIVE) == 0);
    }
  }

  private static void body(Connection c, int stream, int octets) throws IOException {
    c.headers(stream, false, ":status", "200");
    for (int left = octets; left > 0; left -= FRAME) {
      c.frame(DATA, left <= FRAME ? END_STREAM : 0, stream, new byte[Math.min(left, FRAME)]);
    }
  }

  private static String[] post() {
    return new String[] {
      ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "test.example"
    };
  }

  private FrameClient client(Hop hop) throws IOException {
    FrameClient client = new FrameClient(hop.port);
    open.add(client);
    return client;
  }

  /// Its system takes little, its windows are as large as can be.
  private FrameClient slowClient(Hop hop) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(8192);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), hop.port));
    FrameClient client = new FrameClient(socket);
    open.add(client);
    client.frame(FrameServer.SETTINGS, 0, 0, WIDE_WINDOW);
    client.frame(WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE - 65_535));
    return client;
  }

  private Hop hop(Script script) throws IOException {
    FrameServer server = new FrameServer(script);
    open.add(server);
    Hop hop = Hop.to(server.port()).apply();
    open.add(hop);
    return hop;
  }
}
