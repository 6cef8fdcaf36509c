package dev.postern.proxy.worker;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.List;

/// Netty's epoll, but for what an [EpollLink] does differently: it asks the system less often, and
/// has the system look less often.
final class EpollHandler extends ForwardingIoHandler {
  private final ThreadAwareExecutor loop;

  /// Those that may have something to tell the system before the loop waits.
  private final List<EpollLink> changed = new ArrayList<>();

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
    EpollLink link = new EpollLink((EpollIoHandle) handle, loop, changed);
    link.joined(super.register(link));
    return link;
  }

  @Override
  public int run(IoHandlerContext context) {
    for (int i = 0; i < changed.size(); i++) {
      changed.get(i).tell();
    }
    changed.clear();
    return super.run(context);
  }
}
