package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
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
import dev.postern.proxy.worker.IdleClock;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request of this proxy's own beside that of a client, on the client's event loop: an endpoint,
/// a connection, its time, and what is counted of it.
abstract class SideRequest extends Sweeper.Swept implements BackendListener {
  private final Worker worker;
  private final long startNanos = System.nanoTime();
  private final long timeoutNanos;
  private final int mostAttempts;
  private final List<Endpoint> tried = new ArrayList<>(1);
  private final IdleClock quiet = new IdleClock();
  private boolean over;
  private @Nullable WorkerCluster cluster;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;

  /// @param timeoutNanos for all of it; 0 for none
  /// @param mostAttempts how often it is tried, as long as nobody acted on it
  SideRequest(Worker worker, long timeoutNanos, int mostAttempts) {
    this.worker = worker;
    this.timeoutNanos = timeoutNanos;
    this.mostAttempts = mostAttempts;
  }

  /// What an endpoint may be chosen by.
  protected abstract RequestHead head();

  /// Whether that cluster can be sent it.
  protected abstract boolean fits(WorkerCluster to);

  /// Sends it, or what is there of it.
  protected abstract void send(BackendStream to);

  /// It is over without an answer, after everything of it is let go.
  ///
  /// @param reason for the log
  protected abstract void gaveUp(TrafficFailure failure, String reason);

  /// Chooses an endpoint and sends, or waits for a connection.
  final void open(ClusterEntry to) {
    WorkerCluster here = to.on(worker);
    cluster = here;
    if (here == null) {
      giveUp(TrafficFailure.CLUSTER_NOT_FOUND, "no cluster " + to.name());
    } else if (!here.admits() || !fits(here)) {
      giveUp(TrafficFailure.OVERFLOW, "too many requests to " + to.name());
    } else {
      Endpoint chosen = here.choose(tried, head());
      if (chosen == null) {
        giveUp(TrafficFailure.NO_HEALTHY_UPSTREAM, "no endpoint in " + to.name());
        return;
      }
      worker.sweeper().add(this);
      attempt(here, chosen, true);
    }
  }

  private void attempt(WorkerCluster here, Endpoint chosen, boolean mayReuse) {
    endpoint = chosen;
    here.requestStarts(chosen);
    BackendStream reused = mayReuse ? here.reuse(chosen, this, false) : null;
    if (reused != null) {
      stream = reused;
      send(reused);
      return;
    }
    pending = here.connect(chosen, this, false);
    if (pending == null) {
      giveUp(TrafficFailure.OVERFLOW, "too many connections");
    }
  }

  final boolean isOver() {
    return over;
  }

  /// What it is sent on; null while there is no connection.
  final @Nullable BackendStream stream() {
    return stream;
  }

  /// Something of it moved.
  final void moved() {
    quiet.moved();
  }

  @Override
  public final void connected(BackendStream opened) {
    pending = null;
    stream = opened;
    send(opened);
  }

  @Override
  public final void connectFailed(TrafficFailure failure, String reason) {
    pending = null;
    failed(failure, reason, false, true);
  }

  @Override
  public final void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    stream = null;
    count(ClusterStat.UPSTREAM_RQ_RX_RESET);
    failed(failure, reason, acted == Acted.NO || acted == Acted.HARDLY, acted == Acted.NO);
  }

  /// @param same whether it may be sent to the same endpoint again
  /// @param another whether it may be sent to another
  private void failed(TrafficFailure failure, String reason, boolean same, boolean another) {
    WorkerCluster here = cluster;
    Endpoint at = endpoint;
    if (here == null || at == null) {
      return;
    }
    if (!failure.clientsFault()) {
      here.endpointFailed(at);
    }
    tried.add(at);
    Endpoint next = another || (same && at.gone()) ? here.choose(tried, head()) : null;
    if (next == null && same) {
      next = at;
    }
    if (next == null || tried.size() >= mostAttempts) {
      giveUp(failure, reason);
      return;
    }
    here.requestEnds(at);
    attempt(here, next, false);
  }

  @Override
  protected final void sweep(long nowNanos) {
    long idle = worker.timeouts().streamIdle().toNanos();
    boolean late = timeoutNanos > 0 && nowNanos - startNanos > timeoutNanos;
    if (!late && (quiet.idleNanos(nowNanos) <= idle || idle <= 0)) {
      return;
    }
    if (cluster != null && endpoint != null) {
      cluster.timedOut(endpoint, true);
    }
    giveUp(TrafficFailure.UPSTREAM_TIMEOUT, "no answer in time");
  }

  @Override
  public void responseHead(ResponseHead response, boolean end) {
    moved();
    if (cluster != null && endpoint != null) {
      cluster.responded(endpoint, response.status(), false);
    }
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    moved();
  }

  @Override
  public final void responseInformational(ResponseHead response) {
    moved();
  }

  /// Never: it does not ask to switch.
  @Override
  public final void responseSwitched(ResponseHead response) {
    giveUp(TrafficFailure.PROTOCOL_ERROR, "it switched protocols");
  }

  @Override
  public final void responseFlush() {}

  @Override
  public final void responseNote(String note) {}

  /// The response is complete.
  final void answered() {
    stream = null;
    end();
  }

  final void giveUp(TrafficFailure failure, String reason) {
    if (!over) {
      drop();
      gaveUp(failure, reason);
    }
  }

  /// Nobody wants it any more.
  final void cancel() {
    if (!over) {
      count(ClusterStat.UPSTREAM_RQ_CANCELLED);
      drop();
    }
  }

  private void drop() {
    if (pending != null) {
      pending.abandon();
      pending = null;
    }
    BackendStream dropped = stream;
    stream = null;
    if (dropped != null) {
      count(ClusterStat.UPSTREAM_RQ_TX_RESET);
      dropped.cancel();
    }
    end();
  }

  final void count(ClusterStat stat) {
    if (cluster != null) {
      cluster.cells().increment(stat.ordinal());
    }
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    worker.sweeper().remove(this);
    if (cluster != null && endpoint != null) {
      cluster.requestEnds(endpoint);
      endpoint = null;
    }
    ended();
  }

  /// Lets go of what is left.
  protected abstract void ended();
}
