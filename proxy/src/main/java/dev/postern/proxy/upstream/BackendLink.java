package dev.postern.proxy.upstream;

import dev.postern.ir.Cluster;
import dev.postern.proxy.socket.Connection;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;

/// What a [BackendProtocol] is spoken on: a connection that is there, and secured and verified
/// where the cluster wants that.
///
/// @param cells of the cluster, for [dev.postern.proxy.stat.ClusterStat]
/// @param cluster what it was when the connection was opened
/// @param tlsVersion `TLSv1.3` and the like, or `-` in plaintext
public record BackendLink(
    Connection connection, Worker worker, StatCells cells, Cluster cluster, String tlsVersion) {
  static BackendLink of(PendingConnection opened, Connection connection, String tlsVersion) {
    return new BackendLink(
        connection,
        opened.cluster().worker(),
        opened.cluster().cells(),
        opened.spec().cluster(),
        tlsVersion);
  }
}
