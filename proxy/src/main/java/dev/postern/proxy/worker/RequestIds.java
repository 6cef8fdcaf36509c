package dev.postern.proxy.worker;

import dev.postern.proxy.message.Octets;
import java.util.SplittableRandom;

/// Makes random UUIDs (RFC 9562, version 4) as text. They identify, they protect nothing.
public final class RequestIds {
  private static final byte[] HEX = Octets.ascii("0123456789abcdef");

  private final SplittableRandom random;
  private final byte[] text = new byte[36];

  RequestIds(SplittableRandom random) {
    this.random = random;
  }

  /// The next one, 36 octets; valid until the next call.
  public byte[] next() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    hex(high >>> 32, 8, 0);
    text[8] = '-';
    hex(high >>> 16, 4, 9);
    text[13] = '-';
    hex(high, 4, 14);
    text[18] = '-';
    hex(low >>> 48, 4, 19);
    text[23] = '-';
    hex(low, 12, 24);
    return text;
  }

  private void hex(long value, int digits, int at) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      text[i] = HEX[(int) (rest & 0xf)];
      rest >>>= 4;
    }
  }
}
