package dev.postern.proxy.worker;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What stands between a channel and Netty's epoll: to the channel a registration, to epoll a
/// handle. Both work as without it, but for three things.
///
/// What the channel waits for is told to the system at once when it is the first, so that who binds
/// or connects learns of a refusal. From then on it is told right before the loop waits, and only
/// if it differs from what was told last: a connection that gets open, is written to and read from
/// says three times in one turn what it waits for.
///
/// A connection is watched edge-triggered, as what is level-triggered is looked at once more by
/// each wait after an event. Netty reads until a read comes back short, which empties the socket
/// (epoll(7), "Do I need to continuously read"), but for urgent data, before which a read ends.
/// Where something may be left, the system is told again what the channel waits for, which makes it
/// look. Netty writes until nothing more is taken, or goes on by itself.
///
/// And a fault of 4.2.13 to 4.2.20 at least (since its change 16689): a channel that waits for
/// nothing, as one whose reading is paused does once its peer has ended its side, is taken out of
/// epoll and cannot be put back, so that what the peer had sent before is lost. Here it stays in,
/// waiting for nothing, edge-triggered: what the kernel tells unasked (a hangup, an error) it then
/// tells once.
final class EpollLink implements EpollIoHandle, IoRegistration {
  private static final Logger log = LoggerFactory.getLogger(EpollLink.class);
  private static final int NOTHING = EpollIoOps.NONE.value();

  /// What epoll(7) calls EPOLLPRI: there is urgent data.
  private static final EpollIoOps URGENT = EpollIoOps.valueOf(0x2);

  private static final EpollIoOps EDGES = EpollIoOps.EPOLLET.with(URGENT);
  private static final int READ_AFTER =
      EpollIoOps.EPOLLIN.value() | EpollIoOps.EPOLLRDHUP.value() | EpollIoOps.EPOLLERR.value();

  private final EpollIoHandle handle;
  private final ThreadAwareExecutor loop;
  private final List<EpollLink> changed;
  private @Nullable IoRegistration registration;
  private EpollIoOps wanted = EpollIoOps.NONE;

  /// How the system is asked for it.
  private EpollIoOps asked = EpollIoOps.NONE;

  /// What the system knows; nothing before it knows of the channel at all.
  private int told = NOTHING;

  /// A connection, which is watched edge-triggered.
  private boolean edges;

  /// What was told to be there was not read to its end.
  private boolean unread;

  private boolean queued;

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
      want(epoll);
    } else {
      loop.execute(() -> want(epoll));
    }
    return epoll.value();
  }

  private void want(EpollIoOps ops) {
    if (told == NOTHING) {
      // Listeners and datagrams do not wait for their peer's end.
      edges = handle instanceof Channel.Unsafe && ops.contains(EpollIoOps.EPOLLRDHUP);
    }
    if (ops.value() != wanted.value() || told == NOTHING) {
      wanted = ops;
      asked = edges ? ops.with(EDGES) : ops.value() == NOTHING ? EpollIoOps.EPOLLET : ops;
    }
    if (told == NOTHING) {
      tellAsked();
    } else {
      tellLater();
    }
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
    boolean again = unread && wanted.contains(EpollIoOps.EPOLLIN);
    if ((asked.value() == told && !again) || !isValid()) {
      return;
    }
    if (again) {
      unread = false;
    }
    try {
      tellAsked();
    } catch (UncheckedIOException e) {
      log.warn("a connection is ended: {}", String.valueOf(e.getCause()));
      loop.execute(this::close);
    }
  }

  private void tellAsked() {
    netty().submit(asked);
    told = asked.value();
  }

  @Override
  public void handle(IoRegistration netty, IoEvent event) {
    if (told == NOTHING) {
      return; // The system does not know it yet: meant is who had the descriptor before.
    }
    try {
      handle.handle(netty, event);
    } catch (RuntimeException e) {
      // Whose events came with this one hear of them only once.
      log.warn("a connection is ended", e);
      close();
      return;
    }
    if (edges && handle instanceof Channel.Unsafe channel) {
      int seen = ((EpollIoEvent) event).ops().value();
      if ((seen & READ_AFTER) != 0) {
        unread = (seen & URGENT.value()) != 0 || readFull(channel);
        if (unread) {
          tellLater();
        }
      }
    }
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

  @Override
  public boolean cancel() {
    return netty().cancel();
  }
}
