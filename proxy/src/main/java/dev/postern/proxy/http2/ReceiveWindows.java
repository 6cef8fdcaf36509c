package dev.postern.proxy.http2;

/// What the peer may send (RFC 9113 5.2), and when it is told that it may send more: when half of a
/// window is to be given back.
final class ReceiveWindows {
  private final Http2Session session;
  private final LocalSettings local;
  private int connection;
  private int connectionDue;

  ReceiveWindows(Http2Session session, LocalSettings local) {
    this.session = session;
    this.local = local;
    this.connection = local.connectionWindow();
  }

  /// Octets came for a stream that takes none.
  void dropped(int octets) throws Http2Exception {
    arrived(octets);
    giveBack(octets);
  }

  /// @throws Http2Exception when they are more than the peer may send; they are given back then
  void arrived(Http2Stream stream, int octets) throws Http2Exception {
    arrived(octets);
    stream.receiveWindow -= octets;
    if (stream.receiveWindow < 0) {
      giveBack(octets);
      throw Http2Exception.stream(
          stream.id(), Http2Error.FLOW_CONTROL_ERROR, "more than the stream's window");
    }
    stream.held += octets;
    if (!local.server()) {
      // A client that takes nothing must not stop the responses to others: what may wait is a
      // stream's window for each stream.
      giveBack(octets);
    }
  }

  private void arrived(int octets) throws Http2Exception {
    connection -= octets;
    if (connection < 0) {
      throw Http2Exception.connection(
          Http2Error.FLOW_CONTROL_ERROR, "more than the connection's window");
    }
  }

  /// @return whether something was written
  boolean giveBack(Http2Stream stream, int octets) {
    if (octets == 0) {
      return false;
    }
    stream.held -= octets;
    if (stream.held < 0) {
      throw new IllegalStateException("gave back more than was received");
    }
    boolean told = local.server() && giveBack(octets);
    if (stream.remoteOpen && !stream.resetSent && !stream.closed) {
      stream.due += octets;
      if (stream.due >= local.streamWindow() / 2) {
        session.writer().windowUpdate(stream.id(), stream.due);
        stream.receiveWindow += stream.due;
        stream.due = 0;
        return true;
      }
    }
    return told;
  }

  /// What a stream still held nobody will take.
  void closed(Http2Stream stream) {
    int held = stream.held;
    stream.held = 0;
    if (held > 0 && local.server()) {
      giveBack(held);
    }
  }

  private boolean giveBack(int octets) {
    connectionDue += octets;
    if (connectionDue < local.connectionWindow() / 2) {
      return false;
    }
    session.writer().windowUpdate(0, connectionDue);
    connection += connectionDue;
    connectionDue = 0;
    return true;
  }
}
