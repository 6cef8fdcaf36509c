package dev.postern.proxy.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/// Netty's epoll, but for a fault of 4.2.13 to 4.2.20 at least (since its change 16689): a channel
/// that waits for nothing, as one whose reading is paused does once its peer has ended its side, is
/// taken out of epoll and cannot be put back, so that what the peer had sent before is lost.
///
/// Here it stays in, waiting for nothing, edge-triggered: what the kernel tells unasked (a hangup,
/// an error) it then tells once.
final class EpollHandler extends ForwardingIoHandler {
  private EpollHandler(IoHandler netty) {
    super(netty);
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return executor -> new EpollHandler(factory.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(super.register(handle));
  }

  private static final class Registration implements IoRegistration {
    private final IoRegistration netty;

    /// Once it waited for something it is in epoll.
    private boolean added;

    Registration(IoRegistration netty) {
      this.netty = netty;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
    public <T> T attachment() {
      return netty.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      boolean nothing = ops.equals(EpollIoOps.NONE);
      added |= !nothing;
      return netty.submit(nothing && added ? EpollIoOps.EPOLLET : ops);
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
