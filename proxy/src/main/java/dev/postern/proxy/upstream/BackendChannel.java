package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.channel.Channel;

/// What a [BackendConnection] is made on: a channel that is connected, and secured and verified
/// where the cluster wants that; and the way into the pool.
public final class BackendChannel {
  private final PendingConnection opened;
  private final Channel channel;
  private final String tlsVersion;

  BackendChannel(PendingConnection opened, Channel channel, String tlsVersion) {
    this.opened = opened;
    this.channel = channel;
    this.tlsVersion = tlsVersion;
  }

  public Channel channel() {
    return channel;
  }

  public Worker worker() {
    return opened.cluster().worker();
  }

  /// Of the cluster, for [dev.postern.proxy.stat.ClusterStat].
  public StatCells cells() {
    return opened.cluster().cells();
  }

  /// What the cluster was when the connection was opened.
  public Cluster cluster() {
    return opened.spec().cluster();
  }

  /// `TLSv1.3` and the like, or `-` in plaintext.
  public String tlsVersion() {
    return tlsVersion;
  }

  /// Puts a connection that has room into the pool, as the one to be used first.
  ///
  /// @return false when it is of no use any more, or in the way of others, and has to
  ///   [BackendConnection#retire]
  public boolean offer(BackendConnection connection) {
    return opened.offer(connection);
  }

  /// A connection that is in the pool has room for one more request.
  public void hasRoom() {
    opened.cluster().queue().roomAt(opened.endpoint());
  }

  /// How many streams an HTTP/2 connection to this endpoint may have by what the last one said; 0
  /// when none said anything yet.
  int streamLimit() {
    return opened.endpoint().streamLimit();
  }

  /// The endpoint said so of an HTTP/2 connection.
  void streamLimit(int limit) {
    opened.endpoint().streamLimit(limit);
  }

  /// It is known by now how many requests the connection takes.
  void settled(BackendConnection connection) {
    opened.settled(connection);
  }

  /// The connection ended, perhaps before that was known.
  void lost(TrafficFailure failure, String reason) {
    opened.lost(failure, reason);
  }

  /// Takes a connection out of the pool, if it is there.
  public void withdraw(BackendConnection connection) {
    opened.endpoint().withdraw(connection);
  }
}
