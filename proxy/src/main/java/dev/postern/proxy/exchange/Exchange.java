package dev.postern.proxy.exchange;

import dev.postern.proxy.authorization.Verdict;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.worker.IdleClock;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Timer;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One request's way to a backend and its answer's way back. An HTTP/1.x connection uses one
/// exchange for all its requests, one after another.
///
/// What comes before a backend is here, and the client's side; the backend's is in [Attempts].
public final class Exchange extends Sweeper.Swept {
  private final ClientStream client;
  private final ClientConnection connection;
  private final Worker worker;
  private final RequestRecord record;
  private final LocalReply local = new LocalReply();
  private final Upgrade upgrade = new Upgrade();
  private final Filters filters;
  private final Attempts attempts;
  private final GrpcCall grpc = new GrpcCall();
  private final IdleClock idle = new IdleClock();
  private ClientStream out; // the client, or what translates for it
  private @Nullable GatheredBody gathered;
  private @Nullable RouteTarget target;
  private RouteTarget.@Nullable Backend backend;
  private @Nullable Session session;
  private @Nullable Mirrors mirrors;
  private final Timer timeout = new Timer();
  private boolean active;
  private boolean requestEnded;
  private boolean responseStarted;
  private boolean responseEnded;

  public Exchange(ClientStream client) {
    this.client = client;
    this.out = client;
    this.connection = client.connection();
    this.worker = connection.worker();
    this.record = new RequestRecord(connection);
    this.filters = new Filters(this, client);
    this.attempts = new Attempts(this, client, record, upgrade);
  }

  /// Whether a request is under way.
  public boolean active() {
    return active;
  }

  /// A request's head came.
  ///
  /// @param target null when no route took it
  /// @param end whether no body follows
  public void start(@Nullable RouteTarget target, boolean end) {
    begin(target != null && target.grpc());
    requestEnded = end;
    this.target = target;
    if (target == null) {
      connection.count(HttpStat.NO_ROUTE);
      fail(TrafficFailure.NO_ROUTE, "no route");
    } else if (target.straight() || passes(target)) {
      forward(target);
    }
  }

  /// What comes before the backend; whether one is wanted then, and at once.
  private boolean passes(RouteTarget target) {
    if (target.timeoutNanos() > 0) {
      timeout.start(worker.loop(), target.timeoutNanos(), this::timedOut);
    }
    if (filters.answered(target, local)) {
      answerShortly();
      return false;
    }
    return !filters.held(target, requestEnded) && isForwarded(target);
  }

  private boolean isForwarded(RouteTarget target) {
    if (!target.redirects(client, local)) {
      return true;
    }
    connection.count(HttpStat.RQ_REDIRECT);
    filters.apply(local.head());
    answerShortly();
    return false;
  }

  /// Whoever had to be asked lets the request pass.
  void admitted(Authorization by) {
    if (target != null && isForwarded(target)) {
      forward(target);
      by.replay();
    }
  }

  /// What came of the body so far was passed: the rest may come.
  void readOn() {
    if (gathered != null) {
      gathered.resume();
    } else {
      attempts.current().resume();
    }
    flushBackend();
  }

  /// Whoever had to be asked refuses the request, or cannot be asked.
  ///
  /// @param verdict null for the latter
  void denied(int status, byte[] body, Verdict.@Nullable Denied verdict) {
    record.failed(
        TrafficFailure.NOT_AUTHORIZED,
        "external authorization " + (verdict == null ? "is not configured" : "refused it"));
    answer(status, body, GrpcStatus.NONE, verdict);
  }

  private void forward(RouteTarget target) {
    Session kept = target.session(client.request());
    session = kept;
    RouteTarget.Backend chosen = target.choose(worker, kept, connection.tls());
    backend = chosen;
    if (chosen == null) {
      answer(500, new byte[0], GrpcStatus.UNAVAILABLE, null);
      return;
    }
    ClusterEntry entry = chosen.cluster(connection.tls());
    if (entry == null) {
      connection.count(HttpStat.RQ_DIRECT_RESPONSE);
      answer(chosen.status(), chosen.body(), GrpcStatus.UNAVAILABLE, null);
    } else {
      RequestHead request = client.request();
      upgrade.begin(client);
      requestEnded &= !upgrade.wanted();
      request.from(connection.origin(), client.protocol());
      target.prepare(request, connection);
      grpc.forward(request, requestEnded);
      if (!target.mirrors().isEmpty() && !upgrade.wanted()) {
        mirrors = Mirrors.start(target, client, requestEnded);
      }
      chosen.request().apply(request);
      gathered = requestEnded || upgrade.wanted() ? null : GatheredBody.wanted(this, client, entry);
      attempts.begin(target, kept, entry, gathered);
      if (gathered == null) {
        attempts.start(entry);
      }
    }
  }

  /// A request could not be read: answers it with that status.
  public void reject(int status, String reason) {
    begin(false);
    target = null;
    requestEnded = true;
    record.failed(TrafficFailure.MALFORMED_REQUEST, reason);
    answer(status, reason.getBytes(StandardCharsets.US_ASCII), GrpcStatus.NONE, null);
  }

  /// What came is no request, and whoever sent it is not answered.
  public void drop(String reason) {
    begin(false);
    record.failed(TrafficFailure.MALFORMED_REQUEST, reason);
    finish();
  }

  /// The request's body turned out to be malformed.
  public void requestMalformed(String reason) {
    if (active) {
      fail(TrafficFailure.MALFORMED_REQUEST, reason);
    }
  }

  private void begin(boolean grpcRoute) {
    active = true;
    out = grpc.start(client, grpcRoute);
    responseStarted = false;
    responseEnded = false;
    backend = null;
    session = null;
    record.start();
    idle.start(record.startNanos());
    worker.requestBegins(this);
  }

  /// The request's body is gathered.
  void attempt(ClusterEntry entry) {
    attempts.start(entry);
  }

  void noCluster(ClusterEntry entry) {
    connection.count(HttpStat.NO_CLUSTER);
    fail(TrafficFailure.CLUSTER_NOT_FOUND, "no cluster " + entry.name());
  }

  boolean requestEnded() {
    return requestEnded;
  }

  boolean responseStarted() {
    return responseStarted;
  }

  /// Something came from the backend, or can go there.
  void moved() {
    idle.moved();
  }

  /// What a failure is for that client.
  TrafficFailure told(TrafficFailure failure) {
    return grpc.told(failure, System.nanoTime() - record.startNanos());
  }

  /// A part of the request's body came; it is the exchange's now.
  public void requestData(ByteBuf received, boolean end) {
    if (!active) {
      received.release();
      return;
    }
    idle.moved();
    record.received(received.readableBytes());
    if (!filters.keeps(received, end)) {
      pass(received, end);
    }
  }

  /// The same, once the request may pass.
  void pass(ByteBuf received, boolean end) {
    if (!active) {
      received.release();
      return;
    }
    requestEnded |= end;
    ByteBuf data = grpc.decoded(received, end);
    if (data == null) {
      fail(TrafficFailure.MALFORMED_REQUEST, "gRPC-Web: not Base64");
      return;
    }
    if (mirrors != null) {
      mirrors.data(data, end);
    }
    if (gathered != null) {
      gathered.add(data, end);
      return;
    }
    boolean more = attempts.current().data(data, end);
    if (end && responseEnded) {
      complete();
    } else if (!more && active) {
      connection.count(HttpStat.DOWNSTREAM_FLOW_CONTROL_PAUSED_READING);
      client.readBody(false);
    }
  }

  /// The request's trailer fields came, and with them its end.
  public void requestTrailers(HeaderBlock trailers) {
    if (active && !filters.keeps(trailers)) {
      passTrailers(trailers);
    }
  }

  /// The same, once the request may pass.
  void passTrailers(HeaderBlock trailers) {
    requestEnded = true;
    if (mirrors != null) {
      mirrors.trailers(trailers);
      mirrors.flush();
    }
    if (gathered != null) {
      gathered.end();
    } else {
      attempts.current().trailers(trailers);
    }
  }

  /// Nothing more came for now: what was written should be sent.
  public void flushBackend() {
    if (mirrors != null) {
      mirrors.flush();
    }
    attempts.current().flush();
  }

  /// The client went away.
  public void clientGone() {
    if (!active) {
      return;
    }
    connection.count(HttpStat.DOWNSTREAM_CX_DESTROY_REMOTE_ACTIVE_RQ);
    attempts.current().cancelled();
    record.failed(TrafficFailure.CLIENT_GONE, "the client went away");
    attempts.current().drop();
    finish();
  }

  /// More may be written to the client.
  public void clientWritable() {
    idle.moved();
    attempts.current().readResponse(true);
  }

  /// More may be written to the backend.
  void backendWritable() {
    if (active && !upgrade.pending()) {
      connection.count(HttpStat.DOWNSTREAM_FLOW_CONTROL_RESUMED_READING);
      client.readBody(true);
    }
  }

  void responseInformational(ResponseHead head) {
    idle.moved();
    HopByHop.remove(head.headers());
    out.informational(head);
  }

  /// The backend switched protocols; whether the client does.
  boolean responseSwitched(ResponseHead head) {
    if (!fits(head)) {
      return false;
    }
    begun(head);
    timeout.stop();
    client.switched(head);
    client.flush();
    return true;
  }

  void responseHead(ResponseHead head, boolean end) {
    if (!fits(head)) {
      return;
    }
    begun(head);
    grpc.responds(head, end, record);
    if (end) {
      complete();
    }
    out.head(head, end);
  }

  /// Whether it can be passed on to a client that asked for an upgrade.
  private boolean fits(ResponseHead head) {
    String objection = upgrade.objection(head);
    if (objection != null) {
      fail(TrafficFailure.PROTOCOL_ERROR, objection);
    }
    return objection == null;
  }

  /// The head of the one answer that counts came.
  private void begun(ResponseHead head) {
    RouteTarget route = target;
    RouteTarget.Backend to = backend;
    if (route == null || to == null) {
      return;
    }
    idle.moved();
    responseStarted = true;
    int status = head.status();
    record.responded(status, worker.clock().nanos());
    attempts.responded(status);
    route.prepare(head, to);
    if (session != null) {
      attempts.tell(session, head);
    }
    filters.apply(head);
  }

  void responseData(ByteBuf data, boolean end) {
    record.sent(data.readableBytes());
    idle.moved();
    responseEnded = end;
    boolean over = end && (!upgrade.switched() || requestEnded);
    if (over) {
      complete();
    }
    out.data(data, end);
    if (!end && !client.writable()) {
      attempts.current().readResponse(false);
    }
  }

  void responseTrailers(HeaderBlock trailers) {
    grpc.ends(trailers, record);
    complete();
    out.trailers(trailers);
  }

  @Override
  protected void sweep(long nowNanos) {
    boolean awaited = backendIsAwaited();
    long limit = attempts.patience(target, requestEnded || responseEnded, awaited);
    if (idle.idleNanos(nowNanos) > limit && limit > 0) {
      timeout(awaited);
    } else if (grpc.late(nowNanos - record.startNanos())) {
      fail(TrafficFailure.DEADLINE_EXCEEDED, "the client's deadline is over");
    }
  }

  /// Whether it is the backend's turn, not the client's to send or to read.
  private boolean backendIsAwaited() {
    return client.writable()
        && !filters.awaitClient()
        && (requestEnded || attempts.current().backendIsFull() || upgrade.pending());
  }

  /// Whether the backend has all that it needs to answer, and does not.
  boolean headIsAwaited() {
    return !responseStarted && backendIsAwaited();
  }

  /// The route's time for the whole request is over.
  private void timedOut() {
    attempts.timedOut(headIsAwaited());
    fail(TrafficFailure.UPSTREAM_TIMEOUT, "the route's time-out for the request is over");
  }

  private void timeout(boolean backendIsSlow) {
    connection.count(HttpStat.DOWNSTREAM_RQ_IDLE_TIMEOUT);
    if (!upgrade.switched() && backendIsSlow) {
      attempts.timedOut(true);
      fail(TrafficFailure.UPSTREAM_TIMEOUT, "the backend took too long");
    } else {
      String who = upgrade.switched() ? "nothing came through the tunnel for" : "the client took";
      fail(TrafficFailure.CLIENT_TIMEOUT, who + " too long");
    }
  }

  void fail(TrafficFailure failure, String reason) {
    record.failed(failure, reason);
    attempts.current().drop();
    byte[] said = failure.body().getBytes(StandardCharsets.US_ASCII);
    if (!responseStarted) {
      answer(failure.status(), said, GrpcStatus.of(failure), null);
      return;
    }
    boolean trailers = grpc.endsInTrailers(GrpcStatus.of(failure), said, record);
    ClientStream to = out;
    finish();
    connection.count(HttpStat.DOWNSTREAM_RQ_TX_RESET);
    if (trailers) {
      grpc.sendTrailers(to);
    } else {
      to.abort();
    }
  }

  /// @param verdict whose answer it is; null for this proxy's own
  private void answer(int status, byte[] body, int grpcStatus, Verdict.@Nullable Denied verdict) {
    responseStarted = true;
    ResponseHead head = local.set(status, body, grpc, grpcStatus, client.request(), record);
    if (verdict != null && !grpc.is()) {
      verdict.apply(head);
    }
    filters.apply(head, target);
    finish();
    local.send(client);
  }

  /// The same without a body.
  private void answerShortly() {
    responseStarted = true;
    record.responded(local.head().status(), 0);
    finish();
    local.send(client);
  }

  private void complete() {
    attempts.current().complete();
    finish();
  }

  private void finish() {
    active = false;
    upgrade.end();
    worker.requestEnds(this);
    timeout.stop();
    attempts.end();
    filters.end();
    if (mirrors != null) {
      mirrors.end();
      mirrors = null;
    }
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
    record.end(client);
  }
}
