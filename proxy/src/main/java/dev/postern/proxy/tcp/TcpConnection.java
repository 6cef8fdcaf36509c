package dev.postern.proxy.tcp;

import dev.postern.ir.NetworkFilter.TcpProxy;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.AbruptEnd;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TcpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.InputEnd;
import dev.postern.proxy.tls.OutputEnd;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.BytesStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.PendingRequest;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.IdleClock;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
/// TLS that ends here, on either side: Netty answers a close_notify at once. Both connections last
/// until both directions have, so that what waits for who is slow still arrives. One that breaks
/// before its side has ended takes the other with it; afterwards it just takes nothing more. When
/// nothing comes from either side for [dev.postern.proxy.worker.Timeouts#tunnelIdle], or what is
/// said of the backend instead, both end.
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
  private @Nullable BytesStream backend;
  private final IdleClock quiet = new IdleClock();
  private boolean clientEnded;
  private boolean backendEnded;

  /// The client was sent all that the backend had said, and its end; or it takes nothing more.
  private boolean clientTold;

  /// The backend was sent all that the client had said, and its end; or it takes nothing more.
  private boolean backendTold;

  /// What the client still says arrives nowhere.
  private boolean lost;

  /// What the backend still says arrives nowhere.
  private boolean clientGone;

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
  public void connected(BackendStream opened) {
    if (!(opened instanceof BytesStream stream)) {
      throw new IllegalStateException("the backend's protocol is " + opened.protocol());
    }
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
    readClient(stream.writable());
    if (clientEnded) {
      stream.endOutput(this::backendTold);
    }
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
    if (over || lost || clientEnded || !(message instanceof ByteBuf data)) {
      ReferenceCountUtil.release(message);
      return;
    }
    quiet.moved();
    record.received(data.readableBytes());
    BytesStream to = backend;
    if (to == null) {
      early.add(data);
      return;
    }
    if (backendEnded && !to.tlsVersion().equals("-")) {
      data.release();
      arrivesNowhere("the backend had ended TLS before its client had said all");
      return;
    }
    to.data(data, false);
    if (!to.writable()) {
      readClient(false);
    }
  }

  /// A backend takes nothing more after it has ended its side: over TLS, or as its connection
  /// broke. The client is told by the end of its own, after it got what the backend had said.
  private void arrivesNowhere(String reason) {
    record.failed(TrafficFailure.CONNECTION_TERMINATION, reason);
    lost = true;
    readClient(true);
    backendTold();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    BytesStream to = backend;
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
    if (over || clientGone) {
      data.release();
      return;
    }
    quiet.moved();
    record.sent(data.readableBytes());
    ChannelFuture written = channel.write(worker.readBuffers().fitting(data));
    if (end) {
      backendEnded = true;
      channel.flush();
      written.addListener(_ -> {
        if (channel.isOpen()) {
          clientTold();
        }
      });
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
    readBackend(clientGone || channel.isWritable());
  }

  private void readBackend(boolean wanted) {
    BytesStream from = backend;
    if (from != null && !over) {
      from.readResponse(wanted);
    }
  }

  private void clientTold() {
    clientTold = true;
    endIfAllAreTold();
    if (!over && !clientGone) {
      OutputEnd.send(channel);
    }
  }

  private void backendTold() {
    backendTold = true;
    endIfAllAreTold();
  }

  private void endIfAllAreTold() {
    if (clientTold && backendTold) {
      end();
    }
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
    BytesStream to = backend;
    if (to != null && !lost) {
      to.endOutput(this::backendTold);
    }
  }

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    if (backendEnded) {
      arrivesNowhere(reason);
    } else {
      record.failed(failure, reason);
      reset();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Faults.tell("A TCP connection of a client", cause);
    clientBreaks(String.valueOf(cause.getMessage()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    clientBreaks("the connection closed");
  }

  /// What it had said before it ended its side still goes to the backend, whose answer is dropped.
  private void clientBreaks(String reason) {
    if (over || clientGone) {
      return;
    }
    record.failed(TrafficFailure.CLIENT_GONE, reason);
    if (!clientEnded) {
      reset();
      return;
    }
    clientGone = true;
    channel.close();
    readBackend(true);
    clientTold();
  }

  /// Whether somebody does not take what the other has said.
  private boolean isStuck() {
    BytesStream to = backend;
    boolean byBackend = to != null && !backendTold && (clientEnded || !to.writable());
    boolean byClient = !clientTold && (backendEnded || !channel.isWritable());
    return byBackend || byClient;
  }

  private void fail(TrafficFailure failure, String reason) {
    record.failed(failure, reason);
    end();
  }

  /// One side was reset, or is thought to be: so are both, for neither has got all.
  private void reset() {
    end(true);
  }

  private void end() {
    end(false);
  }

  private void end(boolean abruptly) {
    if (over) {
      return;
    }
    over = true;
    worker.sweeper().remove(idle);
    PendingRequest waiting = pending;
    BytesStream stream = backend;
    if (waiting != null) {
      waiting.abandon();
    }
    if (stream != null && abruptly) {
      stream.reset();
    } else if (stream != null) {
      stream.cancel();
    }
    WorkerCluster to = cluster;
    Endpoint at = endpoint;
    if (to != null && at != null) {
      to.requestEnds(at);
    }
    early.forEach(ByteBuf::release);
    early.clear();
    if (abruptly) {
      AbruptEnd.of(channel);
    } else {
      channel.close();
    }
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
        if (isStuck()) {
          reset();
        } else {
          end();
        }
      }
    }
  }
}
