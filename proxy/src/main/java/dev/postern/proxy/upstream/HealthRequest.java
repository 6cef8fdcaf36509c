package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
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
    head.clear();
    int at = put(head, method);
    head.method(at, method.length());
    byte[] target = path.getBytes(StandardCharsets.ISO_8859_1);
    at = put(head, path);
    head.target(at, target.length);
    at = put(head, host);
    head.authority(at, host.length());
    head.headers().add(HeaderName.USER_AGENT, AGENT, 0, AGENT.length);
    return head;
  }

  private static int put(RequestHead head, String text) {
    HeaderBlock headers = head.headers();
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] to = headers.room(octets.length);
    int at = headers.length();
    System.arraycopy(octets, 0, to, at, octets.length);
    headers.extend(octets.length);
    return at;
  }
}
