package dev.postern.proxy.authorization;

import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.UnaryCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Asks by Envoy's `envoy.service.auth.v3.Authorization/Check`: one unary gRPC call.
final class GrpcAuthorizer implements Authorizer {
  private static final byte[] CHECK = Octets.ascii("/envoy.service.auth.v3.Authorization/Check");
  private static final byte[] GRPC_TIMEOUT = Octets.ascii("grpc-timeout");
  private static final int OK = 200;

  private final Set<String> allowed;

  GrpcAuthorizer(List<String> allowedHeaders) {
    allowed = Set.copyOf(allowedHeaders);
  }

  @Override
  public Question question(RequestHead request, ByteBuf body, Cluster asked, long timeoutMillis) {
    String authority =
        asked.tls().map(UpstreamTls::sni).filter(sni -> !sni.isEmpty()).orElse(asked.name());
    RequestHead head = UnaryCall.head(authority, CHECK);
    if (timeoutMillis > 0) {
      head.headers().add(GRPC_TIMEOUT, Octets.ascii(timeoutMillis + "m"));
    }
    byte[] message = new CheckRequest(request, allowed, body).untilBody();
    ByteBuf prefix = UnaryCall.prefix(message.length + body.readableBytes());
    return new Question(
        head, Unpooled.wrappedBuffer(prefix, Unpooled.wrappedBuffer(message), body));
  }

  @Override
  public Verdict verdict(Reply reply) {
    if (reply.status() != OK) {
      return new Verdict.Failed("status " + reply.status());
    }
    String problem = UnaryCall.problem(reply.trailers());
    if (!problem.isEmpty()) {
      return new Verdict.Failed(problem);
    }
    byte[] body = reply.body();
    if (body.length < UnaryCall.PREFIX
        || body[0] != 0
        || ByteBuffer.wrap(body).getInt(1) != body.length - UnaryCall.PREFIX) {
      return new Verdict.Failed("not one uncompressed gRPC message");
    }
    try {
      return CheckResponse.read(Arrays.copyOfRange(body, UnaryCall.PREFIX, body.length));
    } catch (IOException e) {
      return new Verdict.Failed("not a CheckResponse");
    }
  }
}
