package dev.postern.proxy.route;

import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;

/// Request heads as a parser would leave them.
final class Requests {
  private Requests() {}

  /// @param fields names and values in turn
  static RequestHead request(String method, String authority, String target, String... fields) {
    RequestHead head = new RequestHead();
    head.clear();
    byte[] text = (method + target + authority).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, head.headers().room(text.length), 0, text.length);
    head.headers().extend(text.length);
    head.method(0, method.length());
    head.target(method.length(), target.length());
    head.authority(method.length() + target.length(), authority.length());
    for (int i = 0; i < fields.length; i += 2) {
      head.headers().add(fields[i], fields[i + 1]);
    }
    return head;
  }
}
