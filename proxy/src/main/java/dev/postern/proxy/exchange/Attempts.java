package dev.postern.proxy.exchange;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.PendingRequest;
import dev.postern.proxy.upstream.RetryBudget;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The attempts to have a request answered by a cluster. One is: choose an endpoint, take an idle
/// connection or open one, send. Of one exchange, for one request after another.
///
/// Without a [Retries] an attempt that did not get to send is repeated at another endpoint, and one
/// that met a connection which the backend was just closing if the request may be sent twice (RFC
/// 9110 9.2.2). With one, whatever failed before a response's head was passed on is repeated, and
/// so are the statuses that it names, as long as all of the request's body is still here.
final class Attempts implements BackendListener {
  /// Without a policy.
  private static final int MAX_ATTEMPTS = 3;

  private final Exchange exchange;
  private final ClientStream client;
  private final Worker worker;
  private final RequestRecord record;
  private final Upgrade upgrade;
  private final HeldBody held = new HeldBody();
  private final List<Endpoint> tried = new ArrayList<>(2);

  private @Nullable Retries policy;
  private long perTryNanos;
  private @Nullable ClusterEntry entry;
  private @Nullable RetryBudget budget;
  private @Nullable WorkerCluster cluster;
  private @Nullable GatheredBody gathered;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;

  /// Of this attempt, or until the next.
  private @Nullable Future<?> timer;

  private int made;
  private boolean http1Only;

  Attempts(Exchange exchange, ClientStream client, RequestRecord record, Upgrade upgrade) {
    this.exchange = exchange;
    this.client = client;
    this.worker = client.connection().worker();
    this.record = record;
    this.upgrade = upgrade;
  }

  /// A request that goes by that route begins.
  void begin(RouteTarget route) {
    policy = route.retries();
    perTryNanos = route.perTryNanos();
    http1Only = upgrade.wanted();
    held.keep(policy != null && policy.attempts() > 0);
  }

  /// The first.
  ///
  /// @param whole the request's body, where it had to be gathered
  void start(ClusterEntry to, @Nullable GatheredBody whole) {
    made = 1;
    entry = to;
    gathered = whole;
    WorkerCluster here = to.on(worker);
    cluster = here;
    if (here == null) {
      exchange.noCluster(to);
      return;
    }
    budget = to.retryBudget();
    if (budget != null) {
      budget.requested();
    }
    Refusal refusal = Refusal.of(here, upgrade);
    if (refusal != null) {
      exchange.fail(refusal.failure(), refusal.reason());
      return;
    }
    Endpoint chosen = here.choose(tried);
    if (chosen == null) {
      noEndpoint(here, to);
      return;
    }
    open(here, chosen, true);
  }

  private void noEndpoint(WorkerCluster here, ClusterEntry of) {
    here.cells().increment(ClusterStat.UPSTREAM_CX_NONE_HEALTHY.ordinal());
    exchange.fail(TrafficFailure.NO_HEALTHY_UPSTREAM, "no endpoint in " + of.name());
  }

  private void open(WorkerCluster here, Endpoint chosen, boolean mayReuse) {
    endpoint = chosen;
    record.endpoint(chosen);
    here.requestStarts(chosen);
    if (perTryNanos > 0) {
      timer = worker.loop().schedule(this::tryIsLate, perTryNanos, TimeUnit.NANOSECONDS);
    }
    BackendStream reused = mayReuse ? here.reuse(chosen, this, http1Only) : null;
    if (reused != null) {
      send(reused);
      return;
    }
    pending = here.connect(chosen, this, http1Only);
    if (pending == null) {
      endAttempt();
      exchange.fail(TrafficFailure.OVERFLOW, "too many connections");
    } else if (!exchange.requestEnded()) {
      client.readBody(false);
    }
  }

  @Override
  public void connected(BackendStream stream) {
    pending = null;
    exchange.moved();
    send(stream);
    resume();
  }

  /// Sends what was written, and reads on from the client.
  void resume() {
    BackendStream to = stream;
    if (to == null) {
      return;
    }
    to.flush();
    if (!exchange.requestEnded() && !upgrade.pending() && to.writable()) {
      client.readBody(true);
    }
  }

  private void send(BackendStream to) {
    stream = to;
    record.stream(to);
    GatheredBody whole = gathered;
    boolean end =
        upgrade.pending()
            || (exchange.requestEnded()
                && held.isEmpty()
                && (whole == null || whole.isEmpty()));
    to.head(client.request(), end);
    if (whole != null) {
      whole.sendTo(to);
    }
    if (upgrade.pending()) {
      client.readBody(false);
    } else if (!held.isEmpty()) {
      held.sendTo(to, exchange.requestEnded());
    }
  }

  @Override
  public void connectFailed(TrafficFailure failure, String reason) {
    pending = null;
    Endpoint failed = endpoint;
    WorkerCluster here = cluster;
    if (failed == null || here == null) {
      return;
    }
    endAttempt();
    here.endpointFailed(failed);
    tried.add(failed);
    if (policy != null) {
      repeatLater(here, policy, failure, reason);
      return;
    }
    Endpoint next = made < MAX_ATTEMPTS ? here.choose(tried) : null;
    if (next == null || !affordable(here)) {
      exchange.fail(failure, reason);
    } else {
      again(here, next, true);
    }
  }

  private void again(WorkerCluster here, Endpoint next, boolean mayReuse) {
    made++;
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY.ordinal());
    open(here, next, mayReuse);
    resume();
  }

  private boolean affordable(WorkerCluster here) {
    if (budget == null || budget.spend()) {
      return true;
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_OVERFLOW.ordinal());
    return false;
  }

  /// Whether the policy allows one more.
  private boolean left(WorkerCluster here, Retries retries) {
    if (held.lost()) {
      return false;
    }
    if (made > retries.attempts()) {
      if (retries.attempts() > 0) {
        here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_LIMIT_EXCEEDED.ordinal());
      }
      return false;
    }
    return affordable(here);
  }

  private void repeatLater(
      WorkerCluster here, Retries retries, TrafficFailure failure, String reason) {
    if (left(here, retries)) {
      repeatLater(here, retries);
    } else {
      exchange.fail(failure, reason);
    }
  }

  private void repeatLater(WorkerCluster here, Retries retries) {
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_BACKOFF_EXPONENTIAL.ordinal());
    held.rewind();
    if (!exchange.requestEnded()) {
      client.readBody(false);
    }
    long delay = retries.delayNanos(made, worker.random());
    timer = worker.loop().schedule(this::repeat, delay, TimeUnit.NANOSECONDS);
  }

  /// The cluster may have become another meanwhile, or be gone.
  private void repeat() {
    timer = null;
    ClusterEntry of = entry;
    if (of == null) {
      return;
    }
    WorkerCluster here = of.on(worker);
    cluster = here;
    if (here == null) {
      exchange.noCluster(of);
      return;
    }
    Endpoint next = here.choose(tried);
    if (next == null) {
      tried.clear();
      next = here.choose(tried);
    }
    if (next == null) {
      noEndpoint(here, of);
    } else {
      again(here, next, true);
    }
  }

  private void tryIsLate() {
    timer = null;
    WorkerCluster here = cluster;
    Endpoint slow = endpoint;
    if (here == null || slow == null) {
      return;
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_PER_TRY_TIMEOUT.ordinal());
    here.timedOut(slow);
    Retries retries = policy;
    if (retries == null || exchange.responseStarted() || !left(here, retries)) {
      exchange.fail(TrafficFailure.UPSTREAM_TIMEOUT, "the backend took too long for one attempt");
      return;
    }
    drop();
    tried.add(slow);
    repeatLater(here, retries);
  }

  /// A part of the request's body; it goes on, or waits.
  ///
  /// @return whether the client may send more
  boolean data(ByteBuf data, boolean end) {
    if (gathered != null) {
      gathered.add(data, end);
      return true;
    }
    BackendStream to = stream;
    if (to == null || upgrade.pending()) {
      held.add(data);
      return true;
    }
    held.sending(to, data);
    to.data(data, end);
    return end || to.writable();
  }

  /// The request's trailer section.
  void trailers(HeaderBlock trailers) {
    if (gathered != null) {
      gathered.end();
      return;
    }
    BackendStream to = stream;
    if (to == null) {
      held.add(trailers);
    } else {
      held.sending(to, trailers);
      to.trailers(trailers);
    }
  }

  /// What came of the request's body, as long as there is no backend that takes it.
  HeldBody held() {
    return held;
  }

  /// Whether the request's body goes to a backend, or could.
  boolean open() {
    return stream != null;
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

  @Override
  public void backendWritable() {
    exchange.moved();
    if (gathered != null) {
      gathered.writable();
    } else {
      exchange.backendWritable();
    }
  }

  @Override
  public void responseNote(String note) {
    record.note(note);
  }

  @Override
  public void responseInformational(ResponseHead head) {
    exchange.responseInformational(head);
  }

  @Override
  public void responseSwitched(ResponseHead head) {
    BackendStream to = stream;
    if (to == null || !exchange.responseSwitched(head)) {
      return;
    }
    stopTimer();
    held.sendTo(to, exchange.requestEnded());
    to.flush();
    client.readBody(true);
  }

  @Override
  public void responseHead(ResponseHead head, boolean end) {
    Retries retries = policy;
    if (retries == null || !retries.covers(head.status()) || !repeats(retries, head, end)) {
      exchange.responseHead(head, end);
    }
  }

  /// Drops a response that another attempt may better.
  private boolean repeats(Retries retries, ResponseHead head, boolean end) {
    WorkerCluster here = cluster;
    Endpoint from = endpoint;
    if (here == null || from == null) {
      return false;
    }
    if (!left(here, retries)) {
      if (made > 1) {
        record.failed(TrafficFailure.RETRY_LIMIT_EXCEEDED, "no attempt was left");
      }
      return false;
    }
    here.responded(from, head.status(), false);
    BackendStream answered = stream;
    stream = null;
    if (answered != null && !end) {
      answered.cancel();
    }
    endAttempt();
    tried.add(from);
    repeatLater(here, retries);
    return true;
  }

  /// A response is passed on.
  void responded(int status) {
    held.lose();
    if (cluster != null && endpoint != null) {
      boolean success = made > 1 && (policy == null || !policy.covers(status));
      cluster.responded(endpoint, status, success);
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    exchange.responseData(data, end);
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    exchange.responseTrailers(trailers);
  }

  @Override
  public void responseFlush() {
    client.flush();
  }

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    WorkerCluster here = cluster;
    Endpoint failed = endpoint;
    stream = null;
    if (here == null || failed == null) {
      return;
    }
    endAttempt();
    if (!exchange.responseStarted() && repeats(here, failed, acted)) {
      return;
    }
    TrafficFailure told = exchange.told(failure);
    if (!told.clientsFault() && !upgrade.switched()) {
      here.endpointFailed(failed);
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RX_RESET.ordinal());
    exchange.fail(told, reason);
  }

  private boolean repeats(WorkerCluster here, Endpoint failed, Acted acted) {
    if (acted == Acted.WANTS_HTTP1 && !http1Only && negotiates(here) && !held.lost()) {
      http1Only = true;
      held.rewind();
      again(here, failed, true);
      return true;
    }
    Retries retries = policy;
    if (retries != null) {
      if (!left(here, retries)) {
        return false;
      }
      if (acted == Acted.PERHAPS) {
        here.endpointFailed(failed);
        here.cells().increment(ClusterStat.UPSTREAM_RQ_RX_RESET.ordinal());
      }
      tried.add(failed);
      repeatLater(here, retries);
      return true;
    }
    if (made >= MAX_ATTEMPTS || !held.repeatable(acted, client.request()) || !affordable(here)) {
      return false;
    }
    held.rewind();
    tried.add(failed);
    // What was refused goes elsewhere, if there is an elsewhere.
    Endpoint next = acted == Acted.NO ? here.choose(tried) : null;
    again(here, next == null ? failed : next, acted == Acted.NO);
    return true;
  }

  private static boolean negotiates(WorkerCluster here) {
    return here.spec().cluster().protocol() instanceof UpstreamProtocol.Negotiated;
  }

  /// The whole request took too long.
  void timedOut() {
    if (endpoint != null && cluster != null) {
      cluster.timedOut(endpoint);
    }
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
    BackendStream dropped = stream;
    stream = null;
    if (dropped != null) {
      if (cluster != null) {
        cluster.cells().increment(ClusterStat.UPSTREAM_RQ_TX_RESET.ordinal());
      }
      dropped.cancel();
    }
    endAttempt();
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
    endAttempt();
  }

  private void endAttempt() {
    stopTimer();
    Endpoint ended = endpoint;
    endpoint = null;
    if (ended != null && cluster != null) {
      cluster.requestEnds(ended);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /// The request is over.
  void end() {
    tried.clear();
    held.release();
    entry = null;
    gathered = null;
  }
}
