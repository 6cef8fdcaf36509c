package dev.postern.proxy.exchange;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.PendingRequest;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A copy of a request whose answer nobody waits for (Gateway API, HTTPRequestMirrorFilter). It is
/// tried once. A backend that is slower than the request's own makes nobody wait: what it did not
/// take yet is kept up to a limit, and beyond it the copy is given up.
final class MirroredRequest extends Sweeper.Swept implements BackendListener {
  /// So much of a body may wait.
  private static final int MOST_WAITING = 256 * 1024;

  private final Worker worker;
  private final RequestHead head = new RequestHead();
  private final HeldBody waiting = new HeldBody();
  private final long startNanos = System.nanoTime();
  private final long timeoutNanos;
  private long lastActivity = startNanos;
  private int waitingOctets;
  private boolean requestEnded;
  private boolean over;
  private @Nullable WorkerCluster cluster;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;

  /// @param timeoutNanos for all of it; 0 for none
  MirroredRequest(Worker worker, RequestHead request, long timeoutNanos) {
    this.worker = worker;
    this.timeoutNanos = timeoutNanos;
    head.copy(request);
    // Nobody waits for the leave to send a body.
    head.headers().removeAll(HeaderName.EXPECT);
    waiting.lose();
  }

  /// Chooses an endpoint and sends, or waits for a connection.
  ///
  /// @param ended whether no body follows
  void start(ClusterEntry to, boolean ended) {
    requestEnded = ended;
    WorkerCluster here = to.on(worker);
    Endpoint chosen = here == null ? null : here.choose(List.of(), head);
    if (here == null || chosen == null || !here.admits() || !canBeSent(here)) {
      over = true;
      count(here, ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
      return;
    }
    cluster = here;
    endpoint = chosen;
    worker.sweeper().add(this);
    here.requestStarts(chosen);
    BackendStream reused = here.reuse(chosen, this, false);
    if (reused != null) {
      send(reused);
      return;
    }
    pending = here.connect(chosen, this, false);
    if (pending == null) {
      drop(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
    }
  }

  /// A CGI script must know a body's length beforehand, which takes a spooled body of its own.
  private boolean canBeSent(WorkerCluster here) {
    return requestEnded
        || head.contentLength() >= 0
        || !(here.spec().cluster().protocol() instanceof UpstreamProtocol.FastCgi);
  }

  @Override
  public void connected(BackendStream opened) {
    pending = null;
    send(opened);
  }

  private void send(BackendStream to) {
    stream = to;
    to.head(head, requestEnded && waiting.isEmpty());
    if (!waiting.isEmpty()) {
      sendWaiting(to);
    }
    to.flush();
  }

  private void sendWaiting(BackendStream to) {
    waitingOctets = 0;
    waiting.sendTo(to, requestEnded);
  }

  /// A part of the body came. Does not take it over.
  void data(ByteBuf data, boolean end) {
    if (over) {
      return;
    }
    requestEnded |= end;
    lastActivity = System.nanoTime();
    BackendStream to = stream;
    if (to != null && waiting.isEmpty() && to.writable()) {
      to.data(data.retainedDuplicate(), end);
      return;
    }
    waitingOctets += data.readableBytes();
    if (waitingOctets > MOST_WAITING) {
      drop(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
    } else {
      waiting.add(data.retainedDuplicate());
    }
  }

  void trailers(HeaderBlock trailers) {
    if (over) {
      return;
    }
    requestEnded = true;
    BackendStream to = stream;
    if (to != null && waiting.isEmpty()) {
      to.trailers(trailers);
    } else {
      waiting.add(trailers);
    }
  }

  void flush() {
    if (stream != null) {
      stream.flush();
    }
  }

  /// Nothing more comes of the request.
  void requestOver() {
    if (requestEnded) {
      flush();
    } else if (!over) {
      drop(ClusterStat.UPSTREAM_RQ_CANCELLED);
    }
  }

  @Override
  public void backendWritable() {
    BackendStream to = stream;
    lastActivity = System.nanoTime();
    if (to != null && !waiting.isEmpty()) {
      sendWaiting(to);
      to.flush();
    }
  }

  @Override
  public void responseHead(ResponseHead response, boolean end) {
    lastActivity = System.nanoTime();
    if (cluster != null && endpoint != null) {
      cluster.responded(endpoint, response.status(), false);
    }
    if (end) {
      answered();
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    data.release();
    lastActivity = System.nanoTime();
    if (end) {
      answered();
    }
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    answered();
  }

  /// What the client has not sent yet is of no use any more.
  private void answered() {
    stream = null;
    end();
  }

  @Override
  public void connectFailed(TrafficFailure failure, String reason) {
    pending = null;
    failed();
  }

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    stream = null;
    count(cluster, ClusterStat.UPSTREAM_RQ_RX_RESET);
    failed();
  }

  private void failed() {
    if (cluster != null && endpoint != null) {
      cluster.endpointFailed(endpoint);
    }
    drop(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
  }

  @Override
  protected void sweep(long nowNanos) {
    long idle = worker.timeouts().streamIdle().toNanos();
    boolean late = timeoutNanos > 0 && nowNanos - startNanos > timeoutNanos;
    if (!late && (idle <= 0 || nowNanos - lastActivity <= idle)) {
      return;
    }
    if (cluster != null && endpoint != null) {
      cluster.timedOut(endpoint);
    }
    drop(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
  }

  private void drop(ClusterStat because) {
    count(cluster, because);
    if (pending != null) {
      pending.abandon();
      pending = null;
    }
    BackendStream dropped = stream;
    stream = null;
    if (dropped != null) {
      count(cluster, ClusterStat.UPSTREAM_RQ_TX_RESET);
      dropped.cancel();
    }
    end();
  }

  private static void count(@Nullable WorkerCluster of, ClusterStat stat) {
    if (of != null) {
      of.cells().increment(stat.ordinal());
    }
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    worker.sweeper().remove(this);
    waiting.release();
    if (cluster != null && endpoint != null) {
      cluster.requestEnds(endpoint);
    }
  }

  @Override
  public void responseInformational(ResponseHead response) {
    lastActivity = System.nanoTime();
  }

  /// Never: it does not ask to switch.
  @Override
  public void responseSwitched(ResponseHead response) {
    drop(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
  }

  @Override
  public void responseFlush() {}

  @Override
  public void responseNote(String note) {}
}
