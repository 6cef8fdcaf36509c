package dev.postern.proxy.exchange;

import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.upstream.BackendListener.Acted;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.RetryBudget;
import dev.postern.proxy.upstream.WorkerCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a request may be sent once more. Of one exchange, for one request after another.
///
/// Without a [Retries] an attempt that did not get to send is repeated, and one that met a
/// connection which the backend was just closing if the request may be sent twice (RFC 9110 9.2.2).
/// With one, whatever failed before a response's head was passed on is repeated, and so are the
/// statuses that it names. Never without all of the body, nor beyond the cluster's budget.
final class RetryState {
  /// Without a policy.
  private static final int MAX_ATTEMPTS = 3;

  private final HeldBody held;
  private final List<Endpoint> tried = new ArrayList<>(2);
  private @Nullable Retries policy;
  private @Nullable RetryBudget budget;
  private @Nullable RequestHead request;
  private int made;
  private boolean overflowed;

  RetryState(HeldBody held) {
    this.held = held;
  }

  /// A request begins.
  void begin(@Nullable Retries by, RequestHead what) {
    policy = by;
    request = what;
    made = 0;
    overflowed = false;
    held.keep(by != null && by.attempts() > 0);
  }

  /// Null where the route says nothing of it.
  @Nullable Retries policy() {
    return policy;
  }

  /// The first attempt is made.
  void first(@Nullable RetryBudget of) {
    made = 1;
    budget = of;
    if (of != null) {
      of.requested();
    }
  }

  /// One more is made.
  void again(WorkerCluster here) {
    made++;
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY.ordinal());
  }

  int made() {
    return made;
  }

  void tried(Endpoint endpoint) {
    tried.add(endpoint);
  }

  /// An endpoint that was not tried; null where there is none.
  @Nullable Endpoint another(WorkerCluster here) {
    return here.choose(tried, request);
  }

  /// One that was not tried, or else any.
  @Nullable Endpoint any(WorkerCluster here) {
    Endpoint next = here.choose(tried, request);
    if (next == null) {
      tried.clear();
      next = here.choose(tried, request);
    }
    return next;
  }

  /// Whether the policy wants another answer than one of that status.
  boolean covers(int status) {
    return policy != null && policy.covers(status);
  }

  /// Whether the policy leaves one more; takes it.
  boolean take(WorkerCluster here, Retries by) {
    if (held.lost()) {
      return false;
    }
    if (made > by.attempts()) {
      if (by.attempts() > 0) {
        here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_LIMIT_EXCEEDED.ordinal());
      }
      return false;
    }
    return affordable(here);
  }

  /// Whether there may be one more without a policy, after the attempt came to no connection.
  boolean takeUnsent(WorkerCluster here) {
    return made < MAX_ATTEMPTS && affordable(here);
  }

  /// The same after it was sent.
  boolean takeSent(WorkerCluster here, Acted acted, RequestHead request) {
    return made < MAX_ATTEMPTS && held.repeatable(acted, request) && affordable(here);
  }

  private boolean affordable(WorkerCluster here) {
    if (budget == null || budget.spend()) {
      return true;
    }
    here.cells().increment(ClusterStat.UPSTREAM_RQ_RETRY_OVERFLOW.ordinal());
    overflowed = true;
    return false;
  }

  /// Whether one more was wanted and the backend's budget is spent: the client gets 503 (GEP-3388).
  boolean overflowed() {
    return overflowed;
  }

  /// The request is over.
  void end() {
    tried.clear();
    made = 0;
    budget = null;
    request = null;
  }
}
