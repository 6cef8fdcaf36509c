package dev.postern.proxy.fastcgi;

import dev.postern.proxy.message.Octets;

/// What a request's path means to a script: decoded once, normalised, split into script and the
/// path behind it. What could mean two things is refused, so that no decoding or joining further on
/// leads out of the document root or to another script:
///
/// - a `%` without two digits behind it, control characters (NUL, CR, LF ...), a backslash;
/// - `..` above the root. Other `.`, `..` and empty segments are resolved, however they were
///   encoded.
///
/// Reused; not thread-safe.
final class RequestPath {
  /// For a configuration: which script a path names.
  ///
  /// @param index appended to a path that ends in `/`; may be empty
  /// @param suffixes in lower case: behind the first segment that ends in one of them the script
  ///   ends
  /// @param onlyScript the script name of every request; empty when the path says it
  record Rules(byte[] index, byte[][] suffixes, byte[] onlyScript) {}

  private byte[] bytes = new byte[256];
  private int uriLength;
  private int scriptLength;
  private byte[] script = bytes;
  private int infoOffset;

  /// Where [#uriLength] octets of decoded path and, from 0 on, usually the script's name are.
  byte[] bytes() {
    return bytes;
  }

  int uriLength() {
    return uriLength;
  }

  /// Where the script's name is, from 0 on.
  byte[] script() {
    return script;
  }

  int scriptLength() {
    return scriptLength;
  }

  /// Where in [#bytes] the path behind the script starts.
  int infoOffset() {
    return infoOffset;
  }

  /// 0 when there is none, else it starts with `/`.
  int infoLength() {
    return uriLength - infoOffset;
  }

  /// Reads a path as it came, without its query.
  ///
  /// @return empty, or why it is refused
  String read(byte[] raw, int offset, int length, Rules rules) {
    if (length == 0 || raw[offset] != '/') {
      return "the path does not start with a slash";
    }
    if (bytes.length < length + rules.index.length) {
      bytes = new byte[length + rules.index.length];
    }
    String refused = decode(raw, offset, length);
    if (refused.isEmpty()) {
      split(rules);
    }
    return refused;
  }

  private String decode(byte[] raw, int offset, int length) {
    byte[] to = bytes;
    to[0] = '/';
    int n = 1;
    int segment = 1;
    int end = offset + length;
    for (int i = offset + 1; i <= end; i++) {
      int c = '/';
      if (i < end) {
        c = raw[i] & 0xff;
        if (c == '%') {
          c = i + 2 < end ? hex(raw[i + 1]) << 4 | hex(raw[i + 2]) : -1;
          i += 2;
        }
        if (c < ' ' || c == 0x7f || c == '\\') {
          return c < 0
              ? "a percent sign in the path is not followed by two digits"
              : "the path has a forbidden character";
        }
        if (c != '/') {
          to[n++] = (byte) c;
          continue;
        }
      }
      // A segment is complete.
      if (n - segment == 1 && to[segment] == '.') {
        n = segment;
      } else if (n - segment == 2 && to[segment] == '.' && to[segment + 1] == '.') {
        if (segment == 1) {
          return "the path leads above the root";
        }
        n = segment - 1;
        while (to[n - 1] != '/') {
          n--;
        }
      } else if (n > segment && i < end) {
        to[n++] = '/';
      }
      segment = n;
    }
    uriLength = n;
    return "";
  }

  private void split(Rules rules) {
    script = bytes;
    infoOffset = uriLength;
    byte[] only = rules.onlyScript;
    if (only.length > 0) {
      script = only;
      scriptLength = only.length;
      if (rules.suffixes.length > 0 && isScript(only)) {
        infoOffset = only.length;
      }
      return;
    }
    int end = scriptEnd(rules.suffixes);
    if (end > 0) {
      scriptLength = end;
      infoOffset = end;
    } else {
      scriptLength = uriLength;
      if (bytes[uriLength - 1] == '/') {
        System.arraycopy(rules.index, 0, bytes, uriLength, rules.index.length);
        scriptLength += rules.index.length;
      }
    }
  }

  /// Whether the path is that script's, perhaps with more behind it.
  private boolean isScript(byte[] name) {
    if (uriLength < name.length || (uriLength > name.length && bytes[name.length] != '/')) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes[i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  /// Where the first segment ends that ends in one of the suffixes; 0 when none does. Octets are
  /// compared, and of letters only ASCII's in either case: nothing here changes a length.
  private int scriptEnd(byte[][] suffixes) {
    if (suffixes.length == 0) {
      return 0;
    }
    int start = 1;
    for (int i = 1; i <= uriLength; i++) {
      if (i == uriLength || bytes[i] == '/') {
        for (byte[] suffix : suffixes) {
          if (i - start >= suffix.length
              && Octets.equalsIgnoreCase(bytes, i - suffix.length, suffix, suffix.length)) {
            return i;
          }
        }
        start = i + 1;
      }
    }
    return 0;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
