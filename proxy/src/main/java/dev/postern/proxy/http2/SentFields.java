package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.HpackEncoder;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.WebSocketKey;

/// Which fields a message has in HTTP/2. Those that are about the connection are left out (RFC 9113
/// 8.2.2).
final class SentFields {
  private SentFields() {}

  static void head(ResponseHead head, HpackEncoder to) {
    to.begin();
    to.status(head.status());
    fields(head.headers(), to, false);
    // RFC 9110 8.6: no length in a 1xx or 204.
    if (head.contentLength() >= 0 && head.status() >= 200 && head.status() != 204) {
      to.contentLength(head.contentLength());
    }
  }

  /// A request's scheme is that of the connection, which some servers insist on (Kestrel).
  static void head(RequestHead head, boolean secure, HpackEncoder to) {
    byte[] bytes = head.bytes();
    to.begin();
    to.method(bytes, head.methodOffset(), head.methodLength());
    target(head, secure, to);
    fields(head.headers(), to, false);
    if (head.takesTrailers()) {
      to.takesTrailers();
    }
    if (head.contentLength() >= 0) {
      to.contentLength(head.contentLength());
    }
  }

  /// The head of a request for a WebSocket (RFC 8441 4): a CONNECT with the protocol's name, and
  /// without the key that HTTP/1.1 has.
  static void connect(RequestHead head, boolean secure, HpackEncoder to) {
    to.begin();
    to.connect();
    target(head, secure, to);
    fields(head.headers(), to, true);
  }

  private static void target(RequestHead head, boolean secure, HpackEncoder to) {
    byte[] bytes = head.bytes();
    to.scheme(secure);
    to.authority(
        bytes, head.authorityOffset(), head.authorityLength(), head.authorityNeverIndexed());
    to.path(
        bytes,
        head.pathOffset(),
        head.pathLength() + head.queryLength(),
        head.targetNeverIndexed());
  }

  static void trailers(HeaderBlock trailers, HpackEncoder to) {
    to.begin();
    fields(trailers, to, false);
  }

  private static void fields(HeaderBlock block, HpackEncoder to, boolean withoutKey) {
    for (int i = 0; i < block.count(); i++) {
      if (!connection(block.name(i)) && !(withoutKey && block.nameIs(i, WebSocketKey.KEY))) {
        to.field(block, i);
      }
    }
  }

  private static boolean connection(HeaderName name) {
    return switch (name) {
      case CONNECTION,
          KEEP_ALIVE,
          PROXY_CONNECTION,
          TRANSFER_ENCODING,
          UPGRADE,
          TE,
          HTTP2_SETTINGS ->
          true;
      default -> false;
    };
  }
}
