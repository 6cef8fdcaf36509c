package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.ResponseHead;

/// Reads response heads (RFC 9112 4), strictly.
public final class ResponseParser extends HeadParser {
  private static final byte[] VERSION = Octets.ascii("HTTP/1.");

  private ResponseHead head = new ResponseHead();
  private boolean toHead;

  /// @param maxOctets of the whole head
  /// @param maxFields of header fields
  public ResponseParser(int maxOctets, int maxFields) {
    super(maxOctets, maxFields);
  }

  /// Starts with the next response, into `head`.
  ///
  /// @param toHead whether it answers a HEAD request
  public void begin(ResponseHead head, boolean toHead) {
    this.head = head;
    this.toHead = toHead;
    head.clear();
    begin(head.headers());
  }

  /// Whether the request was HEAD.
  public boolean answersHead() {
    return toHead;
  }

  /// Whether the body is chunked; with neither that nor a length it ends with the connection.
  public boolean chunkedBody() {
    return chunked && !head.bodyless();
  }

  @Override
  boolean startLine(HeaderBlock b, int from, int to) {
    byte[] bytes = b.bytes();
    // HTTP/1.x SP 3 digits, then SP and a reason, which may be empty or missing.
    if (to - from < 12 || bytes[from + 8] != ' ') {
      return failed(Malformed.STATUS);
    }
    for (int i = 0; i < VERSION.length; i++) {
      if (bytes[from + i] != VERSION[i]) {
        return failed(Malformed.STATUS);
      }
    }
    byte minor = bytes[from + 7];
    long status = Octets.decimal(bytes, from + 9, 3);
    if ((minor != '0' && minor != '1')
        || status < 100
        || (to - from > 12 && bytes[from + 12] != ' ')) {
      return failed(Malformed.STATUS);
    }
    for (int i = from + 12; i < to; i++) {
      if (!Characters.VALUE[bytes[i] & 0xff]) {
        return failed(Malformed.STATUS);
      }
    }
    http10 = minor == '0';
    head.status((int) status);
    return true;
  }

  @Override
  boolean special(HeaderBlock b, HeaderName name, int field) {
    return true;
  }

  @Override
  boolean finish() {
    int status = head.status();
    head.bodyless(toHead || status < 200 || status == 204 || status == 304);
    if (transferEncodings > 0) {
      if (contentLength >= 0) {
        return failed(Malformed.LENGTH_AND_ENCODING);
      }
      if (transferEncodings > 1 || !chunked || http10) {
        return failed(Malformed.TRANSFER_ENCODING);
      }
    }
    // RFC 9110 8.6: a 1xx or 204 has no Content-Length; what it says there means nothing.
    boolean lengthless = status < 200 || status == 204;
    head.contentLength(lengthless ? ResponseHead.UNKNOWN_LENGTH : contentLength);
    return true;
  }

  @Override
  Malformed tooLongStart() {
    return Malformed.STATUS;
  }
}
