package dev.postern.proxy.exchange;

import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of a route that keeps sessions.
final class Session {
  private final Sessions sessions;
  private final @Nullable SessionToken brought;

  private Session(Sessions sessions, @Nullable SessionToken brought) {
    this.sessions = sessions;
    this.brought = brought;
  }

  static Session of(Sessions sessions, RequestHead request) {
    return new Session(sessions, sessions.find(request));
  }

  /// Whether the client's requests go to that backend. It may have a weight of 0 by now: what
  /// drains still gets its sessions (GEP-1619), but none that would begin anew there.
  boolean stays(ClusterEntry backend, Worker worker, boolean weighs) {
    if (brought == null || brought.backend() != backend.sessionKey()) {
      return false;
    }
    WorkerCluster here = backend.on(worker);
    return here != null && (endpoint(here) != null || (weighs && here.anyUsable()));
  }

  /// The endpoint where the client's requests go, if it is there and well.
  @Nullable Endpoint endpoint(WorkerCluster cluster) {
    return brought == null || brought.backend() != cluster.sessionKey()
        ? null
        : cluster.ofSession(brought.endpoint());
  }

  /// Tells the client where its requests go, if it does not know.
  void answer(ResponseHead head, WorkerCluster cluster, Endpoint from, boolean tls) {
    sessions.tell(head.headers(), brought, cluster.sessionKey(), from.sessionKey(), tls);
  }
}
