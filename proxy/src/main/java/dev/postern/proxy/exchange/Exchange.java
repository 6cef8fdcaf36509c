package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request's way to a backend and its answer's way back. An HTTP/1.x connection uses one
/// exchange for all its requests, one after another.
///
/// An attempt is: choose an endpoint, take an idle connection or open one, send. An attempt that
/// did not get to send is repeated at another endpoint; one that met a connection which the backend
/// was just closing is repeated if the request may be sent twice (RFC 9110 9.2.2).
public final class Exchange extends Sweeper.Swept implements BackendListener {
  private static final int MAX_ATTEMPTS = 3;

  private final ClientStream client;
  private final ClientConnection connection;
  private final Worker worker;
  private final RequestRecord record;
  private final LocalReply local = new LocalReply();
  private final List<Endpoint> tried = new ArrayList<>(2);
  private final HeldBody held = new HeldBody();
  private final Upgrade upgrade = new Upgrade();
  private final GrpcCall grpc = new GrpcCall();
  private ClientStream out; // the client, or what translates for it

  private @Nullable GatheredBody gathered;
  private @Nullable RouteTarget target;
  private RouteTarget.@Nullable Backend backend;
  private @Nullable Session session;
  private @Nullable WorkerCluster cluster;
  private @Nullable Endpoint endpoint;
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;
  private int attempts;
  private long lastActivity;
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
      return;
    }
    session = target.session(client.request());
    RouteTarget.Backend chosen = target.choose(worker.random(), session, connection.tls());
    backend = chosen;
    if (chosen == null) {
      answer(500, new byte[0], GrpcStatus.NONE);
      return;
    }
    ClusterEntry entry = chosen.cluster(connection.tls());
    if (entry == null) {
      connection.count(HttpStat.RQ_DIRECT_RESPONSE);
      answer(chosen.status(), chosen.body(), GrpcStatus.NONE);
    } else {
      RequestHead request = client.request();
      upgrade.begin(client);
      requestEnded &= !upgrade.wanted();
      request.from(connection.origin(), client.protocol());
      target.prepare(request, connection, chosen);
      grpc.forward(request, requestEnded);
      gathered = requestEnded || upgrade.wanted() ? null : GatheredBody.wanted(this, client, entry);
      if (gathered == null) {
        attempt(entry);
      }
    }
  }

  /// A request could not be read: answers it with that status.
  public void reject(int status, String reason) {
    begin(false);
    requestEnded = true;
    record.failed(TrafficFailure.MALFORMED_REQUEST, reason);
    answer(status, reason.getBytes(StandardCharsets.US_ASCII), GrpcStatus.NONE);
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
    attempts = 0;
    tried.clear();
    backend = null;
    session = null;
    record.start();
    lastActivity = record.startNanos();
    worker.sweeper().add(this);
  }

  void attempt(ClusterEntry entry) {
    attempts++;
    WorkerCluster here = entry.on(worker);
    cluster = here;
    if (here == null) {
      connection.count(HttpStat.NO_CLUSTER);
      fail(TrafficFailure.CLUSTER_NOT_FOUND, "no cluster " + entry.name());
      return;
    }
    Refusal refusal = Refusal.of(here, upgrade);
    if (refusal != null) {
      fail(refusal.failure(), refusal.reason());
      return;
    }
    Endpoint kept = session == null ? null : session.endpoint(here, tried);
    Endpoint chosen = kept != null ? kept : here.choose(tried, client.request());
    if (chosen == null) {
      here.cells().increment(ClusterStat.UPSTREAM_CX_NONE_HEALTHY.ordinal());
      fail(TrafficFailure.NO_HEALTHY_UPSTREAM, "no endpoint in " + entry.name());
      return;
    }
    open(here, chosen, true);
  }

  private void open(WorkerCluster here, Endpoint chosen, boolean mayReuse) {
    endpoint = chosen;
    record.endpoint(chosen);
    here.requestStarts(chosen);
    BackendStream reused = mayReuse ? here.reuse(chosen, this, upgrade.wanted()) : null;
    if (reused != null) {
      send(reused);
      return;
    }
    pending = here.connect(chosen, this, upgrade.wanted());
    if (pending == null) {
      endAttempt();
      fail(TrafficFailure.OVERFLOW, "too many connections");
    } else if (!requestEnded) {
      client.readBody(false);
    }
  }

  @Override
  public void connected(BackendStream stream) {
    pending = null;
    lastActivity = System.nanoTime();
    send(stream);
    resume(stream);
  }

  private void resume(BackendStream to) {
    to.flush();
    if (!requestEnded && !upgrade.pending() && to.writable()) {
      client.readBody(true);
    }
  }

  private void send(BackendStream to) {
    stream = to;
    record.stream(to);
    GatheredBody whole = gathered;
    boolean end =
        upgrade.pending() || (requestEnded && held.isEmpty() && (whole == null || whole.isEmpty()));
    to.head(client.request(), end);
    if (whole != null) {
      whole.sendTo(to);
    }
    if (upgrade.pending()) {
      client.readBody(false);
    } else if (!held.isEmpty()) {
      held.sendTo(to, requestEnded);
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
    Endpoint next = attempts < MAX_ATTEMPTS ? here.choose(tried, client.request()) : null;
    if (next == null) {
      fail(failure, reason);
    } else {
      again(here, next, true);
    }
  }

  private void again(WorkerCluster here, Endpoint next, boolean mayReuse) {
    attempts++;
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY.ordinal());
    open(here, next, mayReuse);
    if (stream != null) {
      resume(stream);
    }
  }

  /// A part of the request's body came; it is the exchange's now.
  public void requestData(ByteBuf received, boolean end) {
    if (!active) {
      received.release();
      return;
    }
    lastActivity = System.nanoTime();
    record.received(received.readableBytes());
    requestEnded |= end;
    ByteBuf data = grpc.decoded(received, end);
    if (data == null) {
      fail(TrafficFailure.MALFORMED_REQUEST, "gRPC-Web: not Base64");
      return;
    }
    if (gathered != null) {
      gathered.add(data, end);
      return;
    }
    BackendStream to = stream;
    if (to == null || upgrade.pending()) {
      held.add(data);
      return;
    }
    held.sending(to, data);
    to.data(data, end);
    if (end && responseEnded) {
      complete();
    } else if (!end && !to.writable()) {
      connection.count(HttpStat.DOWNSTREAM_FLOW_CONTROL_PAUSED_READING);
      client.readBody(false);
    }
  }

  /// The request's trailer fields came, and with them its end.
  public void requestTrailers(HeaderBlock trailers) {
    if (!active) {
      return;
    }
    requestEnded = true;
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

  /// Nothing more came for now: what was written should be sent.
  public void flushBackend() {
    if (stream != null) {
      stream.flush();
    }
  }

  /// The client went away.
  public void clientGone() {
    if (!active) {
      return;
    }
    connection.count(HttpStat.DOWNSTREAM_CX_DESTROY_REMOTE_ACTIVE_RQ);
    if (cluster != null && stream != null) {
      cluster.cells().increment(ClusterStat.UPSTREAM_RQ_CANCELLED.ordinal());
    }
    record.failed(TrafficFailure.CLIENT_GONE, "the client went away");
    dropBackend();
    finish();
  }

  /// More may be written to the client.
  public void clientWritable() {
    lastActivity = System.nanoTime();
    if (stream != null) {
      stream.readResponse(true);
    }
  }

  @Override
  public void backendWritable() {
    lastActivity = System.nanoTime();
    if (gathered != null) {
      gathered.writable();
    } else if (active && !requestEnded && !upgrade.pending()) {
      connection.count(HttpStat.DOWNSTREAM_FLOW_CONTROL_RESUMED_READING);
      client.readBody(true);
    }
  }

  @Override
  public void responseNote(String note) {
    record.note(note);
  }

  @Override
  public void responseInformational(ResponseHead head) {
    lastActivity = System.nanoTime();
    HopByHop.remove(head.headers());
    out.informational(head);
  }

  @Override
  public void responseSwitched(ResponseHead head) {
    BackendStream to = stream;
    if (!fits(head) || to == null) {
      return;
    }
    begun(head);
    client.switched(head);
    client.flush();
    held.sendTo(to, requestEnded);
    to.flush();
    client.readBody(true);
  }

  @Override
  public void responseHead(ResponseHead head, boolean end) {
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
    WorkerCluster here = cluster;
    Endpoint from = endpoint;
    if (route == null || to == null || here == null || from == null) {
      return;
    }
    lastActivity = System.nanoTime();
    responseStarted = true;
    held.lose();
    int status = head.status();
    record.responded(status, lastActivity);
    here.responded(from, status, attempts > 1);
    route.prepare(head, to);
    if (session != null) {
      session.answer(head, here, from, connection.tls());
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    record.sent(data.readableBytes());
    BackendStream from = stream;
    lastActivity = System.nanoTime();
    responseEnded = end;
    if (end && (!upgrade.switched() || requestEnded)) {
      complete();
    }
    out.data(data, end);
    if (!end && from != null && !client.writable()) {
      from.readResponse(false);
    }
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    grpc.ends(trailers, record);
    complete();
    out.trailers(trailers);
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
    if (!responseStarted && attempts < MAX_ATTEMPTS && held.repeatable(acted, client.request())) {
      held.rewind();
      tried.add(failed);
      // What was refused goes elsewhere, if there is an elsewhere.
      Endpoint next = acted == Acted.NO ? here.choose(tried, client.request()) : null;
      again(here, next == null ? failed : next, acted == Acted.NO);
      return;
    }
    TrafficFailure told = grpc.told(failure, System.nanoTime() - record.startNanos());
    if (!told.clientsFault() && !upgrade.switched()) {
      here.endpointFailed(failed);
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RX_RESET.ordinal());
    fail(told, reason);
  }

  @Override
  protected void sweep(long nowNanos) {
    long limit = upgrade.idleNanos(worker.timeouts(), requestEnded || responseEnded);
    if (limit > 0 && nowNanos - lastActivity > limit) {
      timeout(backendIsAwaited());
    } else if (grpc.late(nowNanos - record.startNanos())) {
      fail(TrafficFailure.DEADLINE_EXCEEDED, "the client's deadline is over");
    } else if (target != null
        && !upgrade.switched()
        && target.late(nowNanos - record.startNanos())) {
      timeout(true);
    }
  }

  /// Whether it is the backend's turn, not the client's to send or to read.
  private boolean backendIsAwaited() {
    return client.writable()
        && (requestEnded
            || (stream == null ? gathered == null : !stream.writable())
            || upgrade.pending());
  }

  private void timeout(boolean backendIsSlow) {
    connection.count(HttpStat.DOWNSTREAM_RQ_IDLE_TIMEOUT);
    if (upgrade.switched()) {
      fail(TrafficFailure.CLIENT_TIMEOUT, "nothing came through the tunnel for too long");
    } else if (backendIsSlow) {
      if (endpoint != null && cluster != null) {
        cluster.timedOut(endpoint);
      }
      fail(TrafficFailure.UPSTREAM_TIMEOUT, "the backend took too long");
    } else {
      fail(TrafficFailure.CLIENT_TIMEOUT, "the client took too long");
    }
  }

  void fail(TrafficFailure failure, String reason) {
    record.failed(failure, reason);
    dropBackend();
    byte[] said = failure.body().getBytes(StandardCharsets.US_ASCII);
    if (!responseStarted) {
      answer(failure.status(), said, GrpcStatus.of(failure));
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

  /// Answers without a backend.
  private void answer(int status, byte[] body, int grpcStatus) {
    responseStarted = true;
    local.set(status, body, grpc, grpcStatus, client.request(), record);
    finish();
    local.send(client);
  }

  private void dropBackend() {
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

  private void complete() {
    if (upgrade.switched() && stream != null) {
      stream.flush();
      stream.cancel();
    } else if (cluster != null) {
      cluster.took(record.millis());
    }
    stream = null;
    endAttempt();
    finish();
  }

  private void endAttempt() {
    Endpoint ended = endpoint;
    endpoint = null;
    if (ended != null && cluster != null) {
      cluster.requestEnds(ended);
    }
  }

  private void finish() {
    active = false;
    upgrade.end();
    worker.sweeper().remove(this);
    held.release();
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
    record.end(client);
  }
}
