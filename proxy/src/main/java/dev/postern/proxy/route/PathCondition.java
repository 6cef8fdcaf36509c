package dev.postern.proxy.route;

import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The path as a whole matches a regular expression. What it begins with for certain is compared
/// first: most requests end there, without an allocation.
final class PathCondition implements Candidate.Condition {
  private final byte[] literal;
  private final ValueTest regex;

  PathCondition(String re2) {
    literal = LiteralPrefix.of(re2).getBytes(StandardCharsets.US_ASCII);
    regex = ValueTest.regex(re2);
  }

  @Override
  public boolean holds(RequestHead head) {
    int offset = head.pathOffset();
    int length = head.pathLength();
    byte[] bytes = head.bytes();
    return length >= literal.length
        && Arrays.equals(literal, 0, literal.length, bytes, offset, offset + literal.length)
        && regex.accepts(bytes, offset, length);
  }
}
