package dev.postern.proxy.upstream;

import dev.postern.ir.LbPolicy.HashOn;
import dev.postern.proxy.message.Cookies;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.RequestOrigin;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What makes requests alike.
final class HashKey {
  private HashKey() {}

  /// Null for a request that has nothing of that.
  static byte @Nullable [] of(HashOn on, RequestHead request) {
    HeaderBlock headers = request.headers();
    return switch (on) {
      case HashOn.SourceIp() -> {
        RequestOrigin origin = request.origin();
        yield origin == null ? null : origin.remoteAddress();
      }
      case HashOn.Header(String name) when name.equals("host") ->
          value(headers, request.authorityOffset(), request.authorityLength());
      case HashOn.Header(String name) -> {
        int field = headers.find(Octets.ascii(name), 0);
        yield field < 0
            ? null
            : value(headers, headers.valueOffset(field), headers.valueLength(field));
      }
      case HashOn.Cookie(String name) -> Cookies.find(headers, Octets.ascii(name));
    };
  }

  private static byte @Nullable [] value(HeaderBlock headers, int offset, int length) {
    return length == 0 ? null : Arrays.copyOfRange(headers.bytes(), offset, offset + length);
  }
}
