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

  final class Regex implements ValueTest {
    private final Pattern pattern;

    private Regex(Pattern pattern) {
      this.pattern = pattern;
    }

    @Override
    public boolean accepts(byte[] bytes, int offset, int length) {
      return pattern.matcher(Arrays.copyOfRange(bytes, offset, offset + length)).matches();
    }
  }
}
