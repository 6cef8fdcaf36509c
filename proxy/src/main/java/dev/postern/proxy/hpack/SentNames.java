package dev.postern.proxy.hpack;

import dev.postern.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The names that were sent on a connection. Of those that the data path does not know one stands
/// in each place: a second one there drives it out.
final class SentNames {
  private static final int PLACES = 128;

  final SentName path = new SentName(":path");
  final SentName authority = new SentName(":authority");
  private final @Nullable SentName[] known = new SentName[HeaderName.values().length];
  private final @Nullable SentName[] others = new SentName[PLACES];

  SentName of(HeaderName name) {
    SentName there = known[name.ordinal()];
    if (there == null) {
      there = new SentName(name.text());
      known[name.ordinal()] = there;
    }
    return there;
  }

  SentName of(byte[] bytes, int offset, int length) {
    int sum =
        ((length * 31 + bytes[offset]) * 31 + bytes[offset + length / 2]) * 31
            + bytes[offset + length - 1];
    int place = (sum ^ (sum >>> 7)) & (PLACES - 1);
    SentName there = others[place];
    if (there == null
        || !Arrays.equals(there.octets, 0, there.octets.length, bytes, offset, offset + length)) {
      there = new SentName(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
      others[place] = there;
    }
    return there;
  }
}
