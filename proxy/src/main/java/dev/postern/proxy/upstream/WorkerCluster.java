package dev.postern.proxy.upstream;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.OutlierDetection;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.Histogram;
import dev.postern.stats.StatCells;
import dev.postern.stats.StatGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// What one event loop keeps of a cluster: endpoints, connections, and the choice among them.
public final class WorkerCluster {
  private final Worker worker;
  private final StatGroup stats;
  private final StatCells cells;
  private final Histogram requestTime;
  private final @Nullable LongAdder[] byStatus = new LongAdder[600];
  private final Connector connector;
  private volatile List<Endpoint> endpoints = List.of();
  private final HeldTls tls;
  private final ClusterEntry entry;
  private Membership membership;
  private ClusterSpec spec;
  private CircuitBreakers breakers;
  private boolean usualLimits;
  private Balancer balancer;
  private int connections;
  private int requests;
  private int pendingRequests;
  private final ConnectionQueue queue = new ConnectionQueue(this);

  WorkerCluster(
      Worker worker,
      ClusterEntry entry,
      StatGroup stats,
      Connector connector,
      UpstreamTlsContexts tlsContexts,
      Membership membership) {
    this.worker = worker;
    this.entry = entry;
    this.stats = stats;
    this.cells = stats.worker(worker.index());
    this.requestTime = stats.histogram("upstream_rq_time");
    this.connector = connector;
    this.tls = new HeldTls(tlsContexts);
    this.membership = membership;
    this.spec = membership.spec();
    this.breakers = spec.cluster().circuitBreakers();
    this.usualLimits = breakers.equals(CircuitBreakers.DEFAULT);
    this.balancer = Balancer.of(membership, worker.random());
    this.endpoints = merge(membership, false);
  }

  /// What it is now.
  public ClusterSpec spec() {
    return spec;
  }

  /// How long nothing may flow in nanoseconds, 0 for ever.
  ///
  /// @param unsaid given back where nothing is said of this cluster
  public long streamIdleNanos(long unsaid) {
    return spec.cluster().streamIdleTimeout().map(Duration::toNanos).orElse(unsaid);
  }

  public StatCells cells() {
    return cells;
  }

  StatGroup stats() {
    return stats;
  }

  Worker worker() {
    return worker;
  }

  /// What TLS is spoken with an endpoint by that spec of this cluster; null for none. Made at the
  /// first use. A connection that is through only after the cluster went has it to itself.
  ///
  /// @param http1Only whether the connection must be HTTP/1.1
  @Nullable UpstreamTlsContext tlsContext(ClusterSpec by, Endpoint endpoint, boolean http1Only) {
    return tls.of(by, endpoint.where(), http1Only);
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  /// An endpoint as the cluster's policy chooses it, leaving out those that were tried and, as long
  /// as others are left, those that are not well. Envoy would use all as soon as half are not well;
  /// here those that are well get it all.
  ///
  /// @param request null where there is none that could be told apart
  /// @return null when there is none
  public @Nullable Endpoint choose(List<Endpoint> tried, @Nullable RequestHead request) {
    List<Endpoint> all = endpoints;
    int size = all.size();
    if (size == 1) {
      Endpoint only = all.getFirst();
      return tried.contains(only) ? null : only;
    }
    if (size == 0) {
      return null;
    }
    Endpoint chosen = balancer.choose(all, tried, worker.clock().nanos(), request);
    return chosen != null ? chosen : anyBut(all, tried);
  }

  /// Nobody is well: anybody, for it may be the question that is wrong.
  private @Nullable Endpoint anyBut(List<Endpoint> all, List<Endpoint> tried) {
    int size = all.size();
    int start = worker.random().nextInt(size);
    for (int i = 0; i < size; i++) {
      Endpoint endpoint = all.get((start + i) % size);
      if (!tried.contains(endpoint)) {
        return endpoint;
      }
    }
    return null;
  }

  /// Whether any endpoint should get requests.
  public boolean anyUsable() {
    long now = worker.clock().nanos();
    List<Endpoint> all = endpoints;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).takes(List.of(), now)) {
        return true;
      }
    }
    return false;
  }

  /// What names the cluster in a session's token.
  public int sessionKey() {
    return entry.sessionKey();
  }

  /// The endpoint that a session's token names, if it should get requests.
  public @Nullable Endpoint ofSession(int key) {
    for (Endpoint endpoint : endpoints) {
      if (endpoint.sessionKey() == key) {
        return endpoint.usable() ? endpoint : null;
      }
    }
    return null;
  }

  /// Whether one more is within a limit. What somebody asked for counts over all workers: their
  /// numbers are added up as they are at the moment, without a lock, so that each worker may be one
  /// over.
  private boolean below(int limit, int here, ToIntFunction<WorkerCluster> count) {
    return here < limit && (usualLimits || entry.sum(count) < limit);
  }

  /// Whether one more request may be under way.
  public boolean admits() {
    return below(breakers.maxRequests(), requests, w -> w.requests);
  }

  /// Takes a connection that is there for a request, if one has room.
  ///
  /// @param http1Only whether it must be HTTP/1.1
  public @Nullable BackendStream reuse(
      Endpoint endpoint, BackendListener listener, boolean http1Only) {
    BackendConnection connection = endpoint.poll(http1Only);
    return connection == null ? null : connection.take(listener, true);
  }

  /// Waits for a connection that is being opened, or opens one; the listener is told, later.
  ///
  /// @param http1Only whether it must be HTTP/1.1, also where the cluster would speak HTTP/2: the
  ///   connection is then the request's own When there are as many connections as may be, it waits
  ///   for one that is done.
  ///
  /// @return null when as many requests wait as may
  public @Nullable PendingRequest connect(
      Endpoint endpoint, BackendListener listener, boolean http1Only) {
    if (!below(breakers.maxPendingRequests(), pendingRequests, w -> w.pendingRequests)) {
      cells.increment(ClusterStat.UPSTREAM_RQ_PENDING_OVERFLOW.ordinal());
      return null;
    }
    PendingRequest request = new PendingRequest(this, listener, endpoint, http1Only);
    connect(request);
    return request;
  }

  /// Also for a request that waited for a connection which then had no room for it.
  void connect(PendingRequest request) {
    Endpoint endpoint = request.endpoint();
    PendingConnection opening = request.http1Only() ? null : endpoint.opening();
    boolean fresh = opening == null;
    if (opening == null) {
      opening = open(endpoint, request.http1Only());
      if (opening == null) {
        queue.add(request);
        return;
      }
    }
    request.waitFor(opening);
    opening.add(request);
    if (fresh) {
      connector.connect(opening);
    }
  }

  /// Who waits for a connection to get free.
  ConnectionQueue queue() {
    return queue;
  }

  /// Whether what others have counts for the limits.
  boolean limitsAreShared() {
    return !usualLimits;
  }

  /// Whether the cluster may have one connection more.
  boolean hasRoom() {
    return below(maxConnections(), connections, WorkerCluster::connections);
  }

  /// How many connections there are here; for others, a moment late.
  int connections() {
    return connections;
  }

  /// How many there may be.
  int maxConnections() {
    return breakers.maxConnections();
  }

  ClusterEntry entry() {
    return entry;
  }

  /// On the worker's loop, later. From any thread.
  ///
  /// @return false when the process ends
  boolean execute(Runnable task) {
    try {
      worker.loop().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /// Opens a connection that is nobody's but the asker's, whatever the limits: for health checks.
  ///
  /// @param where has the connection in its pool, and is not one of the cluster's own
  PendingRequest probe(Endpoint where, BackendListener listener, boolean connectOnly) {
    PendingConnection opening = new PendingConnection(this, where, spec, false, connectOnly);
    PendingRequest request = new PendingRequest(this, listener, where, false);
    where.opening(opening);
    request.waitFor(opening);
    opening.add(request);
    connector.connect(opening);
    return request;
  }

  /// As in Envoy, an endpoint without a connection may always have one: else a loop could wait for
  /// ever for what others keep.
  boolean mayOpen(Endpoint endpoint) {
    return endpoint.connectionsActive() == 0 || hasRoom();
  }

  private @Nullable PendingConnection open(Endpoint endpoint, boolean http1Only) {
    if (!mayOpen(endpoint)) {
      cells.increment(ClusterStat.UPSTREAM_CX_OVERFLOW.ordinal());
      return null;
    }
    PendingConnection opening = new PendingConnection(this, endpoint, spec, http1Only, false);
    endpoint.opening(opening);
    return opening;
  }

  void pendingStarts() {
    pendingRequests++;
    cells.increment(ClusterStat.UPSTREAM_RQ_PENDING_TOTAL.ordinal());
    cells.increment(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE.ordinal());
  }

  void pendingEnds() {
    pendingRequests--;
    cells.add(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE.ordinal(), -1);
  }

  /// A request starts at that endpoint.
  public void requestStarts(Endpoint endpoint) {
    endpoint.requestStarts();
    requests++;
    cells.increment(ClusterStat.UPSTREAM_RQ_TOTAL.ordinal());
    cells.increment(ClusterStat.UPSTREAM_RQ_ACTIVE.ordinal());
  }

  /// A request that started there is over, however it went.
  public void requestEnds(Endpoint endpoint) {
    endpoint.requestEnds();
    requests--;
    cells.add(ClusterStat.UPSTREAM_RQ_ACTIVE.ordinal(), -1);
  }

  /// A final status came.
  ///
  /// @param retried whether it was not the first attempt that brought it
  public void responded(Endpoint endpoint, int status, boolean retried) {
    if (retried) {
      cells.increment(ClusterStat.UPSTREAM_RQ_RETRY_SUCCESS.ordinal());
    }
    cells.increment(ClusterStat.UPSTREAM_RQ_COMPLETED.ordinal());
    cells.increment(ClusterStat.ofStatus(status).ordinal());
    if (status < byStatus.length) {
      LongAdder counter = byStatus[status];
      if (counter == null) {
        counter = stats.named("upstream_rq_" + status);
        byStatus[status] = counter;
      }
      counter.increment();
    }
    if (status < 500) {
      endpoint.succeeded();
    } else {
      endpoint.failed();
      int errors = endpoint.health().serverError();
      if (reached(errors, spec.cluster().outlierDetection().consecutive5xx())) {
        eject(endpoint, "5xx");
      }
    }
  }

  /// The endpoint took a connection whose octets nobody judges.
  public void accepted(Endpoint endpoint) {
    endpoint.succeeded();
  }

  /// A session of datagrams starts there: it counts as a connection.
  ///
  /// @return false when there are as many as may be
  public boolean sessionStarts(Endpoint endpoint) {
    if (!below(maxConnections(), connections, WorkerCluster::connections)) {
      cells.increment(ClusterStat.UPSTREAM_CX_OVERFLOW.ordinal());
      return false;
    }
    connectionMade(endpoint);
    endpoint.requestStarts();
    return true;
  }

  /// A session that started there is over.
  public void sessionEnds(Endpoint endpoint) {
    endpoint.requestEnds();
    connectionEnded(endpoint);
  }

  /// How long a response took, from the request's start to its end.
  public void took(long millis) {
    requestTime.record(millis);
  }

  /// The endpoint failed to connect, to shake hands or to answer: after some in a row it is left
  /// out for a while.
  public void endpointFailed(Endpoint endpoint) {
    endpoint.failed();
    OutlierDetection outlier = spec.cluster().outlierDetection();
    int unanswered = endpoint.health().gatewayError();
    int errors = endpoint.health().unanswered();
    if (reached(unanswered, outlier.consecutiveGatewayErrors())) {
      eject(endpoint, "gateway_failure");
    } else if (reached(errors, outlier.consecutive5xx())) {
      eject(endpoint, "5xx");
    }
  }

  private static boolean reached(int count, int limit) {
    return limit > 0 && count >= limit;
  }

  private void eject(Endpoint endpoint, String why) {
    if (membership.eject(endpoint.health())) {
      cells.increment(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL.ordinal());
      stats.named("outlier_detection.ejections_enforced_consecutive_" + why).increment();
    }
  }

  /// The endpoint did not answer in time.
  ///
  /// @param awaited whether that was its fault, and not the client's who had more to send or to
  ///   read
  public void timedOut(Endpoint endpoint, boolean awaited) {
    late(endpoint, awaited, ClusterStat.UPSTREAM_RQ_TIMEOUT);
  }

  /// The endpoint did not answer in the time of one attempt.
  public void attemptTimedOut(Endpoint endpoint, boolean awaited) {
    late(endpoint, awaited, ClusterStat.UPSTREAM_RQ_PER_TRY_TIMEOUT);
  }

  private void late(Endpoint endpoint, boolean awaited, ClusterStat stat) {
    endpoint.timedOut();
    cells.increment(stat.ordinal());
    if (awaited) {
      endpointFailed(endpoint);
    }
  }

  void connectionMade(Endpoint endpoint) {
    connections++;
    endpoint.connectionMade();
    cells.increment(ClusterStat.UPSTREAM_CX_TOTAL.ordinal());
    cells.increment(ClusterStat.UPSTREAM_CX_ACTIVE.ordinal());
  }

  void connectionEnded(Endpoint endpoint) {
    connections--;
    endpoint.connectionEnded();
    cells.add(ClusterStat.UPSTREAM_CX_ACTIVE.ordinal(), -1);
    cells.increment(ClusterStat.UPSTREAM_CX_DESTROY.ordinal());
    queue.connectionEnded(endpoint);
  }

  /// From now on it is another; endpoints that stay, and are spoken to as before, keep their
  /// connections.
  @SuppressWarnings("ReferenceEquality") // the usual case, for every request
  void become(Membership next) {
    if (next == membership) {
      return;
    }
    boolean keep = next.spec().connectsLike(spec);
    if (keep) {
      tls.keep(next.spec().endpoints());
    } else {
      tls.release();
    }
    take(next);
    endpoints = merge(next, keep);
    if (queue.size() > 0) {
      // The limits may be others now.
      execute(queue::serveAll);
    }
    cells.increment(ClusterStat.MEMBERSHIP_CHANGE.ordinal());
  }

  private void take(Membership next) {
    membership = next;
    spec = next.spec();
    breakers = spec.cluster().circuitBreakers();
    usualLimits = breakers.equals(CircuitBreakers.DEFAULT);
    balancer = Balancer.of(next, worker.random());
  }

  void close() {
    tls.close();
    endpoints.forEach(Endpoint::retire);
    endpoints = List.of();
  }

  private List<Endpoint> merge(Membership next, boolean keep) {
    List<Endpoint> before = endpoints;
    List<Endpoint> after = new ArrayList<>(next.hosts().size());
    IdentityHashMap<HostHealth, Endpoint> known = new IdentityHashMap<>();
    if (keep) {
      before.forEach(endpoint -> known.put(endpoint.health(), endpoint));
    }
    for (HostHealth host : next.hosts()) {
      Endpoint same = known.get(host);
      after.add(same != null ? same : new Endpoint(host));
    }
    Set<Endpoint> stay = new HashSet<>(after);
    for (Endpoint endpoint : before) {
      if (!stay.contains(endpoint)) {
        endpoint.retire();
      }
    }
    return List.copyOf(after);
  }
}
