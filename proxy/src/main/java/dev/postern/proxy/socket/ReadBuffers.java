package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// Has one worker's connections read into the same buffers. How much to expect is still said by
/// each connection's own past.
public final class ReadBuffers implements RecvByteBufAllocator {
  /// So often a socket is read from before others have their turn: Netty's default for sockets.
  static final int MOST_READS = 16;

  private final RecvByteBufAllocator expecting =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(MOST_READS);
  private final ReusedBuffers buffers;
  private final Tally received;

  /// @param received of the octets that are read
  public ReadBuffers(ReusedBuffers buffers, Tally received) {
    this.buffers = buffers;
    this.received = received;
  }

  /// One to read into, with room for that many octets.
  ByteBuf take(int octets) {
    return buffers.take(octets);
  }

  /// What was read into one of them, in less memory where that is much less: it may be held. Takes
  /// the buffer over.
  public ByteBuf fitting(ByteBuf read) {
    return buffers.fitting(read);
  }

  /// So many octets were read into one of [#take].
  void read(int octets) {
    received.add(octets);
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Handle((ExtendedHandle) expecting.newHandle());
  }

  /// One connection's.
  private final class Handle extends DelegatingHandle implements ExtendedHandle {
    Handle(ExtendedHandle expecting) {
      super(expecting);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return take(guess());
    }

    @Override
    public void lastBytesRead(int octets) {
      if (octets > 0) {
        read(octets);
      }
      super.lastBytesRead(octets);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier more) {
      return ((ExtendedHandle) delegate()).continueReading(more);
    }
  }
}
