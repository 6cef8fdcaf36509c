package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// What health checks send.
final class HealthRequest {
  private static final byte[] AGENT = Octets.ascii("Postern/HC");

  private HealthRequest() {}

  static RequestHead get(String host, String path) {
    return head("GET", host, path);
  }

  static RequestHead grpc(String host) {
    RequestHead head = head("POST", host, "/grpc.health.v1.Health/Check");
    head.headers().add("content-type", "application/grpc");
    head.takesTrailers(true);
    head.chunked(true);
    return head;
  }

  /// A HealthCheckRequest: field 1 is the service's name, left out when it is empty.
  static ByteBuf grpcMessage(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteBuf message = Unpooled.buffer(name.length + 16);
    message.writeByte(0);
    int lengthAt = message.writerIndex();
    message.writeInt(0);
    if (name.length > 0) {
      message.writeByte((1 << 3) | 2);
      int rest = name.length;
      while (rest >= 0x80) {
        message.writeByte((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      message.writeByte(rest);
      message.writeBytes(name);
    }
    message.setInt(lengthAt, message.writerIndex() - lengthAt - 4);
    return message;
  }

  private static RequestHead head(String method, String host, String path) {
    RequestHead head = new RequestHead();
    head.begin(octets(method), octets(host), octets(path));
    head.headers().add(HeaderName.USER_AGENT, AGENT, 0, AGENT.length);
    return head;
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
