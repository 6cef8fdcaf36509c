package dev.postern.proxy.route;

import com.google.re2j.Pattern;
import dev.postern.ir.ValueMatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Whether octets as a whole look as they must. Text stands for its UTF-8 octets, as in Envoy.
sealed interface ValueTest {
  boolean accepts(byte[] bytes, int offset, int length);

  static ValueTest of(ValueMatch match) {
    return switch (match) {
      case ValueMatch.Exact(String value) -> new Exact(value.getBytes(StandardCharsets.UTF_8));
      case ValueMatch.Regex(String re2) -> regex(re2);
    };
  }

  static ValueTest regex(String re2) {
    return new Regex(Pattern.compile(re2));
  }

  final class Exact implements ValueTest {
    final byte[] wanted;

    private Exact(byte[] wanted) {
      this.wanted = wanted;
    }

    @Override
    public boolean accepts(byte[] bytes, int offset, int length) {
      return length == wanted.length
          && Arrays.equals(wanted, 0, length, bytes, offset, offset + length);
    }
  }

  /// Costs up to an octet times an instruction each, so that a long value is not compared with a
  /// large expression: it does not look as it must. 60 KiB are compared with 81 instructions.
  final class Regex implements ValueTest {
    /// Some 50 ms of the event loop.
    private static final long MOST_STEPS = 5_000_000;

    private final Pattern pattern;
    private final long longest;

    private Regex(Pattern pattern) {
      this.pattern = pattern;
      this.longest = MOST_STEPS / Math.max(1, pattern.programSize());
    }

    @Override
    public boolean accepts(byte[] bytes, int offset, int length) {
      return length <= longest
          && pattern.matcher(Arrays.copyOfRange(bytes, offset, offset + length)).matches();
    }
  }
}
