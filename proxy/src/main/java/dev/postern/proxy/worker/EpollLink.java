package dev.postern.proxy.worker;

import dev.postern.proxy.socket.ChannelInput;
import dev.postern.proxy.socket.EpollConnection;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What stands between a channel and Netty's epoll: to the channel a registration, to epoll a
/// handle. Both work as without it, but for five things.
///
/// What the channel waits for is told to the system right before the loop waits, and only if it
/// differs from what was told last: a connection that gets open, is written to and read from says
/// three times in one turn what it waits for. (Of what is no connection the first is told at once,
/// so that who binds learns of a refusal.) So what was seen of a descriptor before is never taken
/// for an event of who has it next. That, and to have the system look again, is all that is done
/// for an [EpollConnection], which does the rest by itself.
///
/// A connection is watched edge-triggered, as what is level-triggered is looked at once more by
/// each wait after an event. Netty reads until a read comes back short, which empties the socket
/// (epoll(7), "Do I need to continuously read"), but for urgent data, before which a read ends.
/// Where something may be left, the system is told again what the channel waits for, which makes it
/// look. Netty writes until nothing more is taken, or goes on by itself.
///
/// One that connects is told to the system once: that it is to be read from, too, which it is as
/// soon as it is there. That there is room to write stays asked for until a write was not taken, as
/// until then nothing more is told of it; afterwards each time that there is room again would wake
/// the loop. The channel hears of what it waits for alone. And one that is closed is not taken out
/// of epoll before, as the system does that (epoll(7), "Will closing a file descriptor").
///
/// And a fault of 4.2.13 to 4.2.20 at least (since its change 16689): a channel that waits for
/// nothing, as one whose reading is paused does once its peer has ended its side, is taken out of
/// epoll and cannot be put back, so that what the peer had sent before is lost. Here it stays in,
/// waiting for nothing, edge-triggered: what the kernel tells unasked (a hangup, an error) it then
/// tells once.
///
/// Where nothing is told of a connection but that there is something to be read, a [ChannelInput]
/// reads it; the channel hears of all else.
final class EpollLink implements EpollIoHandle, IoRegistration {
  private static final Logger log = LoggerFactory.getLogger(EpollLink.class);
  private static final int NOTHING = EpollIoOps.NONE.value();
  private static final int IN = EpollIoOps.EPOLLIN.value();
  private static final int OUT = EpollIoOps.EPOLLOUT.value();
  private static final int RDHUP = EpollIoOps.EPOLLRDHUP.value();

  /// What epoll(7) calls EPOLLPRI: there is urgent data.
  private static final int URGENT = 0x2;

  private static final int EDGES = EpollIoOps.EPOLLET.value() | URGENT;
  private static final int READ_AFTER = IN | RDHUP | EpollIoOps.EPOLLERR.value();

  /// What is told to who waits for it alone.
  private static final int ON_REQUEST = IN | OUT | RDHUP;

  /// What nearly every event comes to where there is room to write and nobody waits for it.
  private static final EpollIoEvent READABLE = () -> EpollIoOps.EPOLLIN;

  private final EpollIoHandle handle;
  private final ThreadAwareExecutor loop;
  private final List<EpollLink> changed;
  private @Nullable IoRegistration registration;
  private int wanted = NOTHING;

  /// What the system knows; nothing before it knows of the channel at all.
  private int told = NOTHING;

  /// A connection, which is watched edge-triggered.
  private boolean edges;

  /// Room to write was asked for to connect, and was not waited for since.
  private boolean fresh;

  /// What was told to be there was not read to its end.
  private boolean unread;

  private boolean queued;

  private @Nullable ChannelInput input;

  /// @param changed to be told before the loop waits
  EpollLink(EpollIoHandle handle, ThreadAwareExecutor loop, List<EpollLink> changed) {
    this.handle = handle;
    this.loop = loop;
    this.changed = changed;
  }

  void joined(IoRegistration netty) {
    registration = netty;
  }

  private IoRegistration netty() {
    return Objects.requireNonNull(registration);
  }

  @Override
  public long submit(IoOps ops) {
    if (!isValid()) {
      return -1;
    }
    EpollIoOps epoll = (EpollIoOps) ops;
    // Netty's channels are always on their loop, where what is asked last is also told last.
    if (loop.isExecutorThread(Thread.currentThread())) {
      want(epoll.value());
    } else {
      loop.execute(() -> want(epoll.value()));
    }
    return epoll.value();
  }

  private void want(int ops) {
    fresh = fresh && (ops & OUT & ~wanted) == 0;
    wanted = ops;
    if (told == NOTHING) {
      // Listeners and datagrams do not wait for their peer's end.
      edges = handle instanceof Channel.Unsafe && (ops & RDHUP) != 0;
      if (!edges && !(handle instanceof EpollConnection)) {
        tell(asked());
        return;
      }
    }
    tellLater();
  }

  /// How the system is asked for what is wanted.
  private int asked() {
    if (!edges) {
      return wanted == NOTHING ? EpollIoOps.EPOLLET.value() : wanted;
    }
    return wanted | EDGES | (connects() ? IN : NOTHING);
  }

  private boolean connects() {
    return edges && told == NOTHING && (wanted & OUT) != 0;
  }

  private void tellLater() {
    if (!queued) {
      queued = true;
      changed.add(this);
    }
  }

  /// Tells the system what it does not know, and to look again at what was left unread.
  void tell() {
    queued = false;
    boolean again = (unread || isUnread()) && (wanted & IN) != 0;
    int asked = asked();
    boolean known = asked == told || (fresh && (asked | OUT) == told);
    if ((known && !again) || !isValid()) {
      return;
    }
    if (again) {
      unread = false;
    }
    try {
      tell(asked);
    } catch (UncheckedIOException e) {
      log.warn("a connection is ended: {}", String.valueOf(e.getCause()));
      loop.execute(this::close);
    }
  }

  private boolean isUnread() {
    return handle instanceof EpollConnection direct && direct.isUnread();
  }

  private void tell(int asked) {
    netty().submit(EpollIoOps.valueOf(asked));
    fresh = connects();
    told = asked;
  }

  @Override
  public void handle(IoRegistration netty, IoEvent event) {
    if (told == NOTHING) {
      return; // The system does not know it yet: meant is who had the descriptor before.
    }
    int seen = ((EpollIoEvent) event).ops().value();
    int heard = edges ? seen & (wanted | ~ON_REQUEST) : seen;
    unread |= (seen & IN & ~heard) != 0;
    if (heard == NOTHING) {
      return;
    }
    try {
      if (heard == IN && edges && readDirectly()) {
        return;
      }
      handle.handle(netty, heard == seen ? event : of(heard));
    } catch (RuntimeException | Error e) {
      // Whose events came with this one hear of them only once.
      log.warn("a connection is ended", e);
      close();
      return;
    }
    if (edges && handle instanceof Channel.Unsafe channel) {
      if ((heard & READ_AFTER) != 0) {
        unread = (heard & URGENT) != 0 || readFull(channel);
      }
      if (unread) {
        tellLater();
      }
    }
  }

  /// Reads where there is something to be read and no more to hear than that.
  ///
  /// @return false where the channel has to hear of it
  private boolean readDirectly() {
    ChannelInput from = input;
    if (from == null) {
      from = handle instanceof Channel.Unsafe channel ? ChannelInput.of(channel) : null;
      if (from == null) {
        return false;
      }
      input = from;
    }
    ChannelInput.Left left = from.read();
    unread = left == ChannelInput.Left.MORE;
    if (unread) {
      tellLater();
    }
    return left != ChannelInput.Left.FOR_NETTY;
  }

  private static EpollIoEvent of(int ops) {
    if (ops == IN) {
      return READABLE;
    }
    EpollIoOps known = EpollIoOps.valueOf(ops);
    return () -> known;
  }

  private static boolean readFull(Channel.Unsafe channel) {
    var reads = channel.recvBufAllocHandle();
    int last = reads.lastBytesRead();
    return last > 0 && last == reads.attemptedBytesRead();
  }

  @Override
  public FileDescriptor fd() {
    return handle.fd();
  }

  @Override
  public void registered() {
    handle.registered();
  }

  @Override
  public void unregistered() {
    handle.unregistered();
  }

  @Override
  public void close() {
    try {
      handle.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
  public <T> T attachment() {
    return netty().attachment();
  }

  @Override
  public boolean isValid() {
    return netty().isValid();
  }

  /// A connection leaves its loop only to be closed, and nobody here has one linger (SO_LINGER),
  /// for which Netty takes it from its loop first.
  @Override
  public boolean cancel() {
    if (edges && loop.isExecutorThread(Thread.currentThread())) {
      try {
        handle.fd().close();
      } catch (IOException e) {
        log.debug("a connection did not close", e);
      }
    }
    return netty().cancel();
  }
}
