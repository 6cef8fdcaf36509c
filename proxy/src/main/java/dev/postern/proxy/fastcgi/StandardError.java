package dev.postern.proxy.fastcgi;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a script says for the log: the beginning of it, since a script may say any amount.
final class StandardError {
  private static final int MAX_OCTETS = 2048;
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int length;
  private long dropped;

  void add(ByteBuf data) {
    int take = Math.min(data.readableBytes(), MAX_OCTETS - length);
    dropped += data.readableBytes() - take;
    if (take > 0) {
      if (bytes.length < length + take) {
        bytes = Arrays.copyOf(bytes, Math.min(MAX_OCTETS, Math.max(256, 2 * (length + take))));
      }
      data.readBytes(bytes, length, take);
      length += take;
    }
  }

  boolean isEmpty() {
    return length == 0;
  }

  /// On one line, without control characters; read as UTF-8.
  @Override
  public String toString() {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    StringBuilder line = new StringBuilder(text.length() + 40).append("stderr: ");
    text.codePoints()
        .forEach(c -> line.appendCodePoint(c == '\n' ? '|' : Character.isISOControl(c) ? ' ' : c));
    if (dropped > 0) {
      line.append(" ... and ").append(dropped).append(" octets more");
    }
    return line.toString();
  }
}
