package dev.postern.proxy.udp;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.UdpStat;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.IdleClock;
import dev.postern.proxy.worker.Sweeper;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;

/// What one client says to one backend, and what that answers: a socket of its own, connected, so
/// that nobody else can answer. It ends when nothing came from either side for
/// [dev.postern.proxy.worker.Timeouts#streamIdle], when the backend is gone from the ir, or when it
/// is told by ICMP that nobody listens there or that there is no way to there.
final class UdpSession extends SimpleChannelInboundHandler<DatagramPacket> {
  private final UdpSessions sessions;
  private final Channel answers;
  private final UdpSessions.Flow flow;
  private final ClusterEntry cluster;
  private final WorkerCluster workerCluster;
  private final Endpoint endpoint;
  private final DatagramChannel backend;
  private final Idle idle = new Idle();
  private final IdleClock quiet = new IdleClock();
  private boolean over;

  /// @param answers where the client is answered from
  /// @param backend not registered yet
  UdpSession(
      UdpSessions sessions,
      Channel answers,
      UdpSessions.Flow flow,
      ClusterEntry cluster,
      WorkerCluster workerCluster,
      Endpoint endpoint,
      DatagramChannel backend) {
    this.sessions = sessions;
    this.answers = answers;
    this.flow = flow;
    this.cluster = cluster;
    this.workerCluster = workerCluster;
    this.endpoint = endpoint;
    this.backend = backend;
  }

  UdpSessions.Flow flow() {
    return flow;
  }

  String cluster() {
    return cluster.name();
  }

  /// Whether its backend is no more among those of the cluster, or left out for a while, where
  /// another would get the next session.
  boolean stale() {
    return !workerCluster.equals(cluster.on(sessions.worker()))
        || endpoint.gone()
        || (endpoint.ejected() && workerCluster.anyUsable());
  }

  void open() {
    sessions.worker().sweeper().add(idle);
    backend.config().setAllocator(sessions.worker().allocator());
    backend.config().setRecvByteBufAllocator(UdpSessions.WHOLE_DATAGRAMS);
    backend.pipeline().addLast(this);
    sessions.worker().loop().register(backend);
    backend
        .connect(endpoint.address()) // at once: this is its loop
        .addListener(done -> {
          if (!done.isSuccess()) {
            failed(SocketTrouble.ofConnect(done.cause()));
          }
        });
  }

  void toBackend(ByteBuf data) {
    quiet.moved();
    // Netty does not send what is empty.
    if (over || !data.isReadable() || !backend.isWritable()) {
      data.release();
      sessions.count(UdpStat.DOWNSTREAM_SESS_RX_ERRORS, 1);
    } else {
      int octets = data.readableBytes();
      backend
          .writeAndFlush(data)
          .addListener(done -> {
            if (done.isSuccess()) {
              workerCluster.cells().add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), octets);
            } else {
              sessions.count(UdpStat.DOWNSTREAM_SESS_RX_ERRORS, 1);
              heard(done.cause());
            }
          });
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    if (over) {
      return;
    }
    quiet.moved();
    int octets = packet.content().readableBytes();
    workerCluster.cells().add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), octets);
    workerCluster.accepted(endpoint);
    if (!answers.isWritable()) {
      sessions.count(UdpStat.DOWNSTREAM_SESS_TX_ERRORS, 1);
      return;
    }
    answers
        .writeAndFlush(new DatagramPacket(packet.content().retain(), flow.client()))
        .addListener(done -> {
          if (done.isSuccess()) {
            sessions.count(UdpStat.DOWNSTREAM_SESS_TX_DATAGRAMS, 1);
            sessions.count(UdpStat.DOWNSTREAM_SESS_TX_BYTES, octets);
          } else {
            sessions.count(UdpStat.DOWNSTREAM_SESS_TX_ERRORS, 1);
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!heard(cause)) {
      sessions.count(UdpStat.DOWNSTREAM_SESS_RX_ERRORS, 1);
    }
  }

  /// What came by ICMP is told to whoever reads or sends next, and to nobody after that (udp(7)).
  /// All but that there is no way to the backend is no fault of it: that a datagram was too large
  /// for the path (RFC 1191 4) was the client's, and what is smaller goes through.
  ///
  /// @return whether it ends the session
  private boolean heard(Throwable cause) {
    boolean unreachable = SocketTrouble.unreachable(cause);
    if (unreachable) {
      failed(true);
    }
    return unreachable;
  }

  /// The transport may close a socket that it cannot read from any more.
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  private void failed(boolean blamed) {
    if (!over) {
      workerCluster.cells().increment(ClusterStat.UPSTREAM_CX_CONNECT_FAIL.ordinal());
      if (blamed) {
        workerCluster.endpointFailed(endpoint);
      }
      end();
    }
  }

  void end() {
    if (over) {
      return;
    }
    over = true;
    sessions.worker().sweeper().remove(idle);
    backend.close();
    workerCluster.sessionEnds(endpoint);
    sessions.ended(this);
  }

  private final class Idle extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      long usual = sessions.worker().timeouts().streamIdle().toNanos();
      long limit = workerCluster.streamIdleNanos(usual);
      if (quiet.idleNanos(nowNanos) > limit && limit > 0) {
        sessions.count(UdpStat.IDLE_TIMEOUT, 1);
        end();
      }
    }
  }
}
