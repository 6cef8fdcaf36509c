package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.PendingRequest;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Timer;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// One attempt to have a request answered: an endpoint, a connection that is there or is being
/// opened, and what is sent on it. Of one exchange, for one attempt after another.
final class Attempt {
  private final Exchange exchange;
  private final ClientStream client;
  private final Worker worker;
  private final RequestRecord record;
  private final Upgrade upgrade;
  private final HeldBody held;

  private @Nullable WorkerCluster cluster;
  private @Nullable GatheredBody gathered;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;

  /// Its time, or the time until it.
  private final Timer timer = new Timer();

  Attempt(
      Exchange exchange,
      ClientStream client,
      RequestRecord record,
      Upgrade upgrade,
      HeldBody held) {
    this.exchange = exchange;
    this.client = client;
    this.worker = client.connection().worker();
    this.record = record;
    this.upgrade = upgrade;
    this.held = held;
  }

  /// Whose endpoints are tried; null before the first.
  @Nullable WorkerCluster cluster() {
    return cluster;
  }

  /// Null between two attempts.
  @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /// A cluster is asked from now on.
  ///
  /// @param whole the request's body, where it had to be gathered
  void towards(@Nullable WorkerCluster to, @Nullable GatheredBody whole) {
    cluster = to;
    gathered = whole;
  }

  /// Begins: sends at once where a connection is there, else the listener is told of one.
  ///
  /// @return false where there may be no further connection
  boolean open(
      WorkerCluster here,
      Endpoint chosen,
      BackendListener listener,
      boolean mayReuse,
      boolean http1Only) {
    endpoint = chosen;
    record.endpoint(chosen);
    here.requestStarts(chosen);
    BackendStream reused = mayReuse ? here.reuse(chosen, listener, http1Only) : null;
    if (reused != null) {
      send(reused);
      return true;
    }
    pending = here.connect(chosen, listener, http1Only);
    if (pending == null) {
      end();
      return false;
    }
    if (!exchange.requestEnded()) {
      client.readBody(false);
    }
    return true;
  }

  /// Does that later, unless the attempt, or the wait for it, ends before.
  void after(long nanos, Runnable then) {
    timer.start(worker.loop(), nanos, then);
  }

  /// The connection that it waited for is there.
  void connected(BackendStream opened) {
    pending = null;
    send(opened);
    resume();
  }

  /// There will be no connection.
  void notConnected() {
    pending = null;
    end();
  }

  /// Sends what was written, and reads on from the client.
  void resume() {
    BackendStream to = stream;
    if (to == null) {
      return;
    }
    to.flush();
    if (!upgrade.pending() && to.writable()) {
      client.readBody(true);
    }
  }

  private void send(BackendStream to) {
    stream = to;
    record.stream(to);
    GatheredBody whole = gathered;
    boolean nothingHeld = held.isEmpty() && (whole == null || whole.isEmpty());
    to.head(client.request(), upgrade.pending() || (exchange.requestEnded() && nothingHeld));
    if (whole != null) {
      whole.sendTo(to);
    }
    if (upgrade.pending()) {
      client.readBody(false);
    } else if (!held.isEmpty()) {
      held.sendTo(to, exchange.requestEnded());
    }
  }

  /// Sends what was held while the backend had not agreed to switch protocols.
  void switched() {
    timer.stop();
    BackendStream to = stream;
    if (to != null) {
      held.sendTo(to, exchange.requestEnded());
      to.flush();
      client.readBody(true);
    }
  }

  /// A part of the request's body; it goes on, or waits.
  ///
  /// @return whether the client may send more
  boolean data(ByteBuf data, boolean end) {
    BackendStream to = stream;
    if (to == null || upgrade.pending()) {
      held.add(data);
      return true;
    }
    held.sending(to.refusable(), data);
    to.data(data, end);
    return end || to.writable();
  }

  /// The request's trailer section.
  void trailers(HeaderBlock trailers) {
    BackendStream to = stream;
    if (to == null) {
      held.add(trailers);
    } else {
      held.sending(to.refusable(), trailers);
      to.trailers(trailers);
    }
  }

  /// Whether it waits for others to be done with their connections.
  boolean isQueued() {
    return pending != null && pending.isQueued();
  }

  /// Whether it is the backend's turn to read.
  boolean backendIsFull() {
    BackendStream to = stream;
    return to == null ? gathered == null : !to.writable();
  }

  void flush() {
    if (stream != null) {
      stream.flush();
    }
  }

  void readResponse(boolean wanted) {
    if (stream != null) {
      stream.readResponse(wanted);
    }
  }

  /// The backend takes more of the request's body.
  void writable() {
    if (gathered != null) {
      gathered.writable();
    } else {
      exchange.backendWritable();
    }
  }

  /// The backend gave it up.
  void lost() {
    stream = null;
    end();
  }

  /// The backend's answer is not wanted.
  ///
  /// @param complete whether all of it came
  void discard(boolean complete) {
    BackendStream answered = stream;
    stream = null;
    if (answered != null && !complete) {
      answered.cancel();
    }
    end();
  }

  /// The client went away.
  void cancelled() {
    if (cluster != null && stream != null) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_CANCELLED.ordinal());
    }
  }

  /// Gives up what is under way.
  void drop() {
    if (pending != null) {
      pending.abandon();
      pending = null;
    }
    if (stream != null && cluster != null) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_TX_RESET.ordinal());
    }
    discard(false);
  }

  /// The response is complete.
  void complete() {
    if (upgrade.switched() && stream != null) {
      stream.flush();
      stream.cancel();
    } else if (cluster != null) {
      cluster.took(record.millis());
    }
    stream = null;
    end();
  }

  private void end() {
    timer.stop();
    if (gathered != null) {
      gathered.stop();
    }
    Endpoint ended = endpoint;
    endpoint = null;
    if (ended != null && cluster != null) {
      cluster.requestEnds(ended);
    }
  }
}
