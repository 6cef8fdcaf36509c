package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.upstream.BackendStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What came of a request's body before there was a connection to send it on. It is little: the
/// client is not read from meanwhile.
final class HeldBody {
  /// Parts up to this size are gathered: many small ones must not take more memory than their
  /// octets.
  private static final int SMALL = 1024;

  private static final int GATHERED = 8 * 1024;

  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(2);
  private boolean gathering;
  private @Nullable HeaderBlock trailers;

  boolean isEmpty() {
    return parts.isEmpty() && trailers == null;
  }

  /// Takes it over.
  void add(ByteBuf data) {
    int octets = data.readableBytes();
    ByteBuf last = parts.peekLast();
    if (octets > SMALL || last == null) {
      parts.add(data);
      gathering = false;
      return;
    }
    if (!gathering || last.writableBytes() < octets) {
      last = data.alloc().buffer(GATHERED, GATHERED);
      parts.add(last);
      gathering = true;
    }
    last.writeBytes(data);
    data.release();
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
    gathering = false;
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
    gathering = false;
    ByteBuf part;
    while ((part = parts.pollFirst()) != null) {
      part.release();
    }
    trailers = null;
  }
}
