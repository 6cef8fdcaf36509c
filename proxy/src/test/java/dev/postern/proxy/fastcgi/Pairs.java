package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads PARAMS as php-fpm does: record by record, each by itself.
final class Pairs {
  private Pairs() {}

  /// The pairs up to the end of the stream; what follows is left.
  static List<Map.Entry<String, String>> read(ByteBuf wire) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    while (true) {
      assertThat(wire.readUnsignedByte()).as("version").isEqualTo((short) 1);
      assertThat(wire.readUnsignedByte()).as("type").isEqualTo((short) 4);
      assertThat(wire.readUnsignedShort()).as("request").isEqualTo(1);
      int content = wire.readUnsignedShort();
      int padding = wire.readUnsignedByte();
      assertThat(content + padding).isLessThanOrEqualTo(65535);
      assertThat((content + padding) % 8).isZero();
      wire.skipBytes(1);
      if (content == 0) {
        return pairs;
      }
      ByteBuf record = wire.readSlice(content);
      while (record.isReadable()) {
        int name = length(record);
        int value = length(record);
        pairs.add(Map.entry(text(record, name), text(record, value)));
      }
      wire.skipBytes(padding);
    }
  }

  private static int length(ByteBuf record) {
    int first = record.readUnsignedByte();
    if (first < 128) {
      return first;
    }
    int length = (first & 0x7f) << 24 | record.readUnsignedMedium();
    assertThat(length).as("a length in its shortest form").isGreaterThan(127);
    return length;
  }

  private static String text(ByteBuf record, int length) {
    return record.readCharSequence(length, ISO_8859_1).toString();
  }
}
