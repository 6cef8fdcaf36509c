package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Direct buffers for what is looked at and let go: one for each power of two, used again as soon
/// as nobody holds any of what was in it. For one event loop alone.
public final class ReusedBuffers {
  private static final int MOST_BITS = 16;

  private final ByteBufAllocator allocator;
  private final @Nullable ByteBuf[] bySize = new ByteBuf[MOST_BITS + 1];

  public ReusedBuffers(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /// An empty one with room for that many octets, at least 1, and for less than twice as many: who
  /// holds it holds no more than if it had been allocated.
  public ByteBuf take(int octets) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(octets - 1);
    if (bits > MOST_BITS) {
      return allocator.directBuffer(octets);
    }
    ByteBuf kept = bySize[bits];
    if (kept != null) {
      if (kept.refCnt() == 1) {
        return kept.clear().retain();
      }
      kept.release();
    }
    ByteBuf fresh = allocator.directBuffer(1 << bits, 1 << bits);
    bySize[bits] = fresh;
    return fresh.retain();
  }

  /// The same octets in less memory, where that is much less: they may be held. Takes the buffer
  /// over.
  public ByteBuf fitting(ByteBuf data) {
    int length = data.readableBytes();
    if (length > data.capacity() / 4) {
      return data;
    }
    ByteBuf copy = take(Math.max(length, 1)).writeBytes(data);
    data.release();
    return copy;
  }

  /// Lets go of them.
  public void close() {
    for (int bits = 0; bits <= MOST_BITS; bits++) {
      ByteBuf kept = bySize[bits];
      if (kept != null) {
        kept.release();
        bySize[bits] = null;
      }
    }
  }
}
