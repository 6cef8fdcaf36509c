package dev.postern.proxy.http2;

import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One stream of a [Http2Session]: its state (RFC 9113 5.1), its windows (5.2), and what waits for
/// the peer's window.
public final class Http2Stream {
  private static final int JOINED = 2048;

  private final int id;
  private @Nullable StreamOwner owner;

  boolean localOpen = true;
  boolean remoteOpen = true;
  boolean resetSent;
  boolean closed;

  /// Whether it is closed as soon as what was written for it has left.
  boolean closing;

  /// Where in all that is written its last octet stands, once it is [#closing].
  long last;

  /// Whether the owner was told that nothing more may be written.
  boolean blocked;

  /// Whether it stands in the line of those that wait for a window.
  boolean inLine;

  /// What may still be sent; below 0 after the peer made its windows smaller.
  int sendWindow;

  /// What the peer may still send.
  int receiveWindow;

  /// What was received and not given back.
  int held;

  /// What was given back and of which the peer does not know yet.
  int due;

  private @Nullable ArrayDeque<ByteBuf> waiting;

  /// The last that waits, when it has room for more.
  private @Nullable ByteBuf joined;

  private @Nullable HeaderBlock trailers;
  private boolean endWaits;

  Http2Stream(int id, int sendWindow, int receiveWindow) {
    this.id = id;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  /// Its number (RFC 9113 5.1.1).
  public int id() {
    return id;
  }

  /// Whether our side may still send.
  public boolean localOpen() {
    return localOpen && !resetSent && !closed;
  }

  /// Whether it was given up.
  public boolean resetSent() {
    return resetSent;
  }

  /// Whether it is no more.
  public boolean closed() {
    return closed;
  }

  void owner(StreamOwner owner) {
    this.owner = owner;
  }

  /// Whose it is.
  public StreamOwner owner() {
    StreamOwner to = owner;
    if (to == null) {
      throw new IllegalStateException("nobody's stream");
    }
    return to;
  }

  boolean waits() {
    return waiting != null;
  }

  /// Whether nothing may follow what waits.
  boolean endWaits() {
    return endWaits;
  }

  /// Small parts are joined: a buffer for each would take many times their octets.
  void await(ByteBuf data, boolean end, ByteBufAllocator alloc) {
    if (waiting == null) {
      waiting = new ArrayDeque<>(4);
    }
    endWaits = end;
    int octets = data.readableBytes();
    if (octets >= JOINED) {
      joined = null;
      waiting.add(data);
      return;
    }
    ByteBuf to = joined;
    if (to == null || to.maxFastWritableBytes() < octets) {
      to = alloc.buffer(JOINED);
      joined = to;
      waiting.add(to);
    }
    to.writeBytes(data);
    data.release();
  }

  void await(HeaderBlock last) {
    trailers = last;
    endWaits = true;
  }

  /// The first that waits.
  @Nullable ByteBuf first() {
    return waiting == null ? null : waiting.peekFirst();
  }

  /// Takes the first away.
  ///
  /// @return whether it was the end of the stream
  boolean firstLeaves() {
    if (waiting == null) {
      return false;
    }
    waiting.pollFirst();
    if (!waiting.isEmpty()) {
      return false;
    }
    waiting = null;
    joined = null;
    return endWaits && trailers == null;
  }

  /// Takes the trailers away that waited for the body.
  @Nullable HeaderBlock trailersLeave() {
    HeaderBlock last = trailers;
    trailers = null;
    return last;
  }

  /// Forgets what waits.
  void drop() {
    if (waiting != null) {
      waiting.forEach(ByteBuf::release);
      waiting = null;
    }
    joined = null;
    trailers = null;
  }
}
