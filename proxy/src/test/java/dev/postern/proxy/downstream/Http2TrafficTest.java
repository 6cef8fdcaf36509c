package dev.postern.proxy.downstream;

import static dev.postern.proxy.downstream.FrameClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.downstream.FrameClient.Frame;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bodies in both directions, many streams at once, and how streams and connections end.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class Http2TrafficTest {
  private static final int NO_ERROR = 0;
  private static final int INTERNAL_ERROR = 2;
  private static final int CANCEL = 8;

  @Test
  void theJdksClientSpeaksHttp2OverTls() throws Exception {
    X509Bundle certificate =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    SslContext tls =
        SslContextBuilder.forServer(
                certificate.getKeyPair().getPrivate(), certificate.getCertificate())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "h2",
                    "http/1.1"))
            .build();
    byte[] body = new byte[1_000_000];
    new Random(1).nextBytes(body);
    try (HttpBackend backend = new HttpBackend();
        TestProxy proxy = new TestProxy(backend.port(), tls, Timeouts.DEFAULT, Limits.DEFAULT);
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(trusting(certificate))
                .version(HttpClient.Version.HTTP_2)
                .build()) {
      URI uri = URI.create("https://localhost:" + proxy.port() + "/echo");
      List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        responses.add(
            client.sendAsync(
                HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> response : responses) {
        assertThat(response.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.get().statusCode()).isEqualTo(200);
        assertThat(sha(response.get().body())).isEqualTo(sha(body));
      }
      assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HTTP2_TOTAL)).isEqualTo(10);
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_PROTOCOL_ERROR)).isZero();
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_RX_BYTES_TOTAL)).isGreaterThan(10_000_000);
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_TX_BYTES_TOTAL)).isGreaterThan(10_000_000);
    }
  }

  static SSLContext trusting(X509Bundle certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("test", certificate.getCertificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String sha(byte[] octets) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
  }

  @Test
  void h2loadRunsManyStreamsOnFewConnections() throws Exception {
    try (HttpBackend backend = new HttpBackend();
        TestProxy proxy = new TestProxy(backend.port())) {
      String printed =
          Program.run("h2load", "-n600", "-c3", "-m100", "http://127.0.0.1:" + proxy.port() + "/");
      assertThat(printed).contains("600 succeeded, 0 failed, 0 errored, 0 timeout");
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_HTTP2_TOTAL)).isEqualTo(3);
      assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_2XX)).isEqualTo(600);
    }
  }

  @Test
  void aBackendThatDoesNotReadStopsTheClientAtItsWindow() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy(backend.getLocalPort());
        FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, false, request("POST", "/"));
      AtomicLong sent = new AtomicLong();
      Thread sender = Thread.ofVirtual().start(() -> upload(client, sent));
      try (Socket taken = backend.accept()) {
        long stuckAt = awaitStill(sent);
        assertThat(stuckAt).as("what sockets and windows hold").isLessThan(20_000_000);
        InputStream in = taken.getInputStream();
        byte[] some = new byte[65_536];
        long taking = 0;
        while (taking < stuckAt + 1_000_000) {
          taking += in.read(some);
        }
        assertThat(sent.get()).as("goes on when the backend reads").isGreaterThan(stuckAt);
      }
      assertThat(sender.join(Duration.ofSeconds(20))).as("is told that it is over").isTrue();
    }
  }

  /// Sends a body without end, as far as the windows allow, until the stream is ended.
  private static void upload(FrameClient client, AtomicLong sent) {
    byte[] data = new byte[16_384];
    long stream = 65_535;
    long connection = 65_535;
    try {
      while (true) {
        while (Math.min(stream, connection) < data.length) {
          Frame frame = client.read();
          switch (frame.type()) {
            case FrameClient.WINDOW_UPDATE -> {
              if (frame.stream() == 0) {
                connection += frame.resetCode();
              } else {
                stream += frame.resetCode();
              }
            }
            case FrameClient.SETTINGS -> {
              if (frame.flags() != FrameClient.ACK) {
                stream += 256 * 1024 - 65_535;
              }
            }
            case FrameClient.RST_STREAM, FrameClient.GOAWAY, -1 -> {
              return;
            }
            default -> {}
          }
        }
        client.frame(FrameClient.DATA, 0, 1, data);
        sent.addAndGet(data.length);
        stream -= data.length;
        connection -= data.length;
      }
    } catch (IOException e) {
      // The connection is over.
    }
  }

  /// Waits until nothing was sent for half a second.
  private static long awaitStill(AtomicLong sent) throws InterruptedException {
    long before;
    do {
      before = sent.get();
      new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
    } while (sent.get() != before || before == 0);
    return before;
  }

  @Test
  void aClientThatOpensNoWindowGetsNoMoreAndStopsTheBackend() throws Exception {
    AtomicLong written = new AtomicLong();
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy(backend.getLocalPort());
        // INITIAL_WINDOW_SIZE 1000
        FrameClient client =
            new FrameClient(
                proxy.port(), (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 3, (byte) 0xe8)) {
      client.get(1);
      try (Socket taken = backend.accept()) {
        taken.getInputStream().read(new byte[8192]);
        OutputStream out = taken.getOutputStream();
        out.write(
            "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        Thread writer =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    while (true) {
                      out.write(new byte[65_536]);
                      written.addAndGet(65_536);
                    }
                  } catch (Exception e) {
                    // The stream was given up.
                  }
                });
        int received = 0;
        while (received < 1000) {
          received += client.await(FrameClient.DATA).payload().length;
        }
        assertThat(received).isEqualTo(1000);
        assertThat(awaitStill(written)).isLessThan(20_000_000);
        client.frame(FrameClient.WINDOW_UPDATE, 0, 1, FrameClient.int32(500));
        assertThat(client.await(FrameClient.DATA).payload()).hasSize(500);
        client.frame(FrameClient.RST_STREAM, 0, 1, FrameClient.int32(CANCEL));
        writer.join(Duration.ofSeconds(20));
        assertThat(writer.isAlive()).as("the backend is told").isFalse();
        client.frame(FrameClient.PING, 0, 0, new byte[8]);
        client.await(FrameClient.PING);
        assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_RX_RESET)).isEqualTo(1);
        assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_ACTIVE)).isZero();
      }
    }
  }

  @Test
  void aFaultOfOursResetsTheStreamAlone() throws Exception {
    try (HttpBackend backend = new HttpBackend();
        TestProxy proxy = new TestProxy(backend.port());
        FrameClient client = new FrameClient(proxy.port())) {
      client.headers(1, true, request("GET", "/", "x-fault", "ab"));
      assertThat(client.await(FrameClient.RST_STREAM).resetCode()).isEqualTo(INTERNAL_ERROR);
      client.get(3);
      assertThat(client.head().status().toString()).isEqualTo("200");
    }
  }

  @Test
  void aBackendThatBreaksOffResetsTheStreamAlone() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy(backend.getLocalPort());
        FrameClient client = new FrameClient(proxy.port())) {
      for (int stream = 1; stream < 5; stream += 2) {
        client.get(stream);
        try (Socket taken = backend.accept()) {
          taken.getInputStream().read(new byte[8192]);
          taken
              .getOutputStream()
              .write(
                  "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"
                      .getBytes(StandardCharsets.US_ASCII));
        }
        Frame reset = client.await(FrameClient.RST_STREAM);
        assertThat(reset.stream()).isEqualTo(stream);
        assertThat(reset.resetCode()).isEqualTo(INTERNAL_ERROR);
      }
    }
  }

  @Test
  void trailersAndInterimResponsesGetThrough() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy(backend.getLocalPort())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket taken = backend.accept()) {
              String head = "";
              while (!head.contains("x-sum: 42")) {
                byte[] some = new byte[8192];
                int n = taken.getInputStream().read(some);
                head += new String(some, 0, n, StandardCharsets.US_ASCII);
              }
              taken
                  .getOutputStream()
                  .write(
                      ("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
                              + "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"
                              + "keep-alive: timeout=5\r\n\r\n"
                              + "5\r\nhello\r\n0\r\nx-check: good\r\n\r\n")
                          .getBytes(StandardCharsets.US_ASCII));
              taken.getInputStream().read();
            } catch (Exception e) {
              // The client sees that nothing comes.
            }
          });
      String printed =
          Program.run(
              "nghttp",
              "-v",
              "--no-dep",
              "-d",
              "/etc/hostname",
              "--trailer",
              "x-sum: 42",
              "http://127.0.0.1:" + proxy.port() + "/");
      assertThat(printed)
          .contains(":status: 103")
          .contains("link: </a>")
          .contains(":status: 200")
          .contains("x-check: good")
          .doesNotContain("keep-alive");
    }
  }

  @Test
  void drainingFinishesWhatIsUnderWayAndThenCloses() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (HttpBackend backend =
            new HttpBackend(exchange -> {
              try (exchange) {
                answer.await();
                exchange.sendResponseHeaders(200, -1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        TestProxy proxy = new TestProxy(backend.port());
        FrameClient client = new FrameClient(proxy.port())) {
      client.get(1);
      client.frame(FrameClient.PING, 0, 0, new byte[8]);
      client.await(FrameClient.PING);
      proxy.worker.loop().execute(proxy.worker::drain);
      assertThat(client.awaitGoAway().goAwayCode()).isEqualTo(NO_ERROR);
      client.get(3);
      Frame last = client.awaitGoAway();
      assertThat(last.goAwayCode()).isEqualTo(NO_ERROR);
      assertThat(last.payload()[3]).as("the last stream").isEqualTo((byte) 3);
      answer.countDown();
      Set<Integer> answered = new HashSet<>();
      while (answered.size() < 2) {
        Frame frame = client.read();
        assertThat(frame).as("answered so far: %s", answered).isNotSameAs(Frame.CLOSED);
        if (frame.endsStream()) {
          answered.add(frame.stream());
        }
      }
      assertThat(answered).containsExactlyInAnyOrder(1, 3);
      assertThat(client.read()).isSameAs(Frame.CLOSED);
      assertThat(proxy.count(HttpStat.DOWNSTREAM_CX_DRAIN_CLOSE)).isEqualTo(1);
    }
  }

  @Test
  void moreFieldsBehindTheEndOfARequestComeOnAClosedStream() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (HttpBackend backend =
            new HttpBackend(exchange -> {
              try (exchange) {
                answer.await();
                exchange.sendResponseHeaders(200, -1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        TestProxy proxy = new TestProxy(backend.port());
        FrameClient client = new FrameClient(proxy.port())) {
      client.get(1);
      client.headers(1, false, request("GET", "/"));
      assertThat(client.await(FrameClient.RST_STREAM).resetCode()).as("STREAM_CLOSED").isEqualTo(5);
      answer.countDown();
    }
  }

  @Test
  void aClientThatDoesNotReadIsNotTheBackendsFault() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ZERO, Duration.ZERO, Duration.ofMillis(500));
    try (HttpBackend backend =
            new HttpBackend(exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                byte[] part = new byte[64 * 1024];
                for (int i = 0; i < 1000; i++) {
                  exchange.getResponseBody().write(part);
                }
              }
            });
        TestProxy proxy = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        FrameClient client = new FrameClient(proxy.port())) {
      client.get(1);
      client.await(FrameClient.RST_STREAM);
      assertThat(proxy.log).singleElement().asString().contains(" 200 SI ");
    }
  }

  /// Its windows are wide open, so that what it does not read waits in the connection.
  @Test
  void aConnectionOfWhichNothingIsReadEndsAfterItsStreams() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(2));
    try (HttpBackend backend =
            new HttpBackend(exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(200, 30_000_000);
                exchange.getResponseBody().write(new byte[30_000_000]);
              }
            });
        TestProxy proxy = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        FrameClient client = new FrameClient(socket)) {
      byte[] widest = FrameClient.int32(4 << 16 | 0x7fff, 0xffff << 16);
      client.frame(FrameClient.SETTINGS, 0, 0, Arrays.copyOf(widest, 6));
      client.frame(FrameClient.WINDOW_UPDATE, 0, 0, FrameClient.int32(1 << 30));
      client.get(1);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (proxy.log.isEmpty() || proxy.count(HttpStat.DOWNSTREAM_CX_HTTP2_ACTIVE) > 0) {
        assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
        Thread.yield();
      }
      assertThat(proxy.log).singleElement().asString().contains(" 200 SI ");
    }
  }

  @Test
  void aHeadThatIsNeverFinishedIsWaitedForNoLongerThanAHead() throws Exception {
    Timeouts timeouts =
        new Timeouts(Duration.ofMillis(300), Duration.ofMinutes(5), Duration.ofMinutes(5));
    try (HttpBackend backend = new HttpBackend();
        TestProxy proxy = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        FrameClient client = new FrameClient(socket)) {
      client.frame(FrameClient.HEADERS, 0, 1);
      assertThat(client.awaitGoAway().goAwayCode()).isZero();
      assertThat(proxy.count(HttpStat.DOWNSTREAM_RQ_HEADER_TIMEOUT)).isOne();
    }
  }

  @Test
  void aResponseThatTheClientDoesNotTakeIsGivenUp() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ZERO, Duration.ZERO, Duration.ofMillis(500));
    try (HttpBackend backend = new HttpBackend();
        TestProxy proxy = new TestProxy(backend.port(), null, timeouts, Limits.DEFAULT);
        FrameClient client =
            new FrameClient(
                proxy.port(), (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0)) {
      client.headers(1, false, request("POST", "/"));
      client.frame(FrameClient.DATA, FrameClient.END_STREAM, 1, new byte[10]);
      Frame reset = client.await(FrameClient.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
    }
  }
}
