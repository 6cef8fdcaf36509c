package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.GrpcClient;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Answers every method with its name. */
final class GrpcEcho implements AutoCloseable {
  private final Server server;

  GrpcEcho(String name) {
    HandlerRegistry every =
        new HandlerRegistry() {
          @Override
          public ServerMethodDefinition<?, ?> lookupMethod(
              String method, @Nullable String authority) {
            return ServerMethodDefinition.create(
                descriptor(method),
                ServerCalls.asyncUnaryCall((message, answers) -> {
                  answers.onNext(name);
                  answers.onCompleted();
                }));
          }
        };
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
              .fallbackHandlerRegistry(every)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MethodDescriptor<String, String> descriptor(String method) {
    return MethodDescriptor.<String, String>newBuilder()
        .setFullMethodName(method)
        .setType(MethodType.UNARY)
        .setRequestMarshaller(GrpcClient.TEXT)
        .setResponseMarshaller(GrpcClient.TEXT)
        .build();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
