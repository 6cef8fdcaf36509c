package dev.postern.proxy.message;

/// Resolves `.` and `..` in paths (RFC 3986 5.2.4, 6.2.2.3), so that what a route sees is what the
/// backend makes of the path. A dot may be written `%2e`. All else is left as it came: `%2F` is no
/// slash, and slashes are not merged.
final class DotSegments {
  private static final int NONE = 0;

  private DotSegments() {}

  /// Whether a segment may be one of dots, by its first octets.
  static boolean start(byte[] bytes, int at, int end) {
    return at < end && (bytes[at] == '.' || bytes[at] == '%');
  }

  /// Resolves in place.
  ///
  /// @return the new length; -1, with nothing changed, when the path climbs above the root
  static int resolve(byte[] bytes, int offset, int length) {
    int end = offset + length;
    if (climbs(bytes, offset, end)) {
      return -1;
    }
    int to = offset;
    int at = offset;
    while (at < end) {
      int next = segmentEnd(bytes, at + 1, end);
      int dots = dots(bytes, at + 1, next);
      if (dots == NONE) {
        System.arraycopy(bytes, at, bytes, to, next - at);
        to += next - at;
      } else {
        to = dots == 1 ? to : lastSlash(bytes, to);
        if (next == end) {
          bytes[to++] = '/';
        }
      }
      at = next;
    }
    return to - offset;
  }

  private static boolean climbs(byte[] bytes, int offset, int end) {
    int depth = 0;
    int at = offset;
    while (at < end && depth >= 0) {
      int next = segmentEnd(bytes, at + 1, end);
      depth +=
          switch (dots(bytes, at + 1, next)) {
            case NONE -> 1;
            case 1 -> 0;
            default -> -1;
          };
      at = next;
    }
    return depth < 0;
  }

  private static int segmentEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '/') {
      at++;
    }
    return at;
  }

  private static int lastSlash(byte[] bytes, int before) {
    int at = before - 1;
    while (bytes[at] != '/') {
      at--;
    }
    return at;
  }

  /// How many dots a segment is made of: one, two, or none when it is of anything else.
  private static int dots(byte[] bytes, int from, int to) {
    int dots = 0;
    int at = from;
    while (at < to) {
      if (bytes[at] == '.') {
        at++;
      } else if (to - at >= 3
          && bytes[at] == '%'
          && bytes[at + 1] == '2'
          && Octets.lower(bytes[at + 2]) == 'e') {
        at += 3;
      } else {
        return NONE;
      }
      dots++;
    }
    return dots <= 2 ? dots : NONE;
  }
}
