package dev.postern.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Parts of a body that wait, in their order. Small ones are gathered: many of them must not take
/// more memory than their octets, and each may have been read into a buffer of its own.
final class BodyParts {
  private static final int SMALL = 1024;
  private static final int GATHERED = 8 * 1024;

  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(2);

  /// The last is one into which small ones are gathered.
  private boolean gathering;

  boolean isEmpty() {
    return parts.isEmpty();
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

  /// Takes the first away, which the caller releases; null for none.
  @Nullable ByteBuf poll() {
    ByteBuf first = parts.pollFirst();
    gathering = gathering && !parts.isEmpty();
    return first;
  }

  /// Puts all of others before these.
  void prepend(BodyParts others) {
    ByteBuf part;
    while ((part = others.parts.pollLast()) != null) {
      parts.addFirst(part);
    }
    others.gathering = false;
  }

  /// All of them, which stay.
  ByteBuf whole(ByteBufAllocator allocator) {
    CompositeByteBuf whole = allocator.compositeBuffer(Math.max(1, parts.size()));
    parts.forEach(part -> whole.addComponent(true, part.retainedDuplicate()));
    return whole;
  }

  void release() {
    parts.forEach(ByteBuf::release);
    parts.clear();
    gathering = false;
  }
}
