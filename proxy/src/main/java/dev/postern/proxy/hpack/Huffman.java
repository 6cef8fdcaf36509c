package dev.postern.proxy.hpack;

/// HPACK's Huffman code (RFC 7541 appendix B), for reading. It is canonical: codes of one length
/// follow each other in the order of their symbols, and longer ones come after shorter ones. So the
/// lengths say it all.
final class Huffman {
  /// Of the codes of all octets and of the end.
  private static final int[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
    6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23,
    23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22,
    22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26,
    27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
    25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30
  };

  private static final int LONGEST = 30;

  /// Codes up to this long are looked up at once.
  private static final int SHORT = 8;

  /// For each start of a code its symbol and length; 0 where a code is longer.
  private static final short[] AT_ONCE = new short[1 << SHORT];

  /// For each length the first code, how many there are, and where their symbols begin.
  private static final int[] FIRST = new int[LONGEST + 1];

  private static final int[] COUNT = new int[LONGEST + 1];
  private static final int[] START = new int[LONGEST + 1];
  private static final byte[] SYMBOLS = new byte[256];

  static {
    int code = 0;
    int symbols = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code <<= 1;
      FIRST[length] = code;
      START[length] = symbols;
      // The end is no symbol: in a string it is an error (RFC 7541 5.2).
      for (int symbol = 0; symbol < 256; symbol++) {
        if (LENGTHS[symbol] == length) {
          SYMBOLS[symbols++] = (byte) symbol;
          COUNT[length]++;
          if (length <= SHORT) {
            int from = code << (SHORT - length);
            for (int i = from; i < from + (1 << (SHORT - length)); i++) {
              AT_ONCE[i] = (short) ((symbol << 4) | length);
            }
          }
          code++;
        }
      }
    }
  }

  private Huffman() {}

  /// How many octets so many could become at most.
  static int most(int octets) {
    return octets * 8 / 5 + 1;
  }

  /// Decodes a string.
  ///
  /// @param to has room for [#most]
  /// @return where it ends; -1 when it is none
  static int decode(byte[] from, int offset, int length, byte[] to, int at) {
    int in = offset;
    int end = offset + length;
    int out = at;
    long bits = 0;
    int left = 0;
    while (true) {
      while (left <= 48 && in < end) {
        bits = (bits << 8) | (from[in++] & 0xff);
        left += 8;
      }
      if (left < SHORT) {
        return last(bits, left, to, out);
      }
      int found = AT_ONCE[(int) (bits >>> (left - SHORT)) & 0xff];
      if (found != 0) {
        to[out++] = (byte) (found >> 4);
        left -= found & 15;
      } else {
        int size = longer(bits, left);
        if (size == 0) {
          return -1;
        }
        int code = (int) (bits >>> (left - size)) & ((1 << size) - 1);
        to[out++] = SYMBOLS[START[size] + code - FIRST[size]];
        left -= size;
      }
    }
  }

  /// The last bits: codes, and then the begin of the end's code, all ones.
  private static int last(long bits, int left, byte[] to, int at) {
    int out = at;
    int rest = left;
    while (rest > 0) {
      int ones = (1 << (SHORT - rest)) - 1;
      int found = AT_ONCE[(int) ((bits << (SHORT - rest)) | ones) & 0xff];
      if (found == 0 || (found & 15) > rest) {
        int mask = (1 << rest) - 1;
        return ((int) bits & mask) == mask ? out : -1;
      }
      to[out++] = (byte) (found >> 4);
      rest -= found & 15;
    }
    return out;
  }

  /// The length of a long code; 0 when there is none.
  private static int longer(long bits, int left) {
    for (int size = SHORT + 1; size <= Math.min(left, LONGEST); size++) {
      int code = (int) (bits >>> (left - size)) & ((1 << size) - 1);
      if (code - FIRST[size] >= 0 && code - FIRST[size] < COUNT[size]) {
        return size;
      }
    }
    return 0;
  }
}
