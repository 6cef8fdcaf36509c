package dev.postern.proxy.exchange;

import dev.postern.ir.PathRewrite;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;

/// A [PathRewrite] made ready (Gateway API, HTTPPathModifier). The result begins with a slash, has
/// exactly one where the replacement meets what follows, and keeps the query.
final class PathReplacement {
  /// The length of what is replaced, without a slash at its end; negative for the whole path.
  private final int prefixLength;

  private final byte[] replacement;

  private PathReplacement(int prefixLength, String replacement) {
    this.prefixLength = prefixLength;
    String rooted = replacement.startsWith("/") ? replacement : "/" + replacement;
    this.replacement = Escape.path(rooted.getBytes(StandardCharsets.UTF_8));
  }

  static PathReplacement of(PathRewrite rewrite) {
    return switch (rewrite) {
      case PathRewrite.Full(String path) -> new PathReplacement(-1, path);
      case PathRewrite.Prefix(String prefix, String replacement) -> {
        String whole = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        yield new PathReplacement(whole.getBytes(StandardCharsets.UTF_8).length, replacement);
      }
    };
  }

  void apply(RequestHead request) {
    HeaderBlock headers = request.headers();
    int pathEnd = request.pathOffset() + request.pathLength();
    int rest = pathEnd;
    int kept = replacement.length;
    if (prefixLength >= 0) {
      rest = Math.min(pathEnd, request.pathOffset() + prefixLength);
      byte[] from = headers.bytes();
      if (rest < pathEnd) {
        // One slash of all that meet.
        while (kept > 0 && replacement[kept - 1] == '/') {
          kept--;
        }
        while (rest + 1 < pathEnd && from[rest] == '/' && from[rest + 1] == '/') {
          rest++;
        }
      }
    }
    int tail = pathEnd - rest + request.queryLength();
    byte[] to = headers.room(kept + tail);
    int start = headers.length();
    System.arraycopy(replacement, 0, to, start, kept);
    System.arraycopy(to, rest, to, start + kept, tail);
    headers.extend(kept + tail);
    request.rewrite(start, kept + tail);
  }
}
