package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.util.Arrays;

/// Takes out what is meant for this hop alone (RFC 9110 7.6.1).
final class HopByHop {
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] TRAILERS = Octets.ascii("trailers");
  private static final byte[] CLOSE = Octets.ascii("close");

  private HopByHop() {}

  private static boolean is(byte[] bytes, int from, int to, byte[] token) {
    return to - from == token.length && Octets.equalsIgnoreCase(bytes, from, token, token.length);
  }

  /// Of a request; what TE says of trailers is kept apart, for a hop where it can be said again.
  static void remove(RequestHead request) {
    HeaderBlock headers = request.headers();
    for (int i = headers.find(HeaderName.TE, 0); i >= 0; i = headers.find(HeaderName.TE, i + 1)) {
      request.takesTrailers(request.takesTrailers() || headers.valueIsIgnoreCase(i, TRAILERS));
    }
    remove(headers);
  }

  static void remove(HeaderBlock headers) {
    if (headers.has(HeaderName.CONNECTION)) {
      removeNamed(headers);
      headers.removeAll(HeaderName.CONNECTION);
    }
    headers.removeAll(HeaderName.KEEP_ALIVE);
    headers.removeAll(HeaderName.PROXY_CONNECTION);
    headers.removeAll(HeaderName.TE);
    headers.removeAll(HeaderName.UPGRADE);
    headers.removeAll(HeaderName.HTTP2_SETTINGS);
    headers.removeAll(HeaderName.TRANSFER_ENCODING);
  }

  /// The fields that Connection names. One list is read at a time: removing others does not move
  /// its octets.
  private static void removeNamed(HeaderBlock headers) {
    for (int i = headers.find(HeaderName.CONNECTION, 0);
        i >= 0;
        i = headers.find(HeaderName.CONNECTION, 0)) {
      int at = headers.valueOffset(i);
      int end = at + headers.valueLength(i);
      headers.remove(i);
      while (at < end) {
        int comma = at;
        while (comma < end && headers.bytes()[comma] != ',') {
          comma++;
        }
        removeToken(headers, at, comma);
        at = comma + 1;
      }
    }
  }

  private static void removeToken(HeaderBlock headers, int from, int to) {
    byte[] bytes = headers.bytes();
    int start = from;
    int end = to;
    while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
      end--;
    }
    if (start == end || is(bytes, start, end, KEEP_ALIVE) || is(bytes, start, end, CLOSE)) {
      return;
    }
    byte[] name = Arrays.copyOfRange(bytes, start, end);
    for (int i = 0; i < name.length; i++) {
      name[i] = Octets.lower(name[i]);
    }
    headers.removeAll(name);
  }
}
