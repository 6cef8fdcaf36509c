package dev.postern.proxy.upstream;

import dev.postern.proxy.socket.LostOutput;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.stats.StatCells;

/// How a connection to a backend comes to its end: what the backend has said of it, and what broke.
final class ConnectionEnd {
  private final StatCells cells;
  private String trouble = "";
  private boolean inputEnded;
  private boolean takesNoMore;
  private boolean broken;
  private boolean closed;

  /// @param cells the cluster's
  ConnectionEnd(StatCells cells) {
    this.cells = cells;
  }

  /// The backend says that nothing more comes.
  void inputEnds() {
    inputEnded = true;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  /// The backend reads no more. It may have answered before (RFC 9112 9.5).
  void outputLost() {
    takesNoMore = true;
    if (trouble.isEmpty()) {
      trouble = "the backend takes no more";
      broken = true;
    }
  }

  boolean takesNoMore() {
    return takesNoMore;
  }

  /// Something went wrong; whether nothing can be read any more, either.
  boolean failed(Throwable cause) {
    if (LostOutput.is(cause)) {
      trouble = LostOutput.reason(cause);
      broken = !LostOutput.afterPeersEnd(cause);
      return false;
    }
    trouble = String.valueOf(cause.getMessage());
    broken = true;
    return true;
  }

  /// Whether a body that lasts until the connection ends is complete then: not where the connection
  /// broke before the backend had ended its side (RFC 9112 8).
  boolean completesBody() {
    return inputEnded || !broken;
  }

  /// It closes; whether that is news.
  ///
  /// @param by counts by whom
  boolean closes(ClusterStat by) {
    if (closed) {
      return false;
    }
    closed = true;
    cells.increment(by.ordinal());
    return true;
  }

  boolean closed() {
    return closed;
  }

  /// For logs.
  String reason() {
    return trouble.isEmpty() ? "the backend closed the connection" : trouble;
  }
}
