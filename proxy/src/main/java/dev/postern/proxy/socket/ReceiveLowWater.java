package dev.postern.proxy.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.function.IntConsumer;

/// Has the system tell of a long body in large pieces while it comes fast: each time it tells costs
/// a wait, and a thread that is put to sleep and woken. For that a socket has a low-water mark,
/// SO_RCVLOWAT (socket(7)): what is below it is not told, but for the end and for faults.
///
/// The mark is up only while more than that is sure to come, and once the peer has shown that this
/// takes it milliseconds. Where a peer stops nevertheless, or is not read from for a while, what it
/// sent is told after [#STALL_NANOS] and the time to the next [#sweep]; this body, or chunk of one,
/// has the mark no more, and the next one has to show it again.
///
/// For the event loop alone.
public final class ReceiveLowWater {
  static final int MARK = 128 * 1024;

  /// More than one record of TLS: so much of the body may be held above the socket, unread.
  static final int HELD = 32 * 1024;

  /// Who sends so much in so short a time is fast.
  static final int PROOF = 64 * 1024;

  static final long PROOF_NANOS = 5_000_000;
  static final long STALL_NANOS = 100_000_000;

  private static final int NONE = 1;

  /// Of Linux: SOL_SOCKET, SO_RCVLOWAT.
  private static final ChannelOption<Integer> SO_RCVLOWAT =
      new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

  private final IntConsumer socket;
  private int mark = NONE;
  private boolean fast;

  /// Somewhere in this body, or chunk of one.
  private boolean stopped;

  private long lastRead;

  /// What there was to come, and when, as the proof began; 0 for none.
  private long from;

  private long since;

  /// Of a connection; has no effect where the transport is not epoll.
  public ReceiveLowWater(Channel channel) {
    this(channel instanceof EpollSocketChannel ? mark -> set(channel, mark) : _ -> {});
  }

  /// @param socket takes each new mark
  ReceiveLowWater(IntConsumer socket) {
    this.socket = socket;
  }

  /// A channel that is closed has lost its descriptor, perhaps to another.
  private static void set(Channel channel, int mark) {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.config().setOption(SO_RCVLOWAT, mark);
    } catch (ChannelException refused) {
      // Then the system tells as before.
    }
  }

  /// Everything that was there was read, or as much as one connection may in a turn.
  ///
  /// @param toCome at least so many octets of a body are still to come; 0 where none is, or where
  ///   that is not known
  public void read(long toCome, long nowNanos) {
    if (toCome < MARK + HELD) {
      from = 0;
      stopped = false;
      raise(NONE);
      return;
    }
    lastRead = nowNanos;
    if (!fast && !stopped) {
      prove(toCome, nowNanos);
    }
    if (fast) {
      raise(MARK);
    }
  }

  private void prove(long toCome, long nowNanos) {
    if (from == 0) {
      from = toCome;
      since = nowNanos;
    } else if (from - toCome >= PROOF) {
      fast = nowNanos - since <= PROOF_NANOS;
      from = toCome;
      since = nowNanos;
    }
  }

  /// To be called a few times a second.
  public void sweep(long nowNanos) {
    if (mark != NONE && nowNanos - lastRead > STALL_NANOS) {
      fast = false;
      stopped = true;
      from = 0;
      raise(NONE);
    }
  }

  private void raise(int to) {
    if (mark != to) {
      mark = to;
      socket.accept(to);
    }
  }
}
