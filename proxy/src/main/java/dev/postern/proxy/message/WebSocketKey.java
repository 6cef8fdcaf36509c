package dev.postern.proxy.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The fields by which both sides of a WebSocket handshake in HTTP/1.1 show that they mean it (RFC
/// 6455 4). HTTP/2 does without (RFC 8441 5).
public final class WebSocketKey {
  /// The client's.
  public static final byte[] KEY = Octets.ascii("sec-websocket-key");

  /// The server's.
  public static final byte[] ACCEPT = Octets.ascii("sec-websocket-accept");

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketKey() {}

  /// Whether a request has the one key that an answer can be made from.
  public static boolean isIn(HeaderBlock request) {
    int first = request.find(KEY, 0);
    return first >= 0 && request.valueLength(first) > 0 && request.find(KEY, first + 1) < 0;
  }

  /// What a server that agrees answers to that key.
  public static String answer(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
