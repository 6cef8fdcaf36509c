package dev.postern.proxy.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Netty's epoll, but for two things.
///
/// What a channel waits for is told to the system at once when it is the first, so that who binds
/// or connects learns of a refusal. From then on it is told right before the loop waits, and only
/// if it differs from what was told last: a connection that gets open, is written to and read from
/// says three times in one turn what it waits for.
///
/// And a fault of 4.2.13 to 4.2.20 at least (since its change 16689): a channel that waits for
/// nothing, as one whose reading is paused does once its peer has ended its side, is taken out of
/// epoll and cannot be put back, so that what the peer had sent before is lost. Here it stays in,
/// waiting for nothing, edge-triggered: what the kernel tells unasked (a hangup, an error) it then
/// tells once.
final class EpollHandler extends ForwardingIoHandler {
  private static final Logger log = LoggerFactory.getLogger(EpollHandler.class);
  private static final int NOTHING = EpollIoOps.NONE.value();

  private final ThreadAwareExecutor loop;

  /// Those that may wait for something else than what the system knows.
  private final List<Registration> changed = new ArrayList<>();

  private EpollHandler(ThreadAwareExecutor loop, IoHandler netty) {
    super(netty);
    this.loop = loop;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return loop -> new EpollHandler(loop, factory.newHandler(loop));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(handle, super.register(handle));
  }

  @Override
  public int run(IoHandlerContext context) {
    tell();
    return super.run(context);
  }

  private void tell() {
    for (int i = 0; i < changed.size(); i++) {
      changed.get(i).tell();
    }
    changed.clear();
  }

  private final class Registration implements IoRegistration {
    private final IoHandle handle;
    private final IoRegistration netty;
    private EpollIoOps wanted = EpollIoOps.NONE;

    /// What the system knows; nothing before it knows of the channel at all.
    private int told = NOTHING;

    private boolean queued;

    Registration(IoHandle handle, IoRegistration netty) {
      this.handle = handle;
      this.netty = netty;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
    public <T> T attachment() {
      return netty.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      if (!netty.isValid()) {
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
      wanted = ops;
      if (told == NOTHING) {
        tell(ops);
      } else if (!queued) {
        queued = true;
        changed.add(this);
      }
    }

    private void tell() {
      queued = false;
      EpollIoOps ops = wanted.value() == NOTHING ? EpollIoOps.EPOLLET : wanted;
      if (ops.value() == told || !netty.isValid()) {
        return;
      }
      try {
        tell(ops);
      } catch (UncheckedIOException e) {
        log.warn("a connection is ended: {}", String.valueOf(e.getCause()));
        loop.execute(this::close);
      }
    }

    private void tell(EpollIoOps ops) {
      netty.submit(ops);
      told = ops.value();
    }

    private void close() {
      try {
        handle.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean isValid() {
      return netty.isValid();
    }

    @Override
    public boolean cancel() {
      return netty.cancel();
    }
  }
}
