package dev.postern.proxy.upstream;

import com.google.protobuf.CodedOutputStream;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.UnaryCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What health checks send.
final class HealthRequest {
  private static final byte[] AGENT = Octets.ascii("Postern/HC");
  private static final byte[] GET = Octets.ascii("GET");
  private static final byte[] CHECK = Octets.ascii("/grpc.health.v1.Health/Check");

  /// Of a HealthCheckRequest.
  private static final int SERVICE = 1;

  private HealthRequest() {}

  static RequestHead get(String host, String path) {
    RequestHead head = new RequestHead();
    head.begin(GET, octets(host), octets(path));
    return signed(head);
  }

  static RequestHead grpc(String host) {
    return signed(UnaryCall.head(host, CHECK));
  }

  /// A HealthCheckRequest; the service's name is left out when it is empty.
  static ByteBuf grpcMessage(String service) {
    if (service.isEmpty()) {
      return UnaryCall.prefix(0);
    }
    byte[] message = new byte[CodedOutputStream.computeStringSize(SERVICE, service)];
    try {
      CodedOutputStream.newInstance(message).writeString(SERVICE, service);
    } catch (IOException e) {
      throw new UncheckedIOException("never: it has the room that it needs", e);
    }
    return Unpooled.wrappedBuffer(
        UnaryCall.prefix(message.length), Unpooled.wrappedBuffer(message));
  }

  private static RequestHead signed(RequestHead head) {
    head.headers().add(HeaderName.USER_AGENT, AGENT, 0, AGENT.length);
    return head;
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
