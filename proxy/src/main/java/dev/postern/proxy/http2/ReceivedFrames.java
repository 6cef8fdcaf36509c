package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.FieldSink;
import dev.postern.proxy.hpack.HpackDecoder;
import dev.postern.proxy.hpack.HpackException;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What frames of the peer mean to a session and its streams, and which of them it must not send
/// (RFC 9113 5.1, 6).
final class ReceivedFrames implements FrameListener {
  private final Http2Session session;
  private final HpackDecoder hpack;
  private final FieldSink fields;
  private final FloodGuard guard;
  private final boolean server;
  final ReceiveWindows windows;
  private boolean settingsSeen;
  private boolean unanswered = true;
  private int lastOpened;
  private int lastAccepted;

  ReceivedFrames(Http2Session session, FieldSink fields) {
    this.session = session;
    this.fields = fields;
    this.hpack = new HpackDecoder(session.local.maxFieldOctets());
    this.guard = session.guard;
    this.server = session.local.server();
    this.windows = new ReceiveWindows(session, session.local);
  }

  boolean settingsSeen() {
    return settingsSeen;
  }

  int lastAccepted() {
    return lastAccepted;
  }

  @Override
  public void headers(int streamId, ByteBuf block, boolean end, boolean ofItself)
      throws Http2Exception {
    // Always: HPACK's state is the connection's.
    boolean tooLarge = decode(block);
    Http2Stream stream = known(streamId);
    if (stream == null) {
      stream = server ? opened(streamId, ofItself) : unknown(streamId, "HEADERS");
      if (stream == null) {
        guard.frame();
        return;
      }
    } else if (stream.resetSent) {
      guard.frame();
      return;
    } else if (!stream.remoteOpen) {
      throw error(streamId, Http2Error.STREAM_CLOSED, "HEADERS after the end of the stream");
    } else if (server && !end) {
      throw error(streamId, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    } else if (ofItself) {
      throw error(streamId, Http2Error.PROTOCOL_ERROR, "a stream that depends on itself");
    }
    guard.request();
    stream.remoteOpen = !end;
    try {
      stream.owner().fields(end, tooLarge);
    } catch (RuntimeException | StackOverflowError fault) {
      session.fault(stream, fault);
    }
    session.closeIfEnded(stream);
  }

  private boolean decode(ByteBuf block) throws Http2Exception {
    try {
      return hpack.decode(block, fields);
    } catch (HpackException e) {
      throw Http2Exception.connection(Http2Error.COMPRESSION_ERROR, "HPACK: " + e.getMessage());
    }
  }

  /// The client opens a stream.
  ///
  /// @return null when it is too late for that
  private @Nullable Http2Stream opened(int streamId, boolean ofItself) throws Http2Exception {
    if (session.tooLate(streamId)) {
      return null;
    }
    if ((streamId & 1) == 0) {
      throw broken("a client's stream of an even number");
    }
    if (streamId <= lastOpened) {
      guard.frame();
      throw error(streamId, Http2Error.STREAM_CLOSED, "HEADERS on a closed stream");
    }
    lastOpened = streamId;
    if (ofItself) {
      throw error(streamId, Http2Error.PROTOCOL_ERROR, "a stream that depends on itself");
    }
    if (session.full()) {
      throw error(streamId, Http2Error.REFUSED_STREAM, "more streams than were allowed");
    }
    lastAccepted = streamId;
    Http2Stream stream = session.add(streamId);
    stream.owner(session.accept(stream));
    return stream;
  }

  /// A frame came for a stream that is not open.
  ///
  /// @return null when that is to be passed over
  private @Nullable Http2Stream unknown(int streamId, String frame) throws Http2Exception {
    if (server && session.tooLate(streamId)) {
      return null;
    }
    if (!existed(streamId)) {
      throw broken(frame + " on a stream that was never opened");
    }
    throw error(streamId, Http2Error.STREAM_CLOSED, frame + " on a closed stream");
  }

  /// A stream that ended on both sides, and only waits for its last frames to leave, is no more:
  /// what comes on it means the same a moment later.
  @Nullable Http2Stream known(int streamId) {
    Http2Stream stream = session.stream(streamId);
    return stream != null && stream.closing && !stream.resetSent ? null : stream;
  }

  private boolean existed(int streamId) {
    return server ? (streamId & 1) == 1 && streamId <= lastOpened : session.wasOurs(streamId);
  }

  @Override
  public void data(int streamId, ByteBuf data, int octets, boolean end) throws Http2Exception {
    Http2Stream stream = known(streamId);
    boolean endsIt = end && stream != null && stream.remoteOpen && !stream.resetSent;
    if (!data.isReadable() && !endsIt) {
      guard.frame();
    }
    if (stream == null) {
      windows.dropped(octets);
      unknown(streamId, "DATA");
      return;
    }
    if (stream.resetSent || !stream.remoteOpen) {
      windows.dropped(octets);
      if (!stream.resetSent) {
        throw error(streamId, Http2Error.STREAM_CLOSED, "DATA after the end of the stream");
      }
      return;
    }
    windows.arrived(stream, octets);
    stream.remoteOpen = !end;
    int back = 0;
    try {
      back = octets - data.readableBytes() + stream.owner().body(data, end);
    } catch (RuntimeException | StackOverflowError fault) {
      session.fault(stream, fault);
    }
    windows.giveBack(stream, Math.min(back, stream.held));
    session.closeIfEnded(stream);
  }

  @Override
  public void reset(int streamId, long code) throws Http2Exception {
    Http2Stream stream = known(streamId);
    guard.peerReset(stream == null || stream.owner().premature());
    if (stream == null) {
      if (!existed(streamId) && !(server && session.tooLate(streamId))) {
        throw broken("RST_STREAM on a stream that was never opened");
      }
      return;
    }
    try {
      stream.owner().peerReset(code);
    } catch (RuntimeException | StackOverflowError fault) {
      session.fault(stream, fault);
    }
    session.peerReset(stream);
  }

  @Override
  public void settings(ByteBuf in, int from, int to) throws Http2Exception {
    guard.settings();
    PeerSettings said = PeerSettings.read(in, from, to);
    Long table = said.headerTable();
    Long smallest = said.smallestTable();
    if (table != null && smallest != null) {
      session.hpack.tableSize(smallest);
      session.hpack.tableSize(table);
    }
    settingsSeen = true;
    session.writer().settingsAck();
    Integer window = said.streamWindow();
    if (window != null) {
      session.sending().initial(window, session.streams.values());
      session.sending().tellOpen(session.context().channel().isWritable());
    }
    session.settings(said);
  }

  @Override
  public void settingsAck() throws Http2Exception {
    guard.frame();
    if (!unanswered) {
      throw broken("SETTINGS with ACK, without SETTINGS");
    }
    unanswered = false;
  }

  @Override
  public void ping(long data, boolean ack) throws Http2Exception {
    guard.frame();
    if (ack) {
      session.pingAnswered(data);
    } else {
      session.writer().ping(data, true);
    }
  }

  @Override
  public void goAway(int lastStreamId, long code) throws Http2Exception {
    guard.frame();
    session.goAwayComes(lastStreamId);
    if (!server) {
      List<Http2Stream> open = session.openStreams();
      for (Http2Stream stream : open) {
        if (stream.id() > lastStreamId) {
          session.close(stream);
        }
      }
    }
  }

  @Override
  public void windowUpdate(int streamId, int increment) throws Http2Exception {
    guard.frame();
    if (streamId == 0) {
      if (increment == 0) {
        throw broken("WINDOW_UPDATE of 0");
      }
      session.sending().connectionUpdate(increment);
    } else {
      Http2Stream stream = known(streamId);
      if (stream == null) {
        if (!existed(streamId) && !(server && session.tooLate(streamId))) {
          throw broken("WINDOW_UPDATE on a stream that was never opened");
        }
        return;
      }
      if (increment == 0) {
        throw error(streamId, Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      }
      if (!stream.resetSent) {
        session.sending().streamUpdate(stream, increment);
      }
    }
    session.windowOpened();
    session.sending().tellOpen(session.context().channel().isWritable());
  }

  @Override
  public void priority() throws Http2Exception {
    guard.frame();
  }

  @Override
  public void unknown() throws Http2Exception {
    guard.frame();
  }

  private static Http2Exception error(int streamId, Http2Error code, String what) {
    return Http2Exception.stream(streamId, code, what);
  }

  private static Http2Exception broken(String what) {
    return Http2Exception.connection(Http2Error.PROTOCOL_ERROR, what);
  }
}
