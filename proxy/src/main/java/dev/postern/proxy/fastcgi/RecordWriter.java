package dev.postern.proxy.fastcgi;

import dev.postern.proxy.socket.Outlet;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Writes the records of one request to a channel. Heads and small parts of a body gather in one
/// buffer; large parts go out as they are, between a header and its padding.
final class RecordWriter {
  /// Up to this size a part of a body is copied behind what is gathered.
  private static final int COPY_LIMIT = 4096;

  private static final int BEGIN_OCTETS = 8;
  private static final int ROOM = 2048;

  private final Outlet outlet;
  private @Nullable ByteBuf gathered;
  private long octets;

  RecordWriter(Outlet outlet) {
    this.outlet = outlet;
  }

  /// Writes a record's header.
  static void header(ByteBuf to, int type, int content, int padding) {
    to.writeByte(RecordType.VERSION);
    to.writeByte(type);
    to.writeShort(RecordType.REQUEST_ID);
    to.writeShort(content);
    to.writeByte(padding);
    to.writeByte(0);
  }

  /// What makes a record's length a multiple of 8 octets, as the specification advises.
  static int padding(int content) {
    return -content & 7;
  }

  /// Starts the request: the application is the responder and closes the connection afterwards.
  /// Returns where the parameters belong.
  ByteBuf begin() {
    ByteBuf to = room();
    header(to, RecordType.BEGIN_REQUEST, BEGIN_OCTETS, 0);
    to.writeShort(RecordType.RESPONDER);
    to.writeZero(BEGIN_OCTETS - 2);
    return to;
  }

  /// Writes a part of the body and takes it over.
  void stdin(ByteBuf data) {
    int left = data.readableBytes();
    while (left > 0) {
      int content = Math.min(left, RecordType.MAX_CONTENT);
      int padding = padding(content);
      left -= content;
      header(room(), RecordType.STDIN, content, padding);
      if (content <= COPY_LIMIT) {
        room().writeBytes(data, content);
      } else {
        push();
        octets += content;
        outlet.write(data.readRetainedSlice(content));
      }
      room().writeZero(padding);
    }
    data.release();
  }

  /// Ends the body.
  void endStdin() {
    header(room(), RecordType.STDIN, 0, 0);
  }

  /// Drops what was gathered and not sent.
  void release() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  /// Sends what was written; returns how many octets were written since it was called last.
  long flush() {
    ByteBuf written = gathered;
    if (written == null) {
      outlet.flush();
    } else {
      gathered = null;
      octets += written.readableBytes();
      outlet.flush(written);
    }
    long sent = octets;
    octets = 0;
    return sent;
  }

  private void push() {
    ByteBuf written = gathered;
    if (written != null) {
      gathered = null;
      if (!written.isReadable()) {
        written.release();
        return;
      }
      octets += written.readableBytes();
      outlet.write(written);
    }
  }

  private ByteBuf room() {
    ByteBuf to = gathered;
    if (to == null) {
      to = outlet.buffer(ROOM);
      gathered = to;
    }
    return to;
  }
}
