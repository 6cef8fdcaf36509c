package dev.postern.proxy.hpack;

import dev.postern.proxy.message.Octets;
import java.util.Arrays;
import java.util.Set;

/// A name that was sent on a connection, and what was sent under it last.
final class SentName {
  private static final Set<String> SECRETS =
      Set.of("authorization", "cookie", "proxy-authorization", "set-cookie");

  final byte[] octets;

  /// In the static table; 0 when it is not there.
  final int index;

  /// Whether its values are nobody's business.
  final boolean secret;

  /// Where its value stands in the [SentTable]; 0 for nowhere.
  long entry;

  byte[] value = {};
  private int last;

  SentName(String name) {
    this.octets = Octets.ascii(name);
    this.index = StaticTable.find(name);
    this.secret = SECRETS.contains(name);
  }

  /// Whether that value is the one in the table.
  boolean is(byte[] bytes, int offset, int length) {
    return Arrays.equals(value, 0, value.length, bytes, offset, offset + length);
  }

  /// Whether that value, or one that looks much like it, was the last one too.
  boolean again(byte[] bytes, int offset, int length) {
    int sum = length + 1;
    int end = offset + length;
    for (int i = Math.max(offset, end - 16); i < end; i++) {
      sum = sum * 31 + bytes[i];
    }
    boolean same = sum == last;
    last = sum;
    return same;
  }
}
