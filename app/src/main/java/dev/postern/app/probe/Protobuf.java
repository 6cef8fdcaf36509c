package dev.postern.app.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads as much of the protobuf wire format as the health and reflection services need: varints
/// and fields with a length. Reading ends at the first octet that makes no sense.
final class Protobuf {
  private static final int MOST_FIELDS = 1000;

  private Protobuf() {}

  /// @param value of a varint; 0 for a field with a length
  /// @param bytes of a field with a length
  record Field(int number, int value, byte[] bytes) {}

  static List<Field> fields(byte[] message) {
    CodedInputStream in = CodedInputStream.newInstance(message);
    List<Field> fields = new ArrayList<>();
    try {
      while (!in.isAtEnd() && fields.size() < MOST_FIELDS) {
        int tag = in.readTag();
        int number = WireFormat.getTagFieldNumber(tag);
        switch (WireFormat.getTagWireType(tag)) {
          case WireFormat.WIRETYPE_VARINT ->
              fields.add(new Field(number, (int) in.readInt64(), new byte[0]));
          case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
              fields.add(new Field(number, 0, in.readByteArray()));
          default -> {
            return fields;
          }
        }
      }
    } catch (IOException e) {
      return fields;
    }
    return fields;
  }
}
