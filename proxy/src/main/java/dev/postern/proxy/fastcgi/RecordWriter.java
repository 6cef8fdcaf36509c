package dev.postern.proxy.fastcgi;

import dev.postern.proxy.socket.Outlet;
import io.netty.buffer.ByteBuf;

/// Writes the records of one request to a channel. Heads and small parts of a body gather in one
/// buffer; large parts go out as they are, between a header and its padding.
final class RecordWriter {
  /// Up to this size a part of a body is copied behind what is gathered.
  private static final int COPY_LIMIT = 4096;

  private static final int BEGIN_OCTETS = 8;

  /// For a header and what belongs right behind it: BEGIN_REQUEST's content, or padding.
  private static final int ROOM = 16;

  private final Outlet outlet;

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
    outlet.release();
  }

  /// Sends what was written; returns how many octets were written since it was called last.
  long flush() {
    return outlet.flush();
  }

  private ByteBuf room() {
    return outlet.room(ROOM);
  }
}
