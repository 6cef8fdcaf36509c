package dev.postern.proxy.exchange;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What a client brings back so that its requests go where they went before (GEP-1619).
///
/// It holds two hashes, of a backend's and an endpoint's name, and two times. It is not signed: a
/// key of this process would not hold over a restart or at another replica, and there is nothing to
/// forge. The hashes are only compared with those of the route's own backends and endpoints, so the
/// worst token chooses one of those, which whoever drops the token until the draw is right can do
/// as well; another time makes the forger's own session longer or shorter.
///
/// @param startedAt seconds since 1970
/// @param usedAt likewise
record SessionToken(int backend, int endpoint, int startedAt, int usedAt) {
  private static final int OCTETS = 17;
  private static final byte VERSION = 1;

  /// Letters, digits, `-` and `_`.
  byte[] encode() {
    ByteBuffer octets = ByteBuffer.allocate(OCTETS).put(VERSION);
    octets.putInt(backend).putInt(endpoint).putInt(startedAt).putInt(usedAt);
    return Base64.getUrlEncoder().withoutPadding().encode(octets.array());
  }

  /// Null for anything that is not such a token.
  static @Nullable SessionToken decode(byte[] text) {
    if (text.length != (OCTETS * 8 + 5) / 6) {
      return null;
    }
    ByteBuffer octets;
    try {
      octets = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
    return octets.get() == VERSION
        ? new SessionToken(octets.getInt(), octets.getInt(), octets.getInt(), octets.getInt())
        : null;
  }
}
