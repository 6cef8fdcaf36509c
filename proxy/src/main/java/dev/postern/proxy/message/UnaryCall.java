package dev.postern.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// A unary gRPC call that the proxy makes itself (gRPC over HTTP/2).
public final class UnaryCall {
  /// Octets in front of a message: whether it is compressed, and its length.
  public static final int PREFIX = 5;

  private static final byte[] POST = Octets.ascii("POST");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] GRPC = Octets.ascii("application/grpc");
  private static final byte[] GRPC_STATUS = Octets.ascii("grpc-status");

  private UnaryCall() {}

  /// The head; a message and no trailer section follow.
  ///
  /// @param method such as `/grpc.health.v1.Health/Check`
  public static RequestHead head(String authority, byte[] method) {
    RequestHead head = new RequestHead();
    head.begin(POST, Octets.ascii(authority), method);
    head.headers().add(CONTENT_TYPE, GRPC);
    head.takesTrailers(true);
    head.chunked(true);
    return head;
  }

  /// What comes before a message of that length.
  public static ByteBuf prefix(int length) {
    ByteBuf prefix = ByteBufAllocator.DEFAULT.buffer(PREFIX);
    prefix.writeByte(0);
    prefix.writeInt(length);
    return prefix;
  }

  /// What the trailers, or the head of a response without a body, say against it; empty for
  /// nothing.
  public static String problem(HeaderBlock trailers) {
    int at = trailers.find(GRPC_STATUS, 0);
    String status = at < 0 ? "" : trailers.valueText(at);
    if (status.isEmpty()) {
      return "a gRPC response without a status";
    }
    return status.equals("0") ? "" : "grpc-status " + code(status);
  }

  /// For the log: it came from a peer.
  private static String code(String status) {
    long code = Octets.decimal(Octets.ascii(status), 0, status.length());
    return code < 0 ? "that is no number" : Long.toString(code);
  }
}
