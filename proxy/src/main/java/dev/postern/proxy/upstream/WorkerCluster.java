package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.Histogram;
import dev.postern.stats.StatCells;
import dev.postern.stats.StatGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
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
  private final UpstreamTlsContexts tlsContexts;

  /// For connections as the cluster wants them, and for those that must be HTTP/1.1.
  private final @Nullable UpstreamTlsContext[] inUse = new UpstreamTlsContext[2];

  private ClusterSpec spec;
  private int connections;
  private int requests;
  private int pendingRequests;

  WorkerCluster(
      Worker worker,
      StatGroup stats,
      Connector connector,
      UpstreamTlsContexts tlsContexts,
      ClusterSpec spec) {
    this.worker = worker;
    this.stats = stats;
    this.cells = stats.worker(worker.index());
    this.requestTime = stats.histogram("upstream_rq_time");
    this.connector = connector;
    this.tlsContexts = tlsContexts;
    this.spec = spec;
    this.endpoints = merge(spec, false);
  }

  /// What it is now.
  public ClusterSpec spec() {
    return spec;
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

  /// What TLS is spoken by that spec of this cluster; null for none. Made at the first use.
  ///
  /// @param http1Only whether the connection must be HTTP/1.1
  @Nullable UpstreamTlsContext tlsContext(ClusterSpec by, boolean http1Only) {
    UpstreamTls tls = by.cluster().tls().orElse(null);
    if (tls == null) {
      return null;
    }
    List<String> alpn = Alpn.offer(by.cluster(), tls, http1Only);
    int which = http1Only ? 1 : 0;
    UpstreamTlsContext have = inUse[which];
    if (have != null && have.is(tls, alpn)) {
      return have;
    }
    UpstreamTlsContext fresh = tlsContexts.retain(tls, alpn);
    if (have != null) {
      have.release();
    }
    inUse[which] = fresh;
    return fresh;
  }

  private void releaseTls() {
    for (int i = 0; i < inUse.length; i++) {
      UpstreamTlsContext context = inUse[i];
      if (context != null) {
        context.release();
        inUse[i] = null;
      }
    }
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  /// Of two endpoints drawn at random the one with fewer requests, leaving out those that were
  /// tried and, as long as others are left, those that keep failing.
  ///
  /// @return null when there is none
  public @Nullable Endpoint choose(List<Endpoint> tried) {
    List<Endpoint> all = endpoints;
    int size = all.size();
    if (size == 1) {
      Endpoint only = all.getFirst();
      return tried.isEmpty() ? only : null;
    }
    if (size == 0) {
      return null;
    }
    long now = System.nanoTime();
    Endpoint first = draw(all, tried, now);
    Endpoint second = draw(all, tried, now);
    if (first == null || second == null) {
      return first != null ? first : second != null ? second : anyBut(all, tried);
    }
    return second.active() < first.active() ? second : first;
  }

  /// An endpoint drawn at random, or the next behind it that may be taken.
  private @Nullable Endpoint draw(List<Endpoint> all, List<Endpoint> tried, long now) {
    int size = all.size();
    int start = worker.random().nextInt(size);
    for (int i = 0; i < size; i++) {
      Endpoint endpoint = all.get((start + i) % size);
      if (!ejected(endpoint, now) && (tried.isEmpty() || !tried.contains(endpoint))) {
        return endpoint;
      }
    }
    return null;
  }

  private @Nullable Endpoint anyBut(List<Endpoint> all, List<Endpoint> tried) {
    for (Endpoint endpoint : all) {
      if (!tried.contains(endpoint)) {
        return endpoint;
      }
    }
    return null;
  }

  private boolean ejected(Endpoint endpoint, long now) {
    if (endpoint.ejectedUntil == 0) {
      return false;
    }
    if (now - endpoint.ejectedUntil < 0) {
      return true;
    }
    endpoint.ejectedUntil = 0;
    cells.add(ClusterStat.OUTLIER_EJECTIONS_ACTIVE.ordinal(), -1);
    return false;
  }

  /// Whether one more request may be under way.
  public boolean admits() {
    return requests < spec.cluster().circuitBreakers().maxRequests();
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
  ///   connection is then the request's own
  /// @return null when there are as many connections, or requests that wait, as may be
  public @Nullable PendingRequest connect(
      Endpoint endpoint, BackendListener listener, boolean http1Only) {
    if (pendingRequests >= spec.cluster().circuitBreakers().maxPendingRequests()) {
      cells.increment(ClusterStat.UPSTREAM_RQ_PENDING_OVERFLOW.ordinal());
      return null;
    }
    PendingConnection opening = http1Only ? null : endpoint.opening();
    boolean fresh = opening == null;
    if (opening == null) {
      opening = open(endpoint, http1Only);
      if (opening == null) {
        return null;
      }
    }
    PendingRequest request = new PendingRequest(this, listener, opening);
    opening.add(request);
    if (fresh) {
      connector.connect(opening);
    }
    return request;
  }

  /// A request waited for a connection that had no room for it.
  void connectAgain(Endpoint endpoint, PendingRequest request, boolean http1Only) {
    PendingConnection opening = http1Only ? null : endpoint.opening();
    boolean fresh = opening == null;
    if (opening == null) {
      opening = open(endpoint, http1Only);
      if (opening == null) {
        request.failed(TrafficFailure.OVERFLOW, "too many connections");
        return;
      }
    }
    request.waitFor(opening);
    opening.add(request);
    if (fresh) {
      connector.connect(opening);
    }
  }

  private @Nullable PendingConnection open(Endpoint endpoint, boolean http1Only) {
    if (connections >= spec.cluster().circuitBreakers().maxConnections()) {
      cells.increment(ClusterStat.UPSTREAM_CX_OVERFLOW.ordinal());
      return null;
    }
    PendingConnection opening = new PendingConnection(this, endpoint, spec, http1Only);
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
    if (connections >= spec.cluster().circuitBreakers().maxConnections()) {
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
    if (++endpoint.failuresInARow < outlier.consecutiveGatewayErrors()
        || endpoint.ejectedUntil != 0) {
      return;
    }
    List<Endpoint> all = endpoints;
    long out = all.stream().filter(e -> e.ejectedUntil != 0).count();
    if (all.size() < 2
        || (out > 0 && (out + 1) * 100 > (long) all.size() * outlier.maxEjectionPercent())) {
      return;
    }
    endpoint.failuresInARow = 0;
    endpoint.ejections++;
    long nanos = outlier.baseEjectionTime().toNanos() * endpoint.ejections;
    long until = System.nanoTime() + nanos;
    endpoint.ejectedUntil = until == 0 ? 1 : until;
    cells.increment(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL.ordinal());
    cells.increment(ClusterStat.OUTLIER_EJECTIONS_ACTIVE.ordinal());
  }

  /// The endpoint did not answer in time.
  public void timedOut(Endpoint endpoint) {
    endpoint.timedOut();
    cells.increment(ClusterStat.UPSTREAM_RQ_TIMEOUT.ordinal());
    endpointFailed(endpoint);
  }

  /// The endpoint did not answer in the time of one attempt.
  public void attemptTimedOut(Endpoint endpoint) {
    endpoint.timedOut();
    cells.increment(ClusterStat.UPSTREAM_RQ_PER_TRY_TIMEOUT.ordinal());
    endpointFailed(endpoint);
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
  }

  /// From now on it is another; endpoints that stay, and are spoken to as before, keep their
  /// connections.
  @SuppressWarnings("ReferenceEquality") // the usual case, for every request
  void become(ClusterSpec next) {
    if (next == spec) {
      return;
    }
    boolean keep = next.connectsLike(spec);
    if (!keep) {
      releaseTls();
    }
    spec = next;
    endpoints = merge(next, keep);
    cells.increment(ClusterStat.MEMBERSHIP_CHANGE.ordinal());
  }

  void close() {
    releaseTls();
    endpoints.forEach(Endpoint::retire);
    endpoints = List.of();
  }

  private List<Endpoint> merge(ClusterSpec next, boolean keep) {
    List<Endpoint> before = endpoints;
    List<Endpoint> after = new ArrayList<>(next.endpoints().size());
    for (LoadAssignment.Endpoint where : next.endpoints()) {
      Endpoint same = keep ? find(before, where) : null;
      after.add(same != null ? same : new Endpoint(where));
    }
    for (Endpoint endpoint : before) {
      if (!after.contains(endpoint)) {
        endpoint.retire();
      }
    }
    return List.copyOf(after);
  }

  private static @Nullable Endpoint find(List<Endpoint> all, LoadAssignment.Endpoint where) {
    for (Endpoint endpoint : all) {
      if (endpoint.where().equals(where)) {
        return endpoint;
      }
    }
    return null;
  }
}
