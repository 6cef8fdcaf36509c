package dev.postern.proxy.exchange;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;

/// A copy of a request whose answer nobody waits for (Gateway API, HTTPRequestMirrorFilter). It is
/// tried once. A backend that is slower than the request's own makes nobody wait: what it did not
/// take yet is kept up to a limit, and beyond it the copy is given up.
final class MirroredRequest extends SideRequest {
  /// So much of a body may wait.
  private static final int MOST_WAITING = 256 * 1024;

  private final RequestHead head = new RequestHead();
  private final HeldBody waiting = new HeldBody();
  private int waitingOctets;
  private boolean requestEnded;

  /// @param timeoutNanos for all of it; 0 for none
  MirroredRequest(Worker worker, RequestHead request, long timeoutNanos) {
    super(worker, timeoutNanos, 1);
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
    open(to);
  }

  @Override
  protected RequestHead head() {
    return head;
  }

  /// A CGI script must know a body's length beforehand, which takes a spooled body of its own.
  @Override
  protected boolean fits(WorkerCluster to) {
    return requestEnded
        || head.contentLength() >= 0
        || !(to.spec().cluster().protocol() instanceof UpstreamProtocol.FastCgi);
  }

  @Override
  protected void send(BackendStream to) {
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
    if (isOver()) {
      return;
    }
    requestEnded |= end;
    moved();
    BackendStream to = stream();
    if (to != null && waiting.isEmpty() && to.writable()) {
      to.data(data.retainedDuplicate(), end);
      return;
    }
    waitingOctets += data.readableBytes();
    if (waitingOctets > MOST_WAITING) {
      giveUp(TrafficFailure.OVERFLOW, "it is too slow");
    } else {
      waiting.add(data.retainedDuplicate());
    }
  }

  void trailers(HeaderBlock trailers) {
    if (isOver()) {
      return;
    }
    requestEnded = true;
    BackendStream to = stream();
    if (to != null && waiting.isEmpty()) {
      to.trailers(trailers);
    } else {
      waiting.add(trailers);
    }
  }

  void flush() {
    BackendStream to = stream();
    if (to != null) {
      to.flush();
    }
  }

  /// Nothing more comes of the request.
  void requestOver() {
    if (requestEnded) {
      flush();
    } else {
      cancel();
    }
  }

  @Override
  public void backendWritable() {
    BackendStream to = stream();
    moved();
    if (to != null && !waiting.isEmpty()) {
      sendWaiting(to);
      to.flush();
    }
  }

  @Override
  public void responseHead(ResponseHead response, boolean end) {
    super.responseHead(response, end);
    if (end) {
      answered();
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    data.release();
    moved();
    if (end) {
      answered();
    }
  }

  /// What the client has not sent yet is of no use any more.
  @Override
  public void responseTrailers(HeaderBlock trailers) {
    answered();
  }

  @Override
  protected void gaveUp(TrafficFailure failure, String reason) {
    count(ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED);
  }

  @Override
  protected void ended() {
    waiting.release();
  }
}
