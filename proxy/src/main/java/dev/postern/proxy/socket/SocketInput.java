package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads from a socket into its worker's buffers, each as large as what came before leads one to
/// expect. For the event loop alone.
final class SocketInput {
  private static final int LEAST = 2048;
  private static final int MOST = 64 * 1024;

  private final Socket socket;
  private final ReadBuffers buffers;
  private int expected = LEAST;

  /// The last read got much less than was expected.
  private boolean small;

  private boolean full;
  private boolean ended;

  SocketInput(Socket socket, ReadBuffers buffers) {
    this.socket = socket;
    this.buffers = buffers;
  }

  /// Reads once.
  ///
  /// @return what came, for the caller to release; null where nothing did, or where the peer
  ///   [#hasEnded]
  /// @throws IOException where the system says that the connection is broken
  @Nullable ByteBuf read() throws IOException {
    ByteBuf in = buffers.take(expected);
    int room = in.capacity();
    int octets;
    try {
      octets =
          in.hasMemoryAddress()
              ? socket.recvAddress(in.memoryAddress(), 0, room)
              : received(in.internalNioBuffer(0, room));
    } catch (IOException e) {
      in.release();
      throw e;
    }
    if (octets <= 0) {
      in.release();
      ended = octets < 0;
      full = false;
      return null;
    }
    buffers.read(octets);
    expect(octets, room);
    return in.writerIndex(octets);
  }

  private int received(ByteBuffer in) throws IOException {
    return socket.recv(in, in.position(), in.limit());
  }

  /// Whether the last read filled its buffer, so that there may be more.
  boolean wasFull() {
    return full;
  }

  /// Whether the last read met the end of what the peer sends.
  boolean hasEnded() {
    return ended;
  }

  private void expect(int octets, int room) {
    full = octets == room;
    boolean less = !full && expected > LEAST && octets < expected / 4;
    if (full) {
      expected = Math.min(MOST, 4 * room);
    } else if (less && small) {
      expected /= 2;
    }
    small = less && !small;
  }
}
