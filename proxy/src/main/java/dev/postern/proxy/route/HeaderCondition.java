package dev.postern.proxy.route;

import dev.postern.ir.HeaderMatch;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// A header is there and its value looks as it must. Several fields of one name count as one,
/// joined by `,` as Envoy does, but `cookie` by `; ` (RFC 9113 8.2.3). `host` is the authority,
/// with its port if the client sent one.
final class HeaderCondition implements Candidate.Condition {
  private final byte[] name;
  private final byte[] separator;
  private final ValueTest test;
  private final boolean host;

  private HeaderCondition(String name, ValueTest test) {
    this.name = Octets.ascii(name);
    this.separator = Octets.ascii(name.equals("cookie") ? "; " : ",");
    this.test = test;
    this.host = name.equals("host");
  }

  static HeaderCondition of(HeaderMatch match) {
    return new HeaderCondition(match.name(), ValueTest.of(match.value()));
  }

  @Override
  public boolean holds(RequestHead head) {
    if (host) {
      return test.accepts(head.bytes(), head.authorityOffset(), head.authorityLength());
    }
    HeaderBlock headers = head.headers();
    int first = headers.find(name, 0);
    if (first < 0) {
      return false;
    }
    int second = headers.find(name, first + 1);
    if (second < 0) {
      return test.accepts(headers.bytes(), headers.valueOffset(first), headers.valueLength(first));
    }
    if (test instanceof ValueTest.Exact exact) {
      return joinedIs(exact.wanted, headers, first);
    }
    byte[] joined = joined(headers, first);
    return test.accepts(joined, 0, joined.length);
  }

  private boolean joinedIs(byte[] wanted, HeaderBlock headers, int first) {
    int at = 0;
    for (int field = first; field >= 0; field = headers.find(name, field + 1)) {
      if (field != first) {
        if (!hasAt(wanted, at, separator, 0, separator.length)) {
          return false;
        }
        at += separator.length;
      }
      int length = headers.valueLength(field);
      if (!hasAt(wanted, at, headers.bytes(), headers.valueOffset(field), length)) {
        return false;
      }
      at += length;
    }
    return at == wanted.length;
  }

  private static boolean hasAt(byte[] wanted, int at, byte[] part, int offset, int length) {
    return wanted.length - at >= length
        && Arrays.equals(wanted, at, at + length, part, offset, offset + length);
  }

  private byte[] joined(HeaderBlock headers, int first) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (int field = first; field >= 0; field = headers.find(name, field + 1)) {
      if (field != first) {
        joined.write(separator, 0, separator.length);
      }
      joined.write(headers.bytes(), headers.valueOffset(field), headers.valueLength(field));
    }
    return joined.toByteArray();
  }
}
