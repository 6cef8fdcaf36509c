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
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The attempts to have a request answered by a cluster, one after another: what comes of each, and
/// what follows. Of one exchange, for one request after another.
final class Attempts implements BackendListener {
  private static final String BUDGET_SPENT = "the retry budget of the backend is spent";

  private final Exchange exchange;
  private final ClientStream client;
  private final Worker worker;
  private final RequestRecord record;
  private final Upgrade upgrade;
  private final HeldBody held = new HeldBody();
  private final RetryState retry = new RetryState(held);
  private final Attempt attempt;

  private @Nullable ClusterEntry entry;
  private @Nullable GatheredBody gathered;
  private @Nullable Session session;
  private long perTryNanos;
  private boolean http1Only;

  Attempts(Exchange exchange, ClientStream client, RequestRecord record, Upgrade upgrade) {
    this.exchange = exchange;
    this.client = client;
    this.worker = client.connection().worker();
    this.record = record;
    this.upgrade = upgrade;
    this.attempt = new Attempt(exchange, client, record, upgrade, held);
  }

  /// A request that goes by that route begins.
  ///
  /// @param session null where the route keeps none
  /// @param whole the request's body, where it has to be gathered before that cluster is asked
  void begin(
      RouteTarget route, @Nullable Session session, ClusterEntry of, @Nullable GatheredBody whole) {
    this.session = session;
    gathered = whole;
    attempt.towards(whole == null ? null : of.on(worker), whole);
    retry.begin(route.retries(), client.request());
    perTryNanos = route.perTryNanos();
    http1Only = false;
  }

  /// The first.
  void start(ClusterEntry to) {
    entry = to;
    WorkerCluster here = to.on(worker);
    attempt.towards(here, gathered);
    if (here == null) {
      exchange.noCluster(to);
      return;
    }
    retry.first(to.retryBudget());
    Refusal refusal = Refusal.of(here, client, upgrade);
    if (refusal != null) {
      exchange.fail(refusal.failure(), refusal.reason());
      return;
    }
    Endpoint chosen = session == null ? null : session.endpoint(here);
    if (chosen == null) {
      chosen = retry.another(here);
    }
    if (chosen == null) {
      noEndpoint(here, to);
    } else {
      open(here, chosen, true);
    }
  }

  /// How long nothing may flow now; 0 for ever. Between two attempts nothing is to flow.
  long patience(@Nullable RouteTarget target, boolean oneEnded, boolean backendAwaited) {
    if (retry.made() > 0 && attempt.endpoint() == null) {
      return 0;
    }
    WorkerCluster here = attempt.cluster();
    long route = target == null ? Patience.UNSAID : target.patience();
    return upgrade.switched()
        ? Patience.tunnel(worker.timeouts(), here, oneEnded)
        : Patience.message(worker.timeouts(), here, route, backendAwaited);
  }

  private void noEndpoint(WorkerCluster here, ClusterEntry of) {
    here.cells().increment(ClusterStat.UPSTREAM_CX_NONE_HEALTHY.ordinal());
    exchange.fail(TrafficFailure.NO_HEALTHY_UPSTREAM, "no endpoint in " + of.name());
  }

  private void open(WorkerCluster here, Endpoint chosen, boolean mayReuse) {
    if (perTryNanos > 0) {
      attempt.after(perTryNanos, this::tryIsLate);
    }
    boolean inHttp1 = http1Only || upgrade.needsHttp1(here.spec().cluster());
    if (!attempt.open(here, chosen, this, mayReuse, inHttp1)) {
      exchange.fail(TrafficFailure.OVERFLOW, "too many connections");
    }
  }

  private void again(WorkerCluster here, Endpoint next, boolean mayReuse) {
    retry.again(here);
    exchange.moved();
    open(here, next, mayReuse);
    attempt.resume();
  }

  private void againLater(WorkerCluster here, Retries policy) {
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_BACKOFF_EXPONENTIAL.ordinal());
    held.rewind();
    if (!exchange.requestEnded()) {
      client.readBody(false);
    }
    attempt.after(policy.delayNanos(retry.made(), worker.random()), this::againNow);
  }

  /// The cluster may have become another meanwhile, or be gone.
  private void againNow() {
    ClusterEntry of = entry;
    if (of == null) {
      return;
    }
    WorkerCluster here = of.on(worker);
    attempt.towards(here, gathered);
    if (here == null) {
      exchange.noCluster(of);
      return;
    }
    Endpoint next = retry.any(here);
    if (next == null) {
      noEndpoint(here, of);
    } else {
      again(here, next, true);
    }
  }

  @Override
  public void connected(BackendStream stream) {
    exchange.moved();
    attempt.connected(stream);
  }

  @Override
  public void connectFailed(TrafficFailure failure, String reason) {
    Endpoint failed = attempt.endpoint();
    WorkerCluster here = attempt.cluster();
    attempt.notConnected();
    if (failed == null || here == null) {
      return;
    }
    here.endpointFailed(failed);
    retry.tried(failed);
    Retries policy = retry.policy();
    if (policy == null) {
      Endpoint next = retry.another(here);
      if (next != null && retry.takeUnsent(here)) {
        again(here, next, true);
        return;
      }
    } else if (retry.take(here, policy)) {
      againLater(here, policy);
      return;
    }
    exchange.fail(failure, reason);
  }

  private void tryIsLate() {
    WorkerCluster here = attempt.cluster();
    Endpoint slow = attempt.endpoint();
    if (here == null || slow == null) {
      return;
    }
    here.attemptTimedOut(slow, exchange.headIsAwaited() && !attempt.isQueued());
    Retries policy = retry.policy();
    if (policy == null || exchange.responseStarted() || !retry.take(here, policy)) {
      if (retry.overflowed()) {
        exchange.fail(TrafficFailure.OVERFLOW, BUDGET_SPENT);
        return;
      }
      exchange.fail(TrafficFailure.UPSTREAM_TIMEOUT, "the backend took too long for one attempt");
      return;
    }
    attempt.drop();
    retry.tried(slow);
    againLater(here, policy);
  }

  @Override
  public void responseHead(ResponseHead head, boolean end) {
    Retries policy = retry.policy();
    if (policy == null || !policy.covers(head.status()) || !repeats(policy, head, end)) {
      exchange.responseHead(head, end);
    }
  }

  /// Drops a response that another attempt may better, or that none may.
  private boolean repeats(Retries policy, ResponseHead head, boolean end) {
    WorkerCluster here = attempt.cluster();
    Endpoint from = attempt.endpoint();
    if (here == null || from == null) {
      return false;
    }
    if (!retry.take(here, policy)) {
      if (retry.overflowed()) {
        here.responded(from, head.status(), false);
        attempt.discard(end);
        exchange.fail(TrafficFailure.OVERFLOW, BUDGET_SPENT);
        return true;
      }
      if (retry.made() > 1) {
        record.failed(TrafficFailure.RETRY_LIMIT_EXCEEDED, "no attempt was left");
      }
      return false;
    }
    here.responded(from, head.status(), false);
    attempt.discard(end);
    retry.tried(from);
    againLater(here, policy);
    return true;
  }

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    WorkerCluster here = attempt.cluster();
    Endpoint failed = attempt.endpoint();
    attempt.lost();
    if (here == null || failed == null) {
      return;
    }
    TrafficFailure told = exchange.told(failure);
    if (!told.clientsFault() && !exchange.responseStarted() && repeats(here, failed, acted)) {
      return;
    }
    if (!told.clientsFault() && !upgrade.switched() && acted != Acted.CANNOT) {
      here.endpointFailed(failed);
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RX_RESET.ordinal());
    if (retry.overflowed()) {
      exchange.fail(TrafficFailure.OVERFLOW, BUDGET_SPENT);
    } else {
      exchange.fail(told, reason);
    }
  }

  private boolean repeats(WorkerCluster here, Endpoint failed, Acted acted) {
    if (acted == Acted.CANNOT) {
      return false;
    }
    if (acted == Acted.WANTS_HTTP1 && !http1Only && negotiates(here) && !held.lost()) {
      http1Only = true;
      held.rewind();
      again(here, failed, true);
      return true;
    }
    Retries policy = retry.policy();
    if (policy != null) {
      if (!retry.take(here, policy)) {
        return false;
      }
      if (acted == Acted.PERHAPS) {
        here.endpointFailed(failed);
        here.cells().increment(ClusterStat.UPSTREAM_RQ_RX_RESET.ordinal());
      }
      retry.tried(failed);
      againLater(here, policy);
      return true;
    }
    if (!retry.takeSent(here, acted, client.request())) {
      return false;
    }
    held.rewind();
    retry.tried(failed);
    // What was refused goes elsewhere, if there is an elsewhere, and so does what was on its way to
    // an endpoint that is no more.
    Endpoint next = acted == Acted.NO || failed.gone() ? retry.another(here) : null;
    again(here, next == null ? failed : next, acted == Acted.NO);
    return true;
  }

  private static boolean negotiates(WorkerCluster here) {
    return here.spec().cluster().protocol() instanceof UpstreamProtocol.Negotiated;
  }

  /// A response is passed on.
  void responded(int status) {
    held.lose();
    WorkerCluster here = attempt.cluster();
    Endpoint from = attempt.endpoint();
    if (here != null && from != null) {
      here.responded(from, status, retry.made() > 1 && !retry.covers(status));
    }
  }

  /// Tells the client where its requests go.
  void tell(Session session, ResponseHead head) {
    WorkerCluster here = attempt.cluster();
    Endpoint from = attempt.endpoint();
    if (here != null && from != null) {
      session.answer(head, here, from, client.connection().tls());
    }
  }

  @Override
  public void responseInformational(ResponseHead head) {
    exchange.responseInformational(head);
  }

  @Override
  public void responseSwitched(ResponseHead head) {
    if (exchange.responseSwitched(head)) {
      attempt.switched();
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
  public void responseNote(String note) {
    record.note(note);
  }

  @Override
  public void backendWritable() {
    exchange.moved();
    attempt.writable();
  }

  /// The one that is under way.
  Attempt current() {
    return attempt;
  }

  /// The whole request took too long.
  ///
  /// @param awaited whether for the backend
  void timedOut(boolean awaited) {
    WorkerCluster here = attempt.cluster();
    Endpoint slow = attempt.endpoint();
    if (here != null && slow != null) {
      here.timedOut(slow, awaited && !attempt.isQueued());
    }
  }

  /// The request is over.
  void end() {
    retry.end();
    held.release();
    entry = null;
    gathered = null;
    session = null;
    attempt.towards(null, null);
  }
}
