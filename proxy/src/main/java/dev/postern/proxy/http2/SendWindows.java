package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.HpackEncoder;
import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// Sends bodies as the peer's windows allow (RFC 9113 5.2). What they do not waits with its stream;
/// streams that wait for the connection's window take turns, a frame each.
final class SendWindows {
  /// RFC 9113 6.9.2.
  static final int INITIAL = 65_535;

  private final FrameWriter writer;
  private final HpackEncoder hpack;
  private final Consumer<Http2Stream> ended;
  private final ArrayDeque<Http2Stream> line = new ArrayDeque<>();
  private final ArrayDeque<Http2Stream> blocked = new ArrayDeque<>();
  private int connection = INITIAL;
  private int initial = INITIAL;

  /// @param ended is told when the end of our side was written
  SendWindows(FrameWriter writer, HpackEncoder hpack, Consumer<Http2Stream> ended) {
    this.writer = writer;
    this.hpack = hpack;
    this.ended = ended;
  }

  /// A new stream's window.
  int initial() {
    return initial;
  }

  /// Takes the buffer over.
  void data(Http2Stream stream, ByteBuf data, boolean end) {
    if (!stream.localOpen() || stream.endWaits()) {
      data.release();
      return;
    }
    int octets = data.readableBytes();
    if (octets == 0 && !end) {
      data.release();
      return;
    }
    if (!stream.waits()
        && octets <= Frame.MAX_PAYLOAD
        && (octets == 0 || (octets <= connection && octets <= stream.sendWindow))) {
      spend(stream, octets);
      writer.data(stream.id(), data, end);
      if (end) {
        ended.accept(stream);
      }
      return;
    }
    stream.await(data, end, writer.alloc());
    while (advance(stream)) {
      // A frame more.
    }
    lineUp(stream);
  }

  /// Writes the head that HPACK holds.
  void head(Http2Stream stream, boolean end) {
    writer.headers(stream.id(), end);
    if (end) {
      ended.accept(stream);
    }
  }

  /// Ends a body with trailers.
  void trailers(Http2Stream stream, HeaderBlock trailers) {
    if (!stream.localOpen() || stream.endWaits()) {
      return;
    }
    if (stream.waits()) {
      HeaderBlock kept = new HeaderBlock();
      kept.addAll(trailers);
      stream.await(kept);
      return;
    }
    writeTrailers(stream, trailers);
  }

  private void writeTrailers(Http2Stream stream, HeaderBlock trailers) {
    SentFields.trailers(trailers, hpack);
    writer.headers(stream.id(), true);
    ended.accept(stream);
  }

  /// Whether something of it would leave at once. If not, its owner is told when it would.
  boolean open(Http2Stream stream, boolean channelWritable) {
    if (channelWritable && connection > 0 && stream.sendWindow > 0 && !stream.waits()) {
      return true;
    }
    if (!stream.blocked && !stream.closed) {
      stream.blocked = true;
      blocked.addLast(stream);
    }
    return false;
  }

  void connectionUpdate(int increment) throws Http2Exception {
    if (connection > Integer.MAX_VALUE - increment) {
      throw Http2Exception.connection(
          Http2Error.FLOW_CONTROL_ERROR, "the connection's window became too large");
    }
    connection += increment;
    int without = 0;
    while (connection > 0 && without < line.size()) {
      Http2Stream first = line.removeFirst();
      first.inLine = false;
      if (advance(first)) {
        without = 0;
      } else if (first.waits()) {
        without++;
      }
      lineUp(first);
    }
  }

  void streamUpdate(Http2Stream stream, int increment) throws Http2Exception {
    if (stream.sendWindow > Integer.MAX_VALUE - increment) {
      throw Http2Exception.stream(
          stream.id(), Http2Error.FLOW_CONTROL_ERROR, "a stream's window became too large");
    }
    stream.sendWindow += increment;
    while (advance(stream)) {
      // A frame more.
    }
  }

  /// The peer changes the window that streams start with, and those of all streams by as much (RFC
  /// 9113 6.9.2).
  void initial(int octets, Iterable<Http2Stream> streams) throws Http2Exception {
    int more = octets - initial;
    initial = octets;
    for (Http2Stream stream : streams) {
      if (more > 0 && stream.sendWindow > Integer.MAX_VALUE - more) {
        throw Http2Exception.connection(
            Http2Error.FLOW_CONTROL_ERROR, "a stream's window became too large");
      }
      stream.sendWindow += more;
      while (advance(stream)) {
        // A frame more.
      }
    }
  }

  /// Tells those who may write again. Not from within a call that sends.
  void tellOpen(boolean channelWritable) {
    if (!channelWritable || connection <= 0) {
      return;
    }
    for (int left = blocked.size(); left > 0 && !blocked.isEmpty(); left--) {
      Http2Stream stream = blocked.removeFirst();
      stream.blocked = false;
      if (open(stream, true)) {
        stream.owner().writabilityChanged();
      }
    }
  }

  /// A stream is no more.
  void closed(Http2Stream stream) {
    if (stream.inLine) {
      line.remove(stream);
    }
    if (stream.blocked) {
      blocked.remove(stream);
    }
  }

  private void lineUp(Http2Stream stream) {
    if (stream.waits() && !stream.inLine) {
      stream.inLine = true;
      line.addLast(stream);
    }
  }

  /// Sends one frame of what waits.
  ///
  /// @return whether it could
  private boolean advance(Http2Stream stream) {
    ByteBuf first = stream.first();
    if (first == null) {
      return false;
    }
    int octets = first.readableBytes();
    int fits = Math.min(Frame.MAX_PAYLOAD, Math.min(connection, stream.sendWindow));
    if (octets > 0 && fits <= 0) {
      return false;
    }
    if (octets > Math.max(0, fits)) {
      spend(stream, fits);
      writer.data(stream.id(), first.readRetainedSlice(fits), false);
      return true;
    }
    spend(stream, octets);
    boolean end = stream.firstLeaves();
    writer.data(stream.id(), first, end);
    HeaderBlock trailers = stream.waits() ? null : stream.trailersLeave();
    if (trailers != null) {
      writeTrailers(stream, trailers);
    } else if (end) {
      ended.accept(stream);
    }
    return true;
  }

  private void spend(Http2Stream stream, int octets) {
    connection -= octets;
    stream.sendWindow -= octets;
  }
}
