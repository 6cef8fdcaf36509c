package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.WebSocketKey;

/// What a client wants to hear of a backend that agreed to a WebSocket over HTTP/2: the switch, as
/// HTTP/1.1 has it (RFC 8441 5).
final class WebSocketHandshake {
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");

  private final String key;

  WebSocketHandshake(RequestHead request) {
    HeaderBlock headers = request.headers();
    int at = headers.find(WebSocketKey.KEY, 0);
    key = at < 0 ? "" : headers.valueText(at);
  }

  /// Makes the backend's success into that.
  void agreed(ResponseHead head) {
    head.status(101);
    head.contentLength(ResponseHead.UNKNOWN_LENGTH);
    head.bodyless(true);
    HeaderBlock headers = head.headers();
    headers.removeAll(WebSocketKey.ACCEPT);
    headers.add(WebSocketKey.ACCEPT, Octets.ascii(WebSocketKey.answer(key)));
    headers.add(HeaderName.UPGRADE, WEBSOCKET, 0, WEBSOCKET.length);
  }
}
