package dev.postern.proxy.route;

import dev.postern.ir.QueryMatch;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A query parameter is there and its value looks as it must. The query is split at `&` and each
/// part at its first `=`, and compared as the client wrote it: as in Envoy, nothing is
/// percent-decoded and `+` is no space. Without a `=` the value is empty. The first parameter of
/// that name counts.
final class QueryCondition implements Candidate.Condition {
  private final byte[] name;
  private final ValueTest test;

  private QueryCondition(byte[] name, ValueTest test) {
    this.name = name;
    this.test = test;
  }

  static QueryCondition of(QueryMatch match) {
    return new QueryCondition(
        match.name().getBytes(StandardCharsets.UTF_8), ValueTest.of(match.value()));
  }

  @Override
  public boolean holds(RequestHead head) {
    byte[] bytes = head.bytes();
    int from = head.pathOffset() + head.pathLength() + 1;
    int end = from - 1 + head.queryLength();
    while (from < end) {
      int stop = indexOf(bytes, '&', from, end);
      int equals = indexOf(bytes, '=', from, stop);
      if (equals - from == name.length
          && Arrays.equals(name, 0, name.length, bytes, from, equals)) {
        int value = Math.min(equals + 1, stop);
        return test.accepts(bytes, value, stop - value);
      }
      from = stop + 1;
    }
    return false;
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int end) {
    int i = from;
    while (i < end && bytes[i] != wanted) {
      i++;
    }
    return i;
  }
}
