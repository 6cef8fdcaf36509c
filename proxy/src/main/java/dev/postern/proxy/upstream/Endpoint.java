package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One endpoint, as one worker knows it: its address, counts, health and connections. The loop
/// writes; the numbers may be read from anywhere, a moment late.
public final class Endpoint {
  private final LoadAssignment.Endpoint where;
  private final InetSocketAddress address;
  private final byte[] addressText;
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private final List<BackendConnection> shared = new ArrayList<>(1);
  private @Nullable PendingConnection opening;
  private final HostHealth health;
  private final ArrayDeque<PendingRequest> waiting = new ArrayDeque<>(0);
  private final int sessionKey;
  private boolean gone;

  /// Whether ALPN left it at HTTP/1.1 the last time.
  boolean choseHttp1;

  private int streamLimit;
  private int active;
  private long requests;
  private long successes;
  private long errors;
  private long timeouts;
  private long connections;
  private long connectionsActive;
  private long connectFailures;

  Endpoint(HostHealth health) {
    LoadAssignment.Endpoint where = health.where();
    this.health = health;
    this.where = where;
    this.address = new InetSocketAddress(where.address(), where.port());
    this.addressText =
        (where.address().indexOf(':') < 0
                ? where.address() + ":" + where.port()
                : "[" + where.address() + "]:" + where.port())
            .getBytes(StandardCharsets.US_ASCII);
    this.sessionKey = (int) HashRing.hash(addressText);
  }

  HostHealth health() {
    return health;
  }

  /// What names it in a session's token.
  public int sessionKey() {
    return sessionKey;
  }

  /// Whether it should get requests.
  public boolean usable() {
    return health.usable(System.nanoTime());
  }

  /// Whether it is left out for a while.
  public boolean ejected() {
    return health.ejected();
  }

  /// Whether it should get a request that those could not serve.
  boolean takes(List<Endpoint> tried, long now) {
    return health.usable(now) && (tried.isEmpty() || !tried.contains(this));
  }

  /// Where it is.
  public LoadAssignment.Endpoint where() {
    return where;
  }

  /// The same, for a socket.
  public InetSocketAddress address() {
    return address;
  }

  /// `address:port` for the access log.
  public byte[] addressText() {
    return addressText;
  }

  /// Requests under way.
  public int active() {
    return active;
  }

  public long requests() {
    return requests;
  }

  /// Requests answered with less than 500.
  public long successes() {
    return successes;
  }

  public long errors() {
    return errors;
  }

  public long timeouts() {
    return timeouts;
  }

  public long connections() {
    return connections;
  }

  public long connectionsActive() {
    return connectionsActive;
  }

  public long connectFailures() {
    return connectFailures;
  }

  /// Whether nothing new goes there.
  public boolean gone() {
    return gone;
  }

  void requestStarts() {
    active++;
    requests++;
  }

  void requestEnds() {
    active--;
  }

  void succeeded() {
    successes++;
    health.succeeded();
  }

  void failed() {
    errors++;
  }

  void timedOut() {
    timeouts++;
  }

  void connectionMade() {
    connections++;
    connectionsActive++;
  }

  void connectionEnded() {
    connectionsActive--;
  }

  void connectFailed() {
    connectFailures++;
  }

  /// A connection that has room: one that others use already before an idle one, and of those the
  /// one that was used last. The rest may then grow old and be closed.
  ///
  /// @param http1Only whether it must be one that speaks HTTP/1.1
  @Nullable BackendConnection poll(boolean http1Only) {
    if (!http1Only) {
      for (int i = 0; i < shared.size(); i++) {
        BackendConnection connection = shared.get(i);
        if (connection.hasRoom()) {
          return connection;
        }
      }
    }
    BackendConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      if (connection.hasRoom()) {
        return connection;
      }
      connection.retire();
    }
    return null;
  }

  /// Takes a connection into the pool.
  ///
  /// @return false when nothing new goes to this endpoint
  boolean offer(BackendConnection connection) {
    if (gone) {
      return false;
    }
    if (connection.shared()) {
      shared.add(connection);
    } else {
      idle.addFirst(connection);
    }
    return true;
  }

  /// How many connections nobody uses.
  int unused() {
    int unused = idle.size();
    for (int i = 0; i < shared.size(); i++) {
      unused += shared.get(i).unused() ? 1 : 0;
    }
    return unused;
  }

  /// Closes one of them, the one that has had nothing to do for the longest time before those for
  /// many requests; whether there was one.
  boolean closeUnused() {
    BackendConnection oldest = idle.pollLast();
    for (int i = 0; oldest == null && i < shared.size(); i++) {
      oldest = shared.get(i).unused() ? shared.get(i) : null;
    }
    if (oldest != null) {
      oldest.retire();
    }
    return oldest != null;
  }

  void withdraw(BackendConnection connection) {
    if (connection.shared()) {
      shared.remove(connection);
    } else {
      idle.removeFirstOccurrence(connection);
    }
  }

  /// Requests that wait for any connection, as no more may be opened.
  ArrayDeque<PendingRequest> waiting() {
    return waiting;
  }

  /// The connection for many requests that is being opened, if one more may wait for it.
  @Nullable PendingConnection opening() {
    return opening != null && opening.hasRoom() ? opening : null;
  }

  void opening(PendingConnection connection) {
    if (connection.shared()) {
      opening = connection;
    }
  }

  /// How many streams its last HTTP/2 connection was to have at most; 0 when that is not known.
  int streamLimit() {
    return streamLimit;
  }

  void streamLimit(int limit) {
    streamLimit = limit;
  }

  /// It is opened, or failed.
  void opened(PendingConnection connection) {
    if (connection.equals(opening)) {
      opening = null;
    }
  }

  /// Nothing new goes there by the connections that are; those at work end with their responses.
  void retire() {
    gone = true;
    BackendConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.retire();
    }
    List.copyOf(shared).forEach(BackendConnection::retire);
    if (opening != null) {
      opening.retire();
    }
  }
}
