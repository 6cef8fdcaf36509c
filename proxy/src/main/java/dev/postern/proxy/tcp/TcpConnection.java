package dev.postern.proxy.tcp;

import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TcpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.InputEnd;
import dev.postern.proxy.tls.OutputEnd;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.PendingRequest;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.IdleClock;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A client's connection whose octets go to a backend as they are, and back. The backend is chosen
/// by weight, then as for a request; one that cannot be connected to is passed over, three at most.
/// Whoever is slow pauses the reading of the other side. Each direction ends by itself, but over
/// TLS that ends here, on either side: Netty answers a close_notify at once. When nothing comes
/// from either side for [dev.postern.proxy.worker.Timeouts#tunnelIdle], or what is said of the
/// backend instead, both end.
public final class TcpConnection extends ChannelInboundHandlerAdapter implements BackendListener {
  private static final int MOST_ATTEMPTS = 3;

  private final TcpClient client;
  private final Worker worker;
  private final Channel channel;
  private final TcpRecord record;
  private final Idle idle = new Idle();
  private final List<Endpoint> tried = new ArrayList<>(0);

  /// What came before there was a backend: little, for nothing is read meanwhile.
  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(1);

  private @Nullable WorkerCluster cluster;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream backend;
  private final IdleClock quiet = new IdleClock();
  private boolean clientEnded;
  private boolean backendEnded;
  private boolean endTold;
  private boolean lost;
  private boolean over;

  private TcpConnection(TcpClient client, Channel channel) {
    this.client = client;
    this.worker = client.worker();
    this.channel = channel;
    this.record = new TcpRecord(client);
  }

  /// Takes over a client's channel, behind all handlers that it has. On its loop.
  ///
  /// @param clusters gives the entry of a cluster's name
  public static void start(
      Channel channel, TcpClient client, TcpProxy proxy, Function<String, ClusterEntry> clusters) {
    channel.config().setAutoRead(false);
    if (channel.config() instanceof SocketChannelConfig config) {
      config.setAllowHalfClosure(true);
    }
    TcpConnection connection = new TcpConnection(client, channel);
    channel.pipeline().addLast(connection);
    connection.choose(proxy, clusters);
  }

  private void choose(TcpProxy proxy, Function<String, ClusterEntry> clusters) {
    worker.sweeper().add(idle);
    String name = WeightedChoice.among(proxy.clusters(), worker.random());
    if (name.isEmpty()) {
      client.cells().increment(TcpStat.DOWNSTREAM_CX_NO_ROUTE.ordinal());
      fail(TrafficFailure.NO_ROUTE, "no backend");
      return;
    }
    cluster = clusters.apply(name).on(worker);
    if (cluster == null) {
      client.cells().increment(TcpStat.DOWNSTREAM_CX_NO_ROUTE.ordinal());
      fail(TrafficFailure.CLUSTER_NOT_FOUND, "no cluster " + name);
      return;
    }
    connect(cluster);
  }

  private void connect(WorkerCluster to) {
    Endpoint next = tried.size() < MOST_ATTEMPTS ? to.choose(tried, null) : null;
    if (next == null) {
      if (tried.isEmpty()) {
        to.cells().increment(ClusterStat.UPSTREAM_CX_NONE_HEALTHY.ordinal());
        fail(TrafficFailure.NO_HEALTHY_UPSTREAM, "no endpoint");
      } else {
        end();
      }
      return;
    }
    if (!to.admits()) {
      fail(TrafficFailure.OVERFLOW, "too many connections");
      return;
    }
    endpoint = next;
    record.endpoint(next);
    to.requestStarts(next);
    pending = to.connect(next, this, false);
    if (pending == null) {
      fail(TrafficFailure.OVERFLOW, "too many connections");
    }
  }

  @Override
  public void connected(BackendStream stream) {
    pending = null;
    backend = stream;
    record.connected(stream);
    WorkerCluster to = cluster;
    Endpoint at = endpoint;
    if (to != null && at != null) {
      to.accepted(at);
    }
    ByteBuf data;
    while ((data = early.pollFirst()) != null) {
      stream.data(data, false);
    }
    stream.flush();
    if (clientEnded) {
      stream.data(Unpooled.EMPTY_BUFFER, true);
    }
    readClient(stream.writable());
  }

  @Override
  public void connectFailed(TrafficFailure failure, String reason) {
    pending = null;
    record.failed(failure, reason);
    WorkerCluster to = cluster;
    Endpoint at = endpoint;
    if (to == null || at == null) {
      return;
    }
    to.endpointFailed(at);
    to.requestEnds(at);
    endpoint = null;
    tried.add(at);
    connect(to);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over || clientEnded || !(message instanceof ByteBuf data)) {
      ReferenceCountUtil.release(message);
      return;
    }
    quiet.moved();
    record.received(data.readableBytes());
    BackendStream to = backend;
    if (to == null) {
      early.add(data);
      return;
    }
    if (backendEnded && !to.tlsVersion().equals("-")) {
      data.release();
      arrivesNowhere();
      return;
    }
    to.data(data, false);
    if (!to.writable()) {
      readClient(false);
    }
  }

  /// Over TLS a backend takes nothing more once it has ended its side. The client is told by the
  /// end of its connection, after it got what the backend had said.
  private void arrivesNowhere() {
    if (!lost) {
      record.failed(
          TrafficFailure.CONNECTION_TERMINATION,
          "the backend had ended TLS before its client had said all");
    }
    lost = true;
    if (endTold) {
      end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    BackendStream to = backend;
    if (to != null && !over) {
      to.flush();
    }
  }

  @Override
  public void backendWritable() {
    readClient(true);
  }

  private void readClient(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      client
          .cells()
          .increment(
              (wanted
                      ? TcpStat.DOWNSTREAM_FLOW_CONTROL_RESUMED_READING
                      : TcpStat.DOWNSTREAM_FLOW_CONTROL_PAUSED_READING)
                  .ordinal());
      channel.config().setAutoRead(wanted);
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    if (over) {
      data.release();
      return;
    }
    quiet.moved();
    record.sent(data.readableBytes());
    ChannelFuture written = channel.write(data);
    if (end) {
      backendEnded = true;
      channel.flush();
      written.addListener(_ -> shutdownOutput());
    } else if (!channel.isWritable()) {
      readBackend(false);
    }
  }

  @Override
  public void responseFlush() {
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    readBackend(channel.isWritable());
  }

  private void readBackend(boolean wanted) {
    BackendStream from = backend;
    if (from != null && !over) {
      from.readResponse(wanted);
    }
  }

  private void shutdownOutput() {
    endTold = true;
    if (clientEnded || lost) {
      end();
      return;
    }
    OutputEnd.send(channel);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (InputEnd.is(channel, event)) {
      clientEnds();
    }
  }

  /// The client has said all.
  private void clientEnds() {
    if (clientEnded || over) {
      return;
    }
    clientEnded = true;
    BackendStream to = backend;
    if (backendEnded) {
      end();
    } else if (to != null) {
      to.data(Unpooled.EMPTY_BUFFER, true);
    }
  }

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    record.failed(failure, reason);
    reset();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Faults.tell("A TCP connection of a client", cause);
    if (!over) {
      record.failed(TrafficFailure.CLIENT_GONE, String.valueOf(cause.getMessage()));
    }
    reset();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  private void fail(TrafficFailure failure, String reason) {
    record.failed(failure, reason);
    end();
  }

  /// The other side was reset, or is thought to be: so is this one, for its octets are not all.
  private void reset() {
    if (!over && channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    end();
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    worker.sweeper().remove(idle);
    PendingRequest waiting = pending;
    BackendStream stream = backend;
    if (waiting != null) {
      waiting.abandon();
    }
    if (stream != null) {
      stream.cancel();
    }
    WorkerCluster to = cluster;
    Endpoint at = endpoint;
    if (to != null && at != null) {
      to.requestEnds(at);
    }
    early.forEach(ByteBuf::release);
    early.clear();
    channel.close();
    record.end();
  }

  @Override
  public void responseInformational(ResponseHead head) {}

  @Override
  public void responseSwitched(ResponseHead head) {}

  @Override
  public void responseHead(ResponseHead head, boolean end) {}

  @Override
  public void responseTrailers(HeaderBlock trailers) {}

  @Override
  public void responseNote(String note) {}

  private final class Idle extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      long usual = worker.timeouts().tunnelIdle().toNanos();
      WorkerCluster of = cluster;
      long limit = of == null ? usual : of.streamIdleNanos(usual);
      if (quiet.idleNanos(nowNanos) > limit && limit > 0) {
        client.cells().increment(TcpStat.IDLE_TIMEOUT.ordinal());
        end();
      }
    }
  }
}
