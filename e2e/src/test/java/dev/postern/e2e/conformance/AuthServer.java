package dev.postern.e2e.conformance;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.LyingBackend;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Says over TLS who may pass, in HTTP or in Envoy's ext_authz protocol: whoever has the token
 * {@code good}, who is then {@code X-User: anna}. Others get 401.
 */
final class AuthServer implements AutoCloseable {
  private static final String GOOD = "Bearer good";

  private final int port;
  private final Runnable stop;

  private AuthServer(int port, Runnable stop) {
    this.port = port;
    this.stop = stop;
  }

  static AuthServer http(Certificates certificate) {
    LyingBackend server = LyingBackend.tls(certificate.serverContext(), AuthServer::serve);
    return new AuthServer(server.port(), server::close);
  }

  private static void serve(LyingBackend.Wire wire) throws IOException {
    for (String head = wire.readHead(); !head.isEmpty(); head = wire.readHead()) {
      Exchange exchange =
          new Exchange(
              new ArrayList<>(Arrays.asList(head.split("\r\n"))), "", 0, wire.in(), wire.out());
      exchange.readBody();
      if (exchange.value("authorization").equals(GOOD) && exchange.target().startsWith("/check/")) {
        exchange.respond(200, "", "X-User: anna");
      } else {
        exchange.respond(401, "who are you?", "WWW-Authenticate: Bearer");
      }
    }
  }

  static AuthServer grpc(Certificates certificate) {
    try {
      Server server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
              .useTransportSecurity(stream(certificate.chainPem()), stream(certificate.keyPem()))
              .addService(new Check())
              .build()
              .start();
      return new AuthServer(server.getPort(), server::shutdownNow);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private static final class Check extends AuthorizationGrpc.AuthorizationImplBase {
    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> answers) {
      String token =
          request.getAttributes().getRequest().getHttp().getHeadersOrDefault("authorization", "");
      answers.onNext(token.equals(GOOD) ? allowed() : denied());
      answers.onCompleted();
    }

    private static CheckResponse allowed() {
      HeaderValue user = HeaderValue.newBuilder().setKey("X-User").setValue("anna").build();
      return CheckResponse.newBuilder()
          .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
          .setOkResponse(
              OkHttpResponse.newBuilder()
                  .addHeaders(HeaderValueOption.newBuilder().setHeader(user)))
          .build();
    }

    private static CheckResponse denied() {
      return CheckResponse.newBuilder()
          .setStatus(Status.newBuilder().setCode(Code.UNAUTHENTICATED_VALUE))
          .setDeniedResponse(
              DeniedHttpResponse.newBuilder()
                  .setStatus(HttpStatus.newBuilder().setCode(StatusCode.Unauthorized))
                  .setBody("who are you?"))
          .build();
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    stop.run();
  }
}
