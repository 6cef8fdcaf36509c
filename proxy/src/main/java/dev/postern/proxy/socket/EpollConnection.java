package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection in plaintext to who is asked one thing, straight on epoll. A channel with its
/// pipeline, its configuration and its promises would cost more than all that is said here.
///
/// Epoll is told of it once, edge-triggered, and says all that happens (epoll(7)): what was said to
/// be there stays known until a read finds less than it asked for. The end of the peer's side ends
/// the connection.
public final class EpollConnection implements Connection, EpollIoHandle {
  private static final Logger log = LoggerFactory.getLogger(EpollConnection.class);

  private static final int IN = EpollIoOps.EPOLLIN.value();
  private static final int OUT = EpollIoOps.EPOLLOUT.value();
  private static final int ERROR = EpollIoOps.EPOLLERR.value();
  private static final int PEER_ENDED = EpollIoOps.EPOLLRDHUP.value();

  /// What epoll(7) calls EPOLLHUP.
  private static final int HANGUP = 0x10;

  /// What epoll(7) calls EPOLLPRI: there is urgent data, before which a read ends.
  private static final int URGENT = 0x2;

  private static final EpollIoOps ALL =
      EpollIoOps.valueOf(IN | OUT | PEER_ENDED | URGENT | EpollIoOps.EPOLLET.value());

  /// Who wants it.
  public interface Opening {
    /// It is there: now is the time to [#listener].
    void connected();

    /// It will not be.
    ///
    /// @param reason for logs
    void failed(String reason);
  }

  private final Socket socket;
  private final IoEventLoop loop;
  private final SocketOutlet outlet;
  private final SocketInput input;
  private final Runnable ended;
  private @Nullable Opening opening;
  private @Nullable ConnectionListener listener;
  private @Nullable IoRegistration registration;
  private boolean reading = true;
  private boolean readable;

  /// A short read does not mean that nothing is left: there is an end to be read, too.
  private boolean moreBehind;

  private boolean connected;
  private boolean closed;

  /// Opens a socket with which to connect to that address.
  ///
  /// @param ended is run when it is no more, whatever it came to
  /// @throws ChannelException where there can be no more sockets
  public EpollConnection(
      InetAddress to, IoEventLoop loop, SendBuffers sent, ReadBuffers buffers, Runnable ended) {
    this.socket = TcpSocket.open(to);
    this.loop = loop;
    this.outlet = new SocketOutlet(this, socket, sent);
    this.input = new SocketInput(socket, buffers);
    this.ended = ended;
  }

  /// Connects it, unless it was closed before. Who wants it may be told at once.
  public void connect(InetSocketAddress to, Opening opening) {
    if (closed) {
      return;
    }
    this.opening = opening;
    try {
      boolean done = socket.connect(to);
      registration = loop.register(this).getNow();
      if (registration == null) {
        refused("the process ends");
        return;
      }
      registration.submit(ALL);
      if (done) {
        connected();
      }
    } catch (IOException e) {
      refused(e.getMessage() + ": " + to);
    }
  }

  private void connected() {
    Opening opens = opening;
    opening = null;
    connected = true;
    if (opens != null) {
      opens.connected();
    }
  }

  private void refused(String reason) {
    Opening opens = opening;
    opening = null;
    close();
    if (opens != null) {
      opens.failed(reason);
    }
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    int seen = ((EpollIoEvent) event).ops().value();
    if (opening != null) {
      finishConnect(seen);
    }
    if (!connected || closed) {
      return;
    }
    if ((seen & (OUT | ERROR)) != 0) {
      outlet.room();
    }
    if ((seen & (PEER_ENDED | HANGUP | ERROR | URGENT)) != 0) {
      moreBehind = true;
    }
    if ((seen & (IN | PEER_ENDED | HANGUP | ERROR | URGENT)) != 0) {
      readable = true;
      readAll();
    }
  }

  private void finishConnect(int seen) {
    try {
      // Where nothing failed the system need not be asked: there is room to write.
      if ((seen & (ERROR | HANGUP)) == 0 ? (seen & OUT) != 0 : socket.finishConnect()) {
        connected();
      }
    } catch (IOException e) {
      refused(String.valueOf(e.getMessage()));
    }
  }

  private void readAll() {
    if (!isUnread()) {
      return;
    }
    try {
      for (int i = 0; i < ReadBuffers.MOST_READS && isUnread(); i++) {
        read();
      }
      if (listener != null && !closed) {
        listener.receivedAll();
      }
    } catch (RuntimeException e) {
      broken(e);
    }
    if (isUnread() && registration != null) {
      registration.submit(ALL);
    }
  }

  /// Whether there may be something that is wanted and was not read: to be told of once more, as if
  /// it had just come, when others have had their turn.
  public boolean isUnread() {
    return readable && reading && !closed;
  }

  private void read() {
    ByteBuf in;
    try {
      in = input.read();
    } catch (IOException | OutOfMemoryError e) {
      broken(e);
      return;
    }
    if (in == null) {
      readable = false;
      if (input.hasEnded()) {
        close();
      }
      return;
    }
    if (!input.wasFull()) {
      readable = moreBehind;
    }
    ConnectionListener to = listener;
    if (to == null) {
      in.release();
    } else {
      to.received(in);
    }
  }

  private void broken(Throwable why) {
    if (listener != null) {
      listener.broken(why);
    }
    close();
  }

  /// Told later: it may be from within what the listener writes.
  void becameWritable() {
    loop.execute(() -> {
      if (listener != null && isWritable()) {
        listener.becameWritable();
      }
    });
  }

  void outputLost(IOException why) {
    if (listener != null) {
      listener.outputLost(String.valueOf(why.getMessage()));
    }
  }

  @Override
  public boolean isActive() {
    return connected && !closed;
  }

  @Override
  public void listener(ConnectionListener listener) {
    this.listener = listener;
  }

  @Override
  public Outlet outlet() {
    return outlet;
  }

  @Override
  public boolean isWritable() {
    return !closed && outlet.isWritable();
  }

  @Override
  public void read(boolean wanted) {
    reading = wanted;
    if (wanted && readable) {
      loop.execute(this::readAll);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    outlet.end();
    try {
      // First: the system takes what is closed out of epoll by itself.
      socket.close();
    } catch (IOException e) {
      log.debug("a connection did not close", e);
    }
    if (registration != null) {
      registration.cancel();
    }
    try {
      ended.run();
    } finally {
      if (opening != null) {
        refused("it was closed");
      }
      if (listener != null) {
        listener.closed();
      }
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  /// Of the address' own family.
  private static final class TcpSocket extends Socket {
    private TcpSocket(int descriptor) {
      super(descriptor);
    }

    static TcpSocket open(InetAddress to) {
      return new TcpSocket(
          newSocketStream0(
              to instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6));
    }
  }
}
