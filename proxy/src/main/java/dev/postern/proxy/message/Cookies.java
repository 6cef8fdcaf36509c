package dev.postern.proxy.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the cookies that a client sent (RFC 6265 4.2.1, 5.4), however many fields they come in.
public final class Cookies {
  private Cookies() {}

  /// The value of the first cookie of that name; null when there is none.
  public static byte @Nullable [] find(HeaderBlock headers, byte[] name) {
    for (int i = headers.find(HeaderName.COOKIE, 0);
        i >= 0;
        i = headers.find(HeaderName.COOKIE, i + 1)) {
      byte[] value = find(headers.bytes(), headers.valueOffset(i), headers.valueLength(i), name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static byte @Nullable [] find(byte[] bytes, int offset, int length, byte[] name) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      while (at < end && (bytes[at] == ' ' || bytes[at] == ';')) {
        at++;
      }
      int stop = at;
      while (stop < end && bytes[stop] != ';') {
        stop++;
      }
      int equals = at + name.length;
      if (equals < stop
          && bytes[equals] == '='
          && Arrays.equals(bytes, at, equals, name, 0, name.length)) {
        return Arrays.copyOfRange(bytes, equals + 1, stop);
      }
      at = stop;
    }
    return null;
  }
}
