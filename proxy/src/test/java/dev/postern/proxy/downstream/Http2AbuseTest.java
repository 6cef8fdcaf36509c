package dev.postern.proxy.downstream;

import static dev.postern.proxy.downstream.FrameClient.int32;
import static dev.postern.proxy.downstream.FrameClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.proxy.stat.HttpStat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that only make work. Each test has a well-behaved client beside the bad one.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2AbuseTest {
  private static final int PROTOCOL_ERROR = 1;
  private static final int FLOW_CONTROL_ERROR = 3;
  private static final int FRAME_SIZE_ERROR = 6;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;
  private static final int COMPRESSION_ERROR = 9;
  private static final int ENHANCE_YOUR_CALM = 11;

  private final CountDownLatch never = new CountDownLatch(1);
  private HttpBackend backend;
  private TestProxy proxy;
  private FrameClient good;
  private FrameClient bad;

  @BeforeEach
  void start() throws Exception {
    backend =
        new HttpBackend(exchange -> {
          try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/begun")) {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().flush();
            }
            if (!path.equals("/")) {
              never.await();
            }
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    proxy = new TestProxy(backend.port());
    good = new FrameClient(proxy.port());
    bad = new FrameClient(proxy.port());
  }

  @AfterEach
  void othersAreNotAffected() throws Exception {
    good.get(1);
    assertThat(good.awaitEnd(1).endsStream()).isTrue();
    good.close();
    bad.close();
    never.countDown();
    proxy.close();
    backend.close();
  }

  private void assertGone(int code) throws Exception {
    Frame frame = bad.awaitGoAway();
    assertThat(frame.type()).isEqualTo(FrameClient.GOAWAY);
    assertThat(frame.goAwayCode()).isEqualTo(code);
    assertThat(bad.await(99)).isSameAs(Frame.CLOSED);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isPositive();
  }

  @Test
  void rapidResetIsEnded() throws Exception {
    bad.flood(
        2000,
        i -> {
          bad.headers(i * 2 + 1, true, request("GET", "/slow"));
          bad.frame(FrameClient.RST_STREAM, 0, i * 2 + 1, int32(CANCEL));
        });
    assertGone(ENHANCE_YOUR_CALM);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL)).isLessThan(1000);
  }

  /// CVE-2025-8671: the client makes the server reset.
  @Test
  void makingUsResetIsEnded() throws Exception {
    bad.flood(
        2000,
        i -> {
          bad.headers(i * 2 + 1, true, request("GET", "/slow"));
          bad.frame(FrameClient.WINDOW_UPDATE, 0, i * 2 + 1, int32(0));
        });
    assertGone(ENHANCE_YOUR_CALM);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL)).isLessThan(1000);
  }

  @Test
  void malformedRequestsWithoutEndAreEnded() throws Exception {
    bad.flood(2000, i -> bad.headers(i * 2 + 1, true, request("GET", "/", "upgrade", "x")));
    assertGone(ENHANCE_YOUR_CALM);
  }

  @Test
  void honestCancellationIsFine() throws Exception {
    for (int i = 0; i < 300; i++) {
      int stream = i * 4 + 1;
      bad.get(stream);
      assertThat(bad.awaitEnd(stream).endsStream()).isTrue();
      bad.headers(stream + 2, true, request("GET", "/"));
      bad.frame(FrameClient.RST_STREAM, 0, stream + 2, int32(CANCEL));
    }
    assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isZero();
  }

  @Test
  void whoGivesUpResponsesThatHaveBegunIsNoBurden() throws Exception {
    for (int stream = 1; stream < 2 * 300; stream += 2) {
      bad.headers(stream, true, request("GET", "/begun"));
      assertThat(bad.await(FrameClient.HEADERS).stream()).isEqualTo(stream);
      bad.frame(FrameClient.RST_STREAM, 0, stream, int32(CANCEL));
    }
    bad.get(601);
    assertThat(bad.awaitEnd(601).endsStream()).isTrue();
  }

  /// As gRPC's deadlines come, all at once.
  @Test
  void whoGivesUpWhatTakesLongIsNoBurden() throws Exception {
    int stream = 1;
    for (int batch = 0; batch < 3; batch++) {
      int first = stream;
      for (int i = 0; i < 90; i++, stream += 2) {
        bad.headers(stream, true, request("GET", "/slow"));
      }
      long asked = System.nanoTime();
      await().until(() -> System.nanoTime() - asked > 1_100_000_000L);
      for (int given = first; given < stream; given += 2) {
        bad.frame(FrameClient.RST_STREAM, 0, given, int32(CANCEL));
      }
    }
    bad.get(stream);
    assertThat(bad.awaitEnd(stream).endsStream()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        FrameClient.PING,
        FrameClient.SETTINGS,
        FrameClient.PRIORITY,
        FrameClient.WINDOW_UPDATE,
        FrameClient.DATA,
        0x7f
      })
  void framesThatCarryNothingAreEnded(int type) throws Exception {
    bad.headers(1, false, request("POST", "/slow"));
    byte[] payload =
        switch (type) {
          case FrameClient.PING -> new byte[8];
          case FrameClient.PRIORITY -> new byte[5];
          case FrameClient.WINDOW_UPDATE -> int32(1);
          default -> new byte[0];
        };
    int stream =
        switch (type) {
          case FrameClient.PRIORITY -> 3;
          case FrameClient.DATA, FrameClient.WINDOW_UPDATE -> 1;
          default -> 0;
        };
    bad.flood(100_000, _ -> bad.frame(type, 0, stream, payload));
    assertGone(ENHANCE_YOUR_CALM);
  }

  /// What comes on a stream that is no more is no work, so it allows for no more of those frames.
  @Test
  void headersOnAStreamThatWasResetAllowForNothing() throws Exception {
    bad.headers(1, false, request("POST", "/slow"));
    bad.frame(FrameClient.WINDOW_UPDATE, 0, 1, int32(0));
    assertThat(bad.await(FrameClient.RST_STREAM).stream()).isEqualTo(1);
    bad.flood(
        20_000,
        i -> {
          if (i % 10 == 0) {
            bad.get(1);
          }
          bad.frame(FrameClient.PING, 0, 0, new byte[8]);
        });
    assertGone(ENHANCE_YOUR_CALM);
  }

  /// Nor is the end of a request that was given up, when it comes again and again.
  @Test
  void emptyDataOnAStreamThatWasResetIsEnded() throws Exception {
    bad.headers(1, false, request("POST", "/slow"));
    bad.frame(FrameClient.RST_STREAM, 0, 1, int32(CANCEL));
    bad.flood(20_000, _ -> bad.frame(FrameClient.DATA, FrameClient.END_STREAM, 1));
    assertGone(ENHANCE_YOUR_CALM);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100})
  void smallContinuationsWithoutEndAreEnded(int length) throws Exception {
    bad.frame(FrameClient.HEADERS, FrameClient.END_STREAM, 1, FrameClient.block("x-a", "b"));
    bad.flood(10_000, _ -> bad.frame(FrameClient.CONTINUATION, 0, 1, new byte[length]));
    assertGone(ENHANCE_YOUR_CALM);
  }

  @Test
  void largeContinuationsWithoutEndAreEnded() throws Exception {
    bad.frame(FrameClient.HEADERS, FrameClient.END_STREAM, 1, FrameClient.block("x-a", "b"));
    bad.flood(100, _ -> bad.frame(FrameClient.CONTINUATION, 0, 1, new byte[16_000]));
    assertGone(PROTOCOL_ERROR);
  }

  /// RFC 7541 7.3: one entry of the table, referred to again and again.
  @Test
  void aHeaderBombIsAnsweredAndNotUnpacked() throws Exception {
    bad.headers(1, true, request("GET", "/"));
    byte[] entry = FrameClient.block("x-bomb", "a".repeat(3900));
    entry[0] = 0x40;
    byte[] head = FrameClient.block(request("GET", "/"));
    byte[] bomb = new byte[head.length + entry.length + 10_000];
    System.arraycopy(head, 0, bomb, 0, head.length);
    System.arraycopy(entry, 0, bomb, head.length, entry.length);
    java.util.Arrays.fill(bomb, head.length + entry.length, bomb.length, (byte) (0x80 | 62));
    bad.frame(FrameClient.HEADERS, FrameClient.END_HEADERS | FrameClient.END_STREAM, 3, bomb);
    assertThat(bad.awaitEnd(3).endsStream()).isTrue();
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_TOO_LARGE)).isEqualTo(1);
  }

  @Test
  void aConnectionWindowThatOverflowsEndsTheConnection() throws Exception {
    bad.frame(FrameClient.WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE));
    assertGone(FLOW_CONTROL_ERROR);
  }

  @Test
  void aStreamWindowThatOverflowsEndsTheStream() throws Exception {
    bad.headers(1, true, request("GET", "/slow"));
    bad.frame(FrameClient.WINDOW_UPDATE, 0, 1, int32(Integer.MAX_VALUE));
    assertThat(bad.await(FrameClient.RST_STREAM).resetCode()).isEqualTo(FLOW_CONTROL_ERROR);
    bad.frame(FrameClient.PING, 0, 0, new byte[8]);
    assertThat(bad.await(FrameClient.PING).flags()).isEqualTo(FrameClient.ACK);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void moreThanTheWindowEndsTheStream() throws Exception {
    bad.headers(1, false, request("POST", "/slow"));
    byte[] data = new byte[16_384];
    // More than the sockets on the way to the backend can hold.
    bad.flood(2000, _ -> bad.frame(FrameClient.DATA, 0, 1, data));
    Frame frame;
    do {
      frame = bad.read();
    } while (frame.type() != FrameClient.RST_STREAM
        && frame.type() != FrameClient.GOAWAY
        && frame != Frame.CLOSED);
    assertThat(frame.type()).isNotEqualTo(Frame.CLOSED.type());
  }

  @Test
  void streamsBeyondTheLimitAreRefusedAndServedLater() throws Exception {
    for (int i = 0; i < 101; i++) {
      bad.headers(i * 2 + 1, true, request("GET", "/slow"));
    }
    Frame reset = bad.await(FrameClient.RST_STREAM);
    assertThat(reset.stream()).isEqualTo(201);
    assertThat(reset.resetCode()).isEqualTo(REFUSED_STREAM);
    never.countDown();
    assertThat(bad.awaitEnd(1).endsStream()).isTrue();
  }

  @Test
  void streamsBeyondTheLimitWithoutEndAreEnded() throws Exception {
    bad.flood(2000, i -> bad.headers(i * 2 + 1, true, request("GET", "/slow")));
    assertGone(ENHANCE_YOUR_CALM);
    assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL)).isEqualTo(100);
  }

  @Test
  void rubbishForAHeaderBlockEndsTheConnection() throws Exception {
    bad.frame(FrameClient.HEADERS, FrameClient.END_HEADERS, 1, (byte) 0xff, (byte) 0xff);
    assertGone(COMPRESSION_ERROR);
  }

  @Test
  void aFrameThatIsTooLargeEndsTheConnection() throws Exception {
    bad.flood(1, _ -> bad.frame(FrameClient.DATA, 0, 1, new byte[16_385]));
    assertGone(FRAME_SIZE_ERROR);
  }

  @Test
  void dataBeforeHeadersEndsTheConnection() throws Exception {
    bad.frame(FrameClient.DATA, 0, 1, new byte[1]);
    assertGone(PROTOCOL_ERROR);
  }

  /// RFC 9113 5.1: what is wrong with the frame itself matters less than that there is no stream.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aWindowUpdateBeforeHeadersEndsTheConnection(int increment) throws Exception {
    bad.frame(FrameClient.WINDOW_UPDATE, 0, 1, int32(increment));
    assertGone(PROTOCOL_ERROR);
  }

  @Test
  void aWindowUpdateOfNothingOnAClosedStreamIsPassedOver() throws Exception {
    bad.get(1);
    assertThat(bad.awaitEnd(1).endsStream()).isTrue();
    bad.frame(FrameClient.WINDOW_UPDATE, 0, 1, int32(0));
    bad.frame(FrameClient.PING, 0, 0, new byte[8]);
    assertThat(bad.read().type()).isEqualTo(FrameClient.PING);
  }
}
