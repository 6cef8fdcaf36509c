package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One endpoint, as one worker knows it: its address, counts, health and idle connections. The loop
/// writes; the numbers may be read from anywhere, a moment late.
public final class Endpoint {
  private final LoadAssignment.Endpoint where;
  private final InetSocketAddress address;
  private final byte[] addressText;
  private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
  boolean gone;
  int failuresInARow;
  int ejections;
  long ejectedUntil;
  private int active;
  private long requests;
  private long successes;
  private long errors;
  private long timeouts;
  private long connections;
  private long connectionsActive;
  private long connectFailures;

  Endpoint(LoadAssignment.Endpoint where) {
    this.where = where;
    this.address = new InetSocketAddress(where.address(), where.port());
    this.addressText =
        (where.address().indexOf(':') < 0
                ? where.address() + ":" + where.port()
                : "[" + where.address() + "]:" + where.port())
            .getBytes(StandardCharsets.US_ASCII);
  }

  /// Where it is.
  public LoadAssignment.Endpoint where() {
    return where;
  }

  InetSocketAddress address() {
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

  /// Whether it is left out for a while.
  public boolean ejected() {
    return ejectedUntil != 0;
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
    failuresInARow = 0;
    ejections = 0;
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

  /// The idle connection that was used last: the others may then grow old and be closed.
  @Nullable Http1Connection pollIdle() {
    Http1Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      if (connection.usable()) {
        return connection;
      }
      connection.close();
    }
    return null;
  }

  void offerIdle(Http1Connection connection) {
    idle.addFirst(connection);
  }

  void removeIdle(Http1Connection connection) {
    idle.removeFirstOccurrence(connection);
  }

  /// Nothing new goes there by the connections that are; those at work end with their response.
  void retire() {
    gone = true;
    Http1Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.close();
    }
  }
}
