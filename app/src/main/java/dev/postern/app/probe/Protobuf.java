package dev.postern.app.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads as much of the protobuf wire format as the health and reflection services need: varints
/// and fields with a length. Reading ends at the first octet that makes no sense.
final class Protobuf {
  private static final int MOST_FIELDS = 1000;

  /// @param value of a varint; 0 for a field with a length
  /// @param bytes of a field with a length
  record Field(int number, int value, byte[] bytes) {}

  private final byte[] message;
  private int at;

  private Protobuf(byte[] message) {
    this.message = message;
  }

  static List<Field> fields(byte[] message) {
    var reader = new Protobuf(message);
    List<Field> fields = new ArrayList<>();
    while (reader.at < message.length && fields.size() < MOST_FIELDS) {
      long key = reader.varint();
      int type = (int) (key & 7);
      int number = (int) (key >>> 3);
      if (type == 0) {
        fields.add(new Field(number, (int) reader.varint(), new byte[0]));
      } else if (type == 2) {
        long length = reader.varint();
        if (length < 0 || length > message.length - reader.at) {
          break;
        }
        int end = reader.at + (int) length;
        fields.add(new Field(number, 0, Arrays.copyOfRange(message, reader.at, end)));
        reader.at = end;
      } else {
        break;
      }
    }
    return fields;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64 && at < message.length; shift += 7) {
      byte octet = message[at++];
      value |= (long) (octet & 0x7f) << shift;
      if (octet >= 0) {
        break;
      }
    }
    return value;
  }
}
