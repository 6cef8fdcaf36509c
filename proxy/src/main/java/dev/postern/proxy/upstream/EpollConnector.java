package dev.postern.proxy.upstream;

import dev.postern.proxy.socket.EpollConnection;
import dev.postern.proxy.worker.Worker;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;

/// Opens connections in plaintext for one request each, straight on epoll.
final class EpollConnector implements Connector {
  private final BackendProtocol protocol;

  /// @param protocol is spoken on them
  EpollConnector(BackendProtocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public void connect(PendingConnection pending) {
    WorkerCluster cluster = pending.cluster();
    Worker worker = cluster.worker();
    Endpoint endpoint = pending.endpoint();
    InetSocketAddress address = endpoint.address();
    cluster.connectionMade(endpoint);
    EpollConnection connection;
    try {
      connection =
          new EpollConnection(
              address.getAddress(),
              (IoEventLoop) worker.loop(),
              worker.sendBuffers(),
              worker.readBuffers(),
              () -> cluster.connectionEnded(endpoint));
    } catch (ChannelException noSocket) {
      cluster.connectionEnded(endpoint);
      worker.loop().execute(() -> pending.failed(String.valueOf(noSocket.getMessage())));
      return;
    }
    pending.abandonedBy(connection::close);
    // Not now: who asked does not know yet what to wait for, and what is to be read of the client
    // is read first.
    worker.loop().execute(() -> connection.connect(address, opening(pending, connection)));
  }

  private EpollConnection.Opening opening(PendingConnection pending, EpollConnection connection) {
    return new EpollConnection.Opening() {
      @Override
      public void connected() {
        pending.succeeded(protocol.start(BackendLink.of(pending, connection, "-")));
      }

      @Override
      public void failed(String reason) {
        pending.failed(reason);
      }
    };
  }
}
