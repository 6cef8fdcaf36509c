package dev.postern.proxy.authorization;

import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Asks by Envoy's `envoy.service.auth.v3.Authorization/Check`: one unary gRPC call.
final class GrpcAuthorizer implements Authorizer {
  private static final byte[] POST = Octets.ascii("POST");
  private static final byte[] CHECK = Octets.ascii("/envoy.service.auth.v3.Authorization/Check");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] GRPC = Octets.ascii("application/grpc");
  private static final byte[] GRPC_TIMEOUT = Octets.ascii("grpc-timeout");
  private static final byte[] GRPC_STATUS = Octets.ascii("grpc-status");

  /// Of a message: whether it is compressed, and its length.
  private static final int PREFIX = 5;

  private static final int OK = 200;

  private final Set<String> allowed;

  GrpcAuthorizer(List<String> allowedHeaders) {
    allowed = Set.copyOf(allowedHeaders);
  }

  @Override
  public Question question(RequestHead request, ByteBuf body, Cluster asked, long timeoutMillis) {
    RequestHead head = new RequestHead();
    String authority =
        asked.tls().map(UpstreamTls::sni).filter(sni -> !sni.isEmpty()).orElse(asked.name());
    head.begin(POST, Octets.ascii(authority), CHECK);
    head.headers().add(CONTENT_TYPE, GRPC);
    if (timeoutMillis > 0) {
      head.headers().add(GRPC_TIMEOUT, Octets.ascii(timeoutMillis + "m"));
    }
    head.takesTrailers(true);
    head.chunked(true);
    byte[] message = new CheckRequest(request, allowed, body).untilBody();
    ByteBuf prefix = ByteBufAllocator.DEFAULT.buffer(PREFIX);
    prefix.writeByte(0);
    prefix.writeInt(message.length + body.readableBytes());
    return new Question(
        head, Unpooled.wrappedBuffer(prefix, Unpooled.wrappedBuffer(message), body));
  }

  @Override
  public Verdict verdict(Reply reply) {
    if (reply.status() != OK) {
      return new Verdict.Failed("status " + reply.status());
    }
    HeaderBlock trailers = reply.trailers();
    int at = trailers.find(GRPC_STATUS, 0);
    String status = at < 0 ? "" : trailers.valueText(at);
    if (!status.equals("0")) {
      return new Verdict.Failed(
          status.isEmpty() ? "a gRPC response without a status" : "grpc-status " + code(status));
    }
    byte[] body = reply.body();
    if (body.length < PREFIX
        || body[0] != 0
        || ByteBuffer.wrap(body).getInt(1) != body.length - PREFIX) {
      return new Verdict.Failed("not one uncompressed gRPC message");
    }
    try {
      return CheckResponse.read(Arrays.copyOfRange(body, PREFIX, body.length));
    } catch (IOException e) {
      return new Verdict.Failed("not a CheckResponse");
    }
  }

  /// For the log: it came from a peer.
  private static String code(String status) {
    long code = Octets.decimal(Octets.ascii(status), 0, status.length());
    return code < 0 ? "that is no number" : Long.toString(code);
  }
}
