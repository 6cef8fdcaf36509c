package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.upstream.BackendStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What came of a request's body before there was a connection to send it on. It is little: the
/// client is not read from meanwhile.
final class HeldBody {
  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(2);
  private @Nullable HeaderBlock trailers;

  boolean isEmpty() {
    return parts.isEmpty() && trailers == null;
  }

  void add(ByteBuf data) {
    parts.add(data);
  }

  void add(HeaderBlock fields) {
    HeaderBlock copy = new HeaderBlock();
    copy.clear();
    copy.addAll(fields);
    trailers = copy;
  }

  /// Sends it.
  ///
  /// @param end whether the body is complete
  void sendTo(BackendStream stream, boolean end) {
    ByteBuf part;
    while ((part = parts.pollFirst()) != null) {
      stream.data(part, end && parts.isEmpty() && trailers == null);
    }
    if (trailers != null) {
      stream.trailers(trailers);
      trailers = null;
    }
  }

  void release() {
    ByteBuf part;
    while ((part = parts.pollFirst()) != null) {
      part.release();
    }
    trailers = null;
  }
}
