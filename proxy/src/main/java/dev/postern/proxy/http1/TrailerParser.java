package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;

/// Reads a trailer section (RFC 9112 7.1.2). Fields that would change how a message is framed,
/// routed or read are dropped (RFC 9110 6.5.1).
final class TrailerParser extends HeadParser {
  private final HeaderBlock fields = new HeaderBlock();

  TrailerParser(int maxOctets, int maxFields) {
    super(maxOctets, maxFields);
  }

  void begin() {
    fields.clear();
    begin(fields);
    skipStartLine();
  }

  HeaderBlock fields() {
    return fields;
  }

  @Override
  boolean startLine(HeaderBlock b, int from, int to) {
    return false;
  }

  @Override
  boolean special(HeaderBlock b, HeaderName name, int field) {
    switch (name) {
      case HOST, EXPECT, TE, TRAILER, UPGRADE, KEEP_ALIVE, PROXY_CONNECTION, CONTENT_TYPE ->
          b.remove(field);
      default -> {}
    }
    return true;
  }

  @Override
  boolean finish() {
    fields.removeAll(HeaderName.CONNECTION);
    return true;
  }

  @Override
  Malformed tooLongStart() {
    return Malformed.HEAD_TOO_LARGE;
  }
}
