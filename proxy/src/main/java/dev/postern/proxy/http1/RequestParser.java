package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;

/// Reads request heads (RFC 9112 3), strictly.
public final class RequestParser extends HeadParser {
  private static final byte[] GET = Octets.ascii("GET");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] PRI = Octets.ascii("PRI");
  private static final byte[] CONNECT = Octets.ascii("CONNECT");
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");
  private static final byte[] HTTP_SCHEME = Octets.ascii("http://");
  private static final byte[] HTTPS_SCHEME = Octets.ascii("https://");
  private static final byte[] CONTINUE = Octets.ascii("100-continue");
  private static final byte[] VERSION = Octets.ascii("HTTP/1.");
  private static final byte[] HTTP = Octets.ascii("HTTP/");
  private static final byte[] HTTP_LOWER = Octets.ascii("http/");
  private static final int VERSION_LENGTH = 8;

  private RequestHead head = new RequestHead();
  private int hosts;
  private int hostOffset;
  private int hostLength;
  private int uriAuthorityOffset;
  private int uriAuthorityLength;
  private boolean expectContinue;
  private boolean offersWebSocket;

  /// @param maxOctets of the whole head
  /// @param maxFields of header fields
  public RequestParser(int maxOctets, int maxFields) {
    super(maxOctets, maxFields);
  }

  /// Starts with the next request, into `head`.
  public void begin(RequestHead head) {
    this.head = head;
    head.clear();
    hosts = 0;
    hostOffset = 0;
    hostLength = 0;
    uriAuthorityOffset = 0;
    uriAuthorityLength = -1;
    expectContinue = false;
    offersWebSocket = false;
    begin(head.headers());
  }

  /// Whether the client waits for a 100 before it sends the body (RFC 9110 10.1.1).
  public boolean expectContinue() {
    return expectContinue;
  }

  @Override
  boolean startLine(HeaderBlock b, int from, int to) {
    byte[] bytes = b.bytes();
    int at = from;
    while (at < to && Characters.TOKEN[bytes[at] & 0xff] != 0) {
      at++;
    }
    if (at == from || at == to || bytes[at] != ' ') {
      return failed(Malformed.START_LINE);
    }
    head.method(from, at - from);
    if (head.methodIs(PRI)) {
      // RFC 9113 11.6: no method, but the begin of a preface that went wrong.
      return failed(Malformed.START_LINE);
    }
    int target = at + 1;
    int space = target;
    while (space < to && Characters.TARGET[bytes[space] & 0xff]) {
      space++;
    }
    if (space == target || space == to || bytes[space] != ' ') {
      return failed(space < to && bytes[space] == ' ' ? Malformed.START_LINE : Malformed.TARGET);
    }
    if (to - space - 1 != VERSION_LENGTH || !startsWith(bytes, space + 1, VERSION)) {
      return failed(noVersion(bytes, space + 1, to));
    }
    byte minor = bytes[to - 1];
    if (minor != '0' && minor != '1') {
      return failed(Malformed.VERSION);
    }
    http10 = minor == '0';
    return target(bytes, target, space - target);
  }

  private boolean target(byte[] bytes, int offset, int length) {
    if (head.methodIs(CONNECT)) {
      return failed(Malformed.METHOD);
    }
    if (bytes[offset] == '/') {
      return head.target(offset, length) || failed(Malformed.PATH);
    }
    if (length == 1 && bytes[offset] == '*' && head.methodIs(OPTIONS)) {
      head.target(offset, length);
      return true;
    }
    return absolute(bytes, offset, length);
  }

  /// The absolute form: its authority replaces Host (RFC 9112 3.2.2).
  private boolean absolute(byte[] bytes, int offset, int length) {
    int scheme = schemeLength(bytes, offset, length);
    if (scheme == 0) {
      return failed(Malformed.TARGET);
    }
    int start = offset + scheme;
    int end = offset + length;
    int slash = start;
    while (slash < end && bytes[slash] != '/' && bytes[slash] != '?') {
      slash++;
    }
    uriAuthorityOffset = start;
    uriAuthorityLength = slash - start;
    if (slash < end && bytes[slash] == '/') {
      return head.target(slash, end - slash) || failed(Malformed.PATH);
    }
    // An empty path is `/`: the octet before the query, now free, makes room for it.
    int move = uriAuthorityOffset - 1;
    System.arraycopy(bytes, uriAuthorityOffset, bytes, move, uriAuthorityLength);
    uriAuthorityOffset = move;
    bytes[slash - 1] = '/';
    head.target(slash - 1, end - slash + 1);
    return true;
  }

  @Override
  boolean special(HeaderBlock b, HeaderName name, int field) {
    if (name == HeaderName.HOST) {
      hosts++;
      hostOffset = b.valueOffset(field);
      hostLength = b.valueLength(field);
      b.remove(field);
    } else if (name == HeaderName.EXPECT) {
      expectContinue |= b.valueIsIgnoreCase(field, CONTINUE);
    } else if (name == HeaderName.UPGRADE) {
      offersWebSocket |= lists(b, field, WEBSOCKET);
    }
    return true;
  }

  @Override
  boolean finish() {
    if (hosts > 1 || (hosts == 0 && !http10)) {
      return failed(Malformed.HOST);
    }
    if (!validHost(hostOffset, hostLength)
        || (uriAuthorityLength >= 0
            && (uriAuthorityLength == 0 || !validHost(uriAuthorityOffset, uriAuthorityLength)))) {
      return failed(Malformed.HOST);
    }
    if (transferEncodings > 0 && contentLength >= 0) {
      return failed(Malformed.LENGTH_AND_ENCODING);
    }
    if (transferEncodings > 1 || (transferEncodings == 1 && !chunked)) {
      return failed(Malformed.TRANSFER_ENCODING);
    }
    if (chunked && http10) {
      return failed(Malformed.TRANSFER_ENCODING_IN_1_0);
    }
    head.contentLength(chunked ? RequestHead.UNKNOWN_LENGTH : contentLength);
    head.chunked(chunked);
    head.websocket(offersWebSocket && websocket());
    if (uriAuthorityLength >= 0) {
      head.authority(uriAuthorityOffset, uriAuthorityLength);
    } else {
      head.authority(hostOffset, hostLength);
    }
    return true;
  }

  /// An Upgrade that is not for this connection, is in HTTP/1.0 or comes with a body is an ordinary
  /// request (RFC 9110 7.8): where its body ends must not depend on what the backend makes of it.
  private boolean websocket() {
    return connectionUpgrade && !http10 && !chunked && contentLength <= 0 && head.methodIs(GET);
  }

  @Override
  Malformed tooLongStart() {
    HeaderBlock b = block();
    byte[] bytes = b.bytes();
    for (int i = 0; i < b.length(); i++) {
      if (bytes[i] == ' ') {
        return Malformed.TARGET_TOO_LONG;
      }
    }
    // No method is that long.
    return Malformed.START_LINE;
  }

  private boolean validHost(int offset, int length) {
    byte[] bytes = block().bytes();
    for (int i = offset; i < offset + length; i++) {
      if (!Characters.HOST[bytes[i] & 0xff]) {
        return false;
      }
    }
    return true;
  }

  private static int schemeLength(byte[] bytes, int offset, int length) {
    if (length > HTTP_SCHEME.length
        && Octets.equalsIgnoreCase(bytes, offset, HTTP_SCHEME, HTTP_SCHEME.length)) {
      return HTTP_SCHEME.length;
    }
    if (length > HTTPS_SCHEME.length
        && Octets.equalsIgnoreCase(bytes, offset, HTTPS_SCHEME, HTTPS_SCHEME.length)) {
      return HTTPS_SCHEME.length;
    }
    return 0;
  }

  private static boolean startsWith(byte[] bytes, int offset, byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (bytes[offset + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /// What is wrong with what stands where the version belongs. One word that does not even begin
  /// like a version is no slip of a client: whoever says that does not speak HTTP/1.x.
  private static Malformed noVersion(byte[] bytes, int from, int to) {
    if (versionLike(bytes, from, to)) {
      return Malformed.VERSION;
    }
    int compared = Math.min(HTTP_LOWER.length, to - from);
    if (Octets.equalsIgnoreCase(bytes, from, HTTP_LOWER, compared)) {
      return Malformed.START_LINE;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] <= ' ' || bytes[i] == 0x7f) {
        return Malformed.START_LINE;
      }
    }
    return Malformed.NOT_HTTP;
  }

  /// `HTTP/` with digits and a dot: a version, if not one of ours.
  private static boolean versionLike(byte[] bytes, int from, int to) {
    return to - from == VERSION_LENGTH
        && startsWith(bytes, from, HTTP)
        && bytes[from + 5] >= '0'
        && bytes[from + 5] <= '9'
        && bytes[from + 6] == '.'
        && bytes[from + 7] >= '0'
        && bytes[from + 7] <= '9';
  }
}
