package dev.postern.proxy.exchange;

import dev.postern.proxy.message.Octets;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Percent-encodes octets that have no place in a part of a URI (RFC 3986 2). What is encoded
/// already stays.
final class Escape {
  private static final byte[] HEX = Octets.ascii("0123456789ABCDEF");
  private static final String UNRESERVED = "-._~%!$&'()*+,;=:";
  private static final String IN_HOST = UNRESERVED + "[]";
  private static final String IN_PATH = UNRESERVED + "/@";
  private static final String IN_QUERY = IN_PATH + "?";

  private Escape() {}

  static byte[] path(byte[] octets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length);
    add(out, octets, 0, octets.length, IN_PATH);
    return out.toByteArray();
  }

  /// A host that may not be ASCII becomes a registered name of UTF-8 (RFC 3986 3.2.2).
  static byte[] host(String host) {
    byte[] octets = host.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length);
    addHost(out, octets, 0, octets.length);
    return out.toByteArray();
  }

  static void addHost(ByteArrayOutputStream out, byte[] octets, int offset, int length) {
    add(out, octets, offset, length, IN_HOST);
  }

  static void addTarget(ByteArrayOutputStream out, byte[] octets, int offset, int path, int query) {
    add(out, octets, offset, path, IN_PATH);
    add(out, octets, offset + path, query, IN_QUERY);
  }

  private static void add(
      ByteArrayOutputStream out, byte[] octets, int offset, int length, String allowed) {
    for (int i = offset; i < offset + length; i++) {
      byte b = octets[i];
      boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
      if (letter || (b > 0 && allowed.indexOf(b) >= 0)) {
        out.write(b);
      } else {
        out.write('%');
        out.write(HEX[b >> 4 & 0xf]);
        out.write(HEX[b & 0xf]);
      }
    }
  }
}
