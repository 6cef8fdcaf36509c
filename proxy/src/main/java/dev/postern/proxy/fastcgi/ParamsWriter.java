package dev.postern.proxy.fastcgi;

import io.netty.buffer.ByteBuf;

/// Writes name-value pairs (FastCGI Specification 1.0, 3.4) into PARAMS records. A pair is never
/// split over two records: php-fpm does not put it together again.
final class ParamsWriter {
  private static final int LONG_LENGTH = 0x80;

  private final ByteBuf out;
  private int recordStart = -1;

  /// @param out what is behind its writer index must not be touched before [#end]
  ParamsWriter(ByteBuf out) {
    this.out = out;
  }

  /// Octets of a pair on the wire.
  static int size(int nameLength, int valueLength) {
    return lengthSize(nameLength) + lengthSize(valueLength) + nameLength + valueLength;
  }

  /// Starts a pair: its name and then its value must be written behind this, to [#out].
  ///
  /// @return false when it fits into no record; then nothing must be written
  boolean pair(int nameLength, int valueLength) {
    if (!room(size(nameLength, valueLength))) {
      return false;
    }
    length(out, nameLength);
    length(out, valueLength);
    return true;
  }

  /// Writes pairs that [#encode] made, all into one record.
  ///
  /// @return false when they fit into none; then nothing was written
  boolean encoded(byte[] pairs) {
    if (!room(pairs.length)) {
      return false;
    }
    out.writeBytes(pairs);
    return true;
  }

  /// Writes one pair to `to`, without a record.
  static void encode(byte[] name, byte[] value, ByteBuf to) {
    length(to, name.length);
    length(to, value.length);
    to.writeBytes(name).writeBytes(value);
  }

  ByteBuf out() {
    return out;
  }

  /// Ends the last record, and with an empty one the stream.
  void end() {
    endRecord();
    RecordWriter.header(out, RecordType.PARAMS, 0, 0);
  }

  private boolean room(int octets) {
    if (octets > RecordType.MAX_CONTENT) {
      return false;
    }
    if (recordStart >= 0 && content() + octets > RecordType.MAX_CONTENT) {
      endRecord();
    }
    if (recordStart < 0) {
      recordStart = out.writerIndex();
      RecordWriter.header(out, RecordType.PARAMS, 0, 0);
    }
    return true;
  }

  private int content() {
    return out.writerIndex() - recordStart - RecordType.HEADER_OCTETS;
  }

  private void endRecord() {
    if (recordStart < 0) {
      return;
    }
    int content = content();
    int padding = RecordWriter.padding(content);
    out.setShort(recordStart + 4, content);
    out.setByte(recordStart + 6, padding);
    out.writeZero(padding);
    recordStart = -1;
  }

  private static int lengthSize(int length) {
    return length < LONG_LENGTH ? 1 : 4;
  }

  private static void length(ByteBuf to, int length) {
    if (length < LONG_LENGTH) {
      to.writeByte(length);
    } else {
      to.writeInt(length | 1 << 31);
    }
  }
}
