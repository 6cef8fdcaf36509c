package dev.postern.proxy.http2backend;

import static dev.postern.proxy.http2backend.Http2BackendTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.FreePort;
import dev.postern.proxy.stat.ClusterStat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// gRPC's own client and server, with the proxy between them.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private Grpc server;
  private Hop hop;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = new Grpc();
    hop = Hop.to(server.port());
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", hop.port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    hop.close();
    server.close();
  }

  @Test
  void unaryCallsWork() {
    hop.apply();
    for (int i = 0; i < 100; i++) {
      assertThat(unary(Grpc.UNARY, HELLO)).isEqualTo(HELLO);
    }
  }

  @Test
  void aLargeMessagePassesThrough() {
    hop.apply();
    byte[] large = new byte[20 << 20];
    new Random(1).nextBytes(large);
    assertThat(unary(Grpc.UNARY, large)).isEqualTo(large);
  }

  @Test
  void anErrorOfTheServerArrivesWithItsTrailers() throws Exception {
    hop.apply();
    StatusRuntimeException failure = failure(Grpc.FAIL, CallOptions.DEFAULT);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("not now");
    assertThat(
            failure.getTrailers().get(Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("because");
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).contains("\" 200 - ").endsWith(" grpc-status=9");
    assertThat(failure(Grpc.MISSING, CallOptions.DEFAULT).getStatus().getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void serverStreamingWorks() {
    hop.apply();
    byte[] sizes = new byte[10_000];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (byte) (i % 100);
    }
    Iterator<byte[]> messages =
        ClientCalls.blockingServerStreamingCall(channel, Grpc.SERVER, CallOptions.DEFAULT, sizes);
    for (byte size : sizes) {
      assertThat(messages.next()).hasSize(size);
    }
    assertThat(messages.hasNext()).isFalse();
  }

  @Test
  void clientStreamingWorks() throws Exception {
    hop.apply();
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(Grpc.CLIENT, CallOptions.DEFAULT), into(got));
    for (int i = 0; i < 1000; i++) {
      to.onNext(new byte[1000]);
    }
    to.onCompleted();
    assertThat((byte[]) got.take()).asString(StandardCharsets.US_ASCII).isEqualTo("1000000");
  }

  @Test
  void bothSidesMayStreamInTurn() throws Exception {
    hop.apply();
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to = bidi(got);
    for (int i = 0; i < 100; i++) {
      byte[] message = new byte[i * 100];
      to.onNext(message);
      assertThat((byte[]) got.take()).hasSize(message.length);
    }
    to.onCompleted();
    assertThat(got.take()).isEqualTo("end");
  }

  @Test
  void aCallThatIsCancelledIsCancelledAtTheServer() throws Exception {
    hop.apply();
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to = bidi(got);
    to.onNext(HELLO);
    assertThat(got.take()).isInstanceOf(byte[].class);
    to.onError(new IllegalStateException("changed my mind"));
    await(() -> server.cancelled.get() == 1);
  }

  @Test
  void aDeadlineIsKeptByTheProxyToo() throws Exception {
    hop.apply();
    // The client's own clock would be first: so the header is sent by another client.
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Void> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hop.port + "/test.Echo/Hang"))
                  .version(HttpClient.Version.HTTP_1_1)
                  .header("content-type", "application/grpc")
                  .header("te", "trailers")
                  .header("grpc-timeout", "600m")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5]))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("grpc-status")).hasValue("4");
      assertThat(response.headers().firstValue("grpc-message")).hasValue("deadline exceeded");
    }
    assertThat(
            failure(Grpc.HANG, CallOptions.DEFAULT.withDeadlineAfter(Duration.ofMillis(700)))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    await(() -> server.cancelled.get() >= 1);
  }

  @Test
  void localFailuresAreGrpcStatuses() throws Exception {
    hop.backends();
    StatusRuntimeException none = failure(Grpc.UNARY, CallOptions.DEFAULT);
    assertThat(none.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(none.getStatus().getDescription()).isEqualTo("no healthy upstream");
    hop.backends(FreePort.next());
    StatusRuntimeException refused = failure(Grpc.UNARY, CallOptions.DEFAULT);
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refused.getStatus().getDescription()).contains("remote connection failure");
    hop.noRoute();
    assertThat(failure(Grpc.UNARY, CallOptions.DEFAULT).getStatus().getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
    await(() -> hop.log.size() == 3);
    assertThat(hop.log.get(0)).contains("\" 200 UH ").endsWith(" grpc-status=14");
    assertThat(hop.log.get(2)).contains("\" 200 NR ").endsWith(" grpc-status=12");
  }

  @Test
  void aTimeoutOfTheRouteIsToldAsAStatus() throws Exception {
    hop.timeout(Duration.ofMillis(500)).apply();
    StatusRuntimeException failure = failure(Grpc.HANG, CallOptions.DEFAULT);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription()).isEqualTo("upstream request timeout");
  }

  @Test
  void aServerThatDiesInAStreamIsToldInTrailers() throws Exception {
    hop.apply();
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to = bidi(got);
    to.onNext(HELLO);
    assertThat(got.take()).isInstanceOf(byte[].class);
    server.kill();
    Object end = got.take();
    assertThat(end).isInstanceOf(Throwable.class);
    assertThat(Status.fromThrowable((Throwable) end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    await(() -> !hop.log.isEmpty());
    assertThat(hop.log.getFirst()).endsWith(" grpc-status=14");
  }

  @Test
  void manyCallsAtOnceShareFewConnections() throws Exception {
    hop.apply();
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    List<ManagedChannel> channels = new ArrayList<>();
    List<StreamObserver<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ManagedChannel one =
          NettyChannelBuilder.forAddress("127.0.0.1", hop.port).usePlaintext().build();
      channels.add(one);
      for (int j = 0; j < 80; j++) {
        all.add(
            ClientCalls.asyncBidiStreamingCall(
                one.newCall(Grpc.BIDI, CallOptions.DEFAULT), into(got)));
        all.getLast().onNext(HELLO);
      }
    }
    for (int i = 0; i < 240; i++) {
      assertThat(got.take()).isInstanceOf(byte[].class);
    }
    assertThat(hop.count(ClusterStat.UPSTREAM_CX_ACTIVE)).isEqualTo(3);
    all.forEach(StreamObserver::onCompleted);
    for (int i = 0; i < 240; i++) {
      assertThat(got.take()).isEqualTo("end");
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private StreamObserver<byte[]> bidi(BlockingQueue<Object> got) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(Grpc.BIDI, CallOptions.DEFAULT), into(got));
  }

  /// Messages, then `end` or why it failed.
  private static StreamObserver<byte[]> into(BlockingQueue<Object> got) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        got.add(message);
      }

      @Override
      public void onError(Throwable cause) {
        got.add(cause);
      }

      @Override
      public void onCompleted() {
        got.add("end");
      }
    };
  }

  private byte[] unary(MethodDescriptor<byte[], byte[]> method, byte[] message) {
    return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, message);
  }

  private StatusRuntimeException failure(
      MethodDescriptor<byte[], byte[]> method, CallOptions options) {
    try {
      ClientCalls.blockingUnaryCall(channel, method, options, HELLO);
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("it worked");
  }
}
