package dev.postern.proxy.exchange;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// An authorization service made of Envoy's own API and gRPC's Java server.
final class AuthServer extends AuthorizationGrpc.AuthorizationImplBase implements AutoCloseable {
  final List<CheckRequest> asked = new CopyOnWriteArrayList<>();
  private final Function<CheckRequest, CheckResponse> answer;
  private final io.grpc.Server server;

  AuthServer(Function<CheckRequest, CheckResponse> answer) throws IOException {
    this.answer = answer;
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(this)
            .build()
            .start();
  }

  @Override
  public void check(CheckRequest request, StreamObserver<CheckResponse> response) {
    asked.add(request);
    CheckResponse said = answer.apply(request);
    response.onNext(said);
    response.onCompleted();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
