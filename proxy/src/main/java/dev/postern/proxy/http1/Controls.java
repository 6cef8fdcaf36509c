package dev.postern.proxy.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds control characters, eight octets at a time: below 0x20, and DEL (RFC 5234 B.1).
final class Controls {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = ONES << 7;
  private static final long SPACES = ONES * ' ';
  private static final long DELS = ONES * 0x7f;

  private Controls() {}

  /// Where the first one from there on is, or the end.
  static int next(byte[] octets, int from, int end) {
    int at = from;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long eight = (long) EIGHT.get(octets, at);
      long del = eight ^ DELS;
      // The lowest bit that is set is true; above it a borrow may have set others.
      long found = ((eight - SPACES & ~eight) | (del - ONES & ~del)) & HIGH_BITS;
      if (found != 0) {
        return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    while (at < end && octets[at] != 0x7f && (octets[at] & 0xff) >= ' ') {
      at++;
    }
    return at;
  }
}
