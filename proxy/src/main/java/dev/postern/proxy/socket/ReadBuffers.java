package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// Has one worker's connections read into the same buffers. How much to expect is still said by
/// each connection's own past.
public final class ReadBuffers implements RecvByteBufAllocator {
  /// So often a socket is read from before others have their turn: Netty's default for sockets.
  private static final int MOST_READS = 16;

  private final RecvByteBufAllocator expecting =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(MOST_READS);
  private final ReusedBuffers buffers;

  public ReadBuffers(ReusedBuffers buffers) {
    this.buffers = buffers;
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Handle((ExtendedHandle) expecting.newHandle());
  }

  /// One connection's.
  private final class Handle implements ExtendedHandle {
    private final ExtendedHandle expected;

    Handle(ExtendedHandle expected) {
      this.expected = expected;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return buffers.take(expected.guess());
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
