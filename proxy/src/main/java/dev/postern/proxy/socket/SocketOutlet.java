package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// That of a socket without a channel. What the socket does not take waits here until it does.
final class SocketOutlet extends Outlet {
  private final EpollConnection connection;
  private final Socket socket;
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(0);
  private long waiting;
  private boolean writable = true;

  /// The socket took less than there was; epoll says when it takes more.
  private boolean full;

  private int sends;
  private boolean over;

  SocketOutlet(EpollConnection connection, Socket socket, SendBuffers buffers) {
    super(buffers);
    this.connection = connection;
    this.socket = socket;
  }

  boolean isWritable() {
    return writable && !over;
  }

  @Override
  void queue(ByteBuf data) {
    if (over) {
      data.release();
      return;
    }
    ByteBuf direct = UnixChannelUtil.isBufferCopyNeededForWrite(data) ? copied(data) : data;
    queue.addLast(direct);
    waiting += direct.readableBytes();
    if (waiting > WATER_MARK.high()) {
      writable = false;
    }
  }

  @Override
  void send(@Nullable ByteBuf last) {
    try {
      if (last != null && queue.isEmpty() && !over && last.hasMemoryAddress()) {
        last.skipBytes(sent(last));
        if (!last.isReadable()) {
          buffers.give(last);
          return;
        }
        full = true;
      }
    } catch (IOException e) {
      last.release();
      lost(e);
      return;
    }
    if (last != null) {
      queue(fitting(last));
    }
    if (!full) {
      drain();
    }
  }

  /// The socket takes more.
  void room() {
    if (full) {
      full = false;
      drain();
    }
  }

  /// Nothing is sent any more.
  void end() {
    over = true;
    waiting = 0;
    release();
    ByteBuf data;
    while ((data = queue.pollFirst()) != null) {
      data.release();
    }
  }

  private void lost(IOException why) {
    end();
    connection.outputLost(why);
  }

  private void drain() {
    try {
      while (!queue.isEmpty() && !full) {
        ByteBuf first = queue.getFirst();
        boolean alone = queue.size() == 1 && first.hasMemoryAddress();
        long all = alone ? first.readableBytes() : gather();
        long sent = alone ? sent(first) : writeGathered();
        waiting -= sent;
        full = sent < all;
        drop(sent);
      }
    } catch (IOException e) {
      lost(e);
    }
    if (!writable && waiting < WATER_MARK.low() && !over) {
      writable = true;
      connection.becameWritable();
    }
  }

  private void drop(long octets) {
    long left = octets;
    while (left > 0) {
      ByteBuf first = queue.getFirst();
      int readable = first.readableBytes();
      if (readable > left) {
        first.skipBytes((int) left);
        return;
      }
      left -= readable;
      queue.removeFirst().release();
    }
  }

  /// How many octets of it the socket takes.
  private int sent(ByteBuf data) throws IOException {
    sending();
    return socket.sendAddress(data.memoryAddress(), data.readerIndex(), data.writerIndex());
  }

  private static ByteBuf copied(ByteBuf data) {
    ByteBuf direct = data.alloc().directBuffer(data.readableBytes()).writeBytes(data);
    data.release();
    return direct;
  }

  /// Of the queue's beginning, as much as goes at once.
  private long gather() {
    IovArray vectors = buffers.vectors();
    vectors.clear();
    for (ByteBuf data : queue) {
      if (!vectors.add(data, data.readerIndex(), data.readableBytes())) {
        break;
      }
    }
    return vectors.size();
  }

  private long writeGathered() throws IOException {
    sending();
    IovArray vectors = buffers.vectors();
    return socket.writevAddresses(vectors.memoryAddress(0), vectors.count());
  }

  /// What is sent first leaves at once; what follows must not wait for its acknowledgement (RFC
  /// 9293 3.7.4), and most connections for one request send once.
  private void sending() throws IOException {
    if (sends == 1) {
      socket.setTcpNoDelay(true);
    }
    sends++;
  }
}
