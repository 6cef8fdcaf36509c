package dev.postern.proxy.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The buffers into which one worker's connections read: one for each power of two, used again as
/// soon as nobody holds any of what was read last. How much to expect is still said by each
/// connection's own past, so that what is held takes no more memory than if it had been allocated.
public final class ReadBuffers implements RecvByteBufAllocator {
  private static final int MOST_BITS = 16;

  private final RecvByteBufAllocator expecting = new AdaptiveRecvByteBufAllocator();
  private final @Nullable ByteBuf[] bySize = new ByteBuf[MOST_BITS + 1];

  @Override
  public ExtendedHandle newHandle() {
    return new Handle((ExtendedHandle) expecting.newHandle());
  }

  private ByteBuf take(ByteBufAllocator allocator, int octets) {
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

  /// Lets go of them.
  void close() {
    for (int bits = 0; bits <= MOST_BITS; bits++) {
      ByteBuf kept = bySize[bits];
      if (kept != null) {
        kept.release();
        bySize[bits] = null;
      }
    }
  }

  /// One connection's.
  private final class Handle implements ExtendedHandle {
    private final ExtendedHandle expected;

    Handle(ExtendedHandle expected) {
      this.expected = expected;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return take(allocator, expected.guess());
    }

    @Override
    public int guess() {
      return expected.guess();
    }

    @Override
    public void reset(ChannelConfig config) {
      expected.reset(config);
    }

    @Override
    public void incMessagesRead(int messages) {
      expected.incMessagesRead(messages);
    }

    @Override
    public void lastBytesRead(int bytes) {
      expected.lastBytesRead(bytes);
    }

    @Override
    public int lastBytesRead() {
      return expected.lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      expected.attemptedBytesRead(bytes);
    }

    @Override
    public int attemptedBytesRead() {
      return expected.attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
      return expected.continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier more) {
      return expected.continueReading(more);
    }

    @Override
    public void readComplete() {
      expected.readComplete();
    }
  }
}
