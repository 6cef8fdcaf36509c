package dev.postern.proxy.upstream;

import dev.postern.proxy.message.UnaryCall;
import io.netty.buffer.ByteBuf;

/// A `grpc.health.v1.HealthCheckResponse` (gRPC Health Checking Protocol): one message whose field
/// 1 is the status. What is longer than such an answer ever is is not read.
final class HealthAnswer {
  private static final int MOST_OCTETS = 64;
  private static final int STATUS_TAG = 1 << 3;
  private static final int SERVING = 1;

  private final byte[] octets = new byte[MOST_OCTETS];
  private int length;

  /// Reads a part; it stays the caller's.
  void add(ByteBuf data) {
    int room = Math.min(MOST_OCTETS - length, data.readableBytes());
    data.getBytes(data.readerIndex(), octets, length, room);
    length += room;
  }

  /// Whether it is a whole message, not compressed, that begins with the status SERVING.
  boolean serving() {
    return length >= UnaryCall.PREFIX + 2
        && octets[0] == 0
        && octets[UnaryCall.PREFIX] == STATUS_TAG
        && octets[UnaryCall.PREFIX + 1] == SERVING;
  }
}
