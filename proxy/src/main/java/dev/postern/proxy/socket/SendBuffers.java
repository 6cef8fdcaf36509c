package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.IovArray;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Direct buffers of one worker's connections that were sent at once and can be filled again.
public final class SendBuffers {
  private static final int LEAST_OCTETS = 4096;
  private static final int MOST_OCTETS = 32 * 1024;
  private static final int MOST_KEPT = 8;
  private static final int MOST_VECTORS = 64;

  private final ByteBufAllocator allocator;
  private final ArrayDeque<ByteBuf> free = new ArrayDeque<>(MOST_KEPT);
  private @Nullable IovArray vectors;

  public SendBuffers(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /// An empty one with room for that many octets.
  ByteBuf take(int octets) {
    ByteBuf buffer = free.pollLast();
    if (buffer == null) {
      return allocator.directBuffer(Math.max(octets, LEAST_OCTETS));
    }
    buffer.ensureWritable(octets);
    return buffer;
  }

  /// Takes one back whose octets are no longer needed.
  void give(ByteBuf buffer) {
    if (free.size() < MOST_KEPT && buffer.refCnt() == 1 && buffer.capacity() <= MOST_OCTETS) {
      free.addLast(buffer.clear());
    } else {
      buffer.release();
    }
  }

  /// For what is sent from several buffers in one call.
  IovArray vectors() {
    IovArray its = vectors;
    if (its == null) {
      its = new IovArray(MOST_VECTORS);
      vectors = its;
    }
    return its;
  }

  /// Lets go of them.
  public void close() {
    if (vectors != null) {
      vectors.release();
      vectors = null;
    }
    ByteBuf buffer;
    while ((buffer = free.pollLast()) != null) {
      buffer.release();
    }
  }
}
