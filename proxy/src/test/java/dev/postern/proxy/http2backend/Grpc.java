package dev.postern.proxy.http2backend;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/// gRPC's own Java server, with calls of octets.
final class Grpc implements AutoCloseable {
  private static final MethodDescriptor.Marshaller<byte[]> OCTETS =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<byte[], byte[]> UNARY =
      method(MethodDescriptor.MethodType.UNARY, "Unary");
  static final MethodDescriptor<byte[], byte[]> FAIL =
      method(MethodDescriptor.MethodType.UNARY, "Fail");
  static final MethodDescriptor<byte[], byte[]> HANG =
      method(MethodDescriptor.MethodType.UNARY, "Hang");
  static final MethodDescriptor<byte[], byte[]> MISSING =
      method(MethodDescriptor.MethodType.UNARY, "Missing");

  /// Answers each octet of a request by a message of that many octets.
  static final MethodDescriptor<byte[], byte[]> SERVER =
      method(MethodDescriptor.MethodType.SERVER_STREAMING, "ServerStreaming");

  /// Answers with the number of octets that came.
  static final MethodDescriptor<byte[], byte[]> CLIENT =
      method(MethodDescriptor.MethodType.CLIENT_STREAMING, "ClientStreaming");

  /// Sends each message back.
  static final MethodDescriptor<byte[], byte[]> BIDI =
      method(MethodDescriptor.MethodType.BIDI_STREAMING, "Bidi");

  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger calls = new AtomicInteger();
  private final io.grpc.Server server;

  Grpc() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .maxInboundMessageSize(64 << 20)
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                    .addMethod(FAIL, ServerCalls.asyncUnaryCall(this::fail))
                    .addMethod(HANG, ServerCalls.asyncUnaryCall(this::hang))
                    .addMethod(SERVER, ServerCalls.asyncServerStreamingCall(this::stream))
                    .addMethod(CLIENT, ServerCalls.asyncClientStreamingCall(this::count))
                    .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(this::echo))
                    .build())
            .build()
            .start();
  }

  private static MethodDescriptor<byte[], byte[]> method(
      MethodDescriptor.MethodType type, String name) {
    return MethodDescriptor.newBuilder(OCTETS, OCTETS)
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Echo", name))
        .build();
  }

  private void unary(byte[] request, StreamObserver<byte[]> response) {
    calls.incrementAndGet();
    response.onNext(request);
    response.onCompleted();
  }

  private void fail(byte[] request, StreamObserver<byte[]> response) {
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER), "because");
    response.onError(
        Status.FAILED_PRECONDITION.withDescription("not now").asRuntimeException(trailers));
  }

  private void hang(byte[] request, StreamObserver<byte[]> response) {
    calls.incrementAndGet();
    ((ServerCallStreamObserver<byte[]>) response).setOnCancelHandler(cancelled::incrementAndGet);
  }

  private void stream(byte[] request, StreamObserver<byte[]> response) {
    for (byte size : request) {
      response.onNext(new byte[size]);
    }
    response.onCompleted();
  }

  private StreamObserver<byte[]> count(StreamObserver<byte[]> response) {
    return new StreamObserver<>() {
      private long octets;

      @Override
      public void onNext(byte[] message) {
        octets += message.length;
      }

      @Override
      public void onError(Throwable cause) {
        cancelled.incrementAndGet();
      }

      @Override
      public void onCompleted() {
        response.onNext(Long.toString(octets).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        response.onCompleted();
      }
    };
  }

  private StreamObserver<byte[]> echo(StreamObserver<byte[]> response) {
    calls.incrementAndGet();
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        response.onNext(message);
      }

      @Override
      public void onError(Throwable cause) {
        cancelled.incrementAndGet();
      }

      @Override
      public void onCompleted() {
        response.onCompleted();
      }
    };
  }

  int port() {
    return server.getPort();
  }

  /// Ends every connection without a word.
  void kill() {
    server.shutdownNow();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
