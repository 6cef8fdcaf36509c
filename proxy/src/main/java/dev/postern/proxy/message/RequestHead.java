package dev.postern.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The head of a request: where its parts stand in the arena of its [HeaderBlock]. Filled by the
/// HTTP/1.1 parser or from HTTP/2 pseudo-headers alike; `host` is not among the fields (the
/// authority holds it), hop-by-hop fields still are. Reused; not thread-safe.
public final class RequestHead {
  /// No Content-Length.
  public static final long UNKNOWN_LENGTH = -1;

  private static final byte[][] IDEMPOTENT = {
    Octets.ascii("GET"),
    Octets.ascii("HEAD"),
    Octets.ascii("OPTIONS"),
    Octets.ascii("PUT"),
    Octets.ascii("DELETE"),
    Octets.ascii("TRACE")
  };

  private final HeaderBlock headers = new HeaderBlock();
  private int methodOffset;
  private int methodLength;
  private int pathOffset;
  private int pathLength;
  private int queryLength;
  private int receivedOffset;
  private int receivedLength;
  private int authorityOffset;
  private int authorityLength;
  private int hostOffset;
  private int hostLength;
  private long contentLength;
  private boolean chunked;
  private @Nullable RequestOrigin origin;
  private String protocol = "";
  private boolean takesTrailers;
  private boolean websocket;
  private boolean targetNeverIndexed;
  private boolean authorityNeverIndexed;

  /// Forgets everything.
  public void clear() {
    headers.clear();
    methodOffset = 0;
    methodLength = 0;
    pathOffset = 0;
    pathLength = 0;
    queryLength = 0;
    receivedOffset = 0;
    receivedLength = 0;
    authorityOffset = 0;
    authorityLength = 0;
    hostOffset = 0;
    hostLength = 0;
    contentLength = UNKNOWN_LENGTH;
    chunked = false;
    takesTrailers = false;
    websocket = false;
    targetNeverIndexed = false;
    authorityNeverIndexed = false;
  }

  /// Becomes a request without fields.
  ///
  /// @param target path and query in origin form
  public void begin(byte[] method, byte[] authority, byte[] target) {
    clear();
    method(put(method), method.length);
    var _ = target(put(target), target.length); // what this proxy asks for climbs nowhere
    authority(put(authority), authority.length);
  }

  private int put(byte[] octets) {
    byte[] to = headers.room(octets.length);
    int at = headers.length();
    System.arraycopy(octets, 0, to, at, octets.length);
    headers.extend(octets.length);
    return at;
  }

  /// Becomes the same as another, in memory of its own.
  public void copy(RequestHead from) {
    headers.copy(from.headers);
    methodOffset = from.methodOffset;
    methodLength = from.methodLength;
    pathOffset = from.pathOffset;
    pathLength = from.pathLength;
    queryLength = from.queryLength;
    receivedOffset = from.receivedOffset;
    receivedLength = from.receivedLength;
    authorityOffset = from.authorityOffset;
    authorityLength = from.authorityLength;
    hostOffset = from.hostOffset;
    hostLength = from.hostLength;
    contentLength = from.contentLength;
    chunked = from.chunked;
    origin = from.origin;
    protocol = from.protocol;
    takesTrailers = from.takesTrailers;
    websocket = from.websocket;
    targetNeverIndexed = from.targetNeverIndexed;
    authorityNeverIndexed = from.authorityNeverIndexed;
  }

  /// Says where it comes from.
  ///
  /// @param clientProtocol `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`
  public void from(RequestOrigin where, String clientProtocol) {
    origin = where;
    protocol = clientProtocol;
  }

  /// Where it comes from, when somebody said so.
  public @Nullable RequestOrigin origin() {
    return origin;
  }

  /// What the client speaks; empty when nobody said so.
  public String protocol() {
    return protocol;
  }

  public HeaderBlock headers() {
    return headers;
  }

  /// The arena that all offsets refer to.
  public byte[] bytes() {
    return headers.bytes();
  }

  public void method(int offset, int length) {
    methodOffset = offset;
    methodLength = length;
  }

  public int methodOffset() {
    return methodOffset;
  }

  public int methodLength() {
    return methodLength;
  }

  /// Sets path and query in origin form, starting with `/`, or `*` alone. Dot segments are resolved
  /// in place.
  ///
  /// @return false when the path climbs above the root: then it is left as it came
  public boolean target(int offset, int length) {
    boolean within = split(offset, length);
    receivedOffset = pathOffset;
    receivedLength = pathLength + queryLength;
    return within;
  }

  /// Sets another path and query, for the backend; what the client asked for stays known.
  public void rewrite(int offset, int length) {
    var _ = split(offset, length); // what a route says climbs nowhere
  }

  private boolean split(int offset, int length) {
    pathOffset = offset;
    byte[] bytes = headers.bytes();
    int path = 0;
    boolean dots = false;
    while (path < length && bytes[offset + path] != '?') {
      dots |=
          bytes[offset + path] == '/'
              && DotSegments.start(bytes, offset + path + 1, offset + length);
      path++;
    }
    pathLength = path;
    queryLength = length - path;
    if (!dots) {
      return true;
    }
    int resolved = DotSegments.resolve(bytes, offset, path);
    if (resolved < 0) {
      return false;
    }
    System.arraycopy(bytes, offset + path, bytes, offset + resolved, queryLength);
    pathLength = resolved;
    return true;
  }

  /// Where the path starts; the query, if there is one, follows it in the arena.
  public int pathOffset() {
    return pathOffset;
  }

  /// Without the query.
  public int pathLength() {
    return pathLength;
  }

  /// The `?` and what follows; 0 when there is none.
  public int queryLength() {
    return queryLength;
  }

  /// Sets the authority as the client wrote it: a host and perhaps `:port`.
  public void authority(int offset, int length) {
    authorityOffset = offset;
    authorityLength = length;
    hostOffset = offset;
    hostLength = hostLength(headers.bytes(), offset, length);
    byte[] bytes = headers.bytes();
    for (int i = 0; i < hostLength; i++) {
      if (Octets.lower(bytes[offset + i]) != bytes[offset + i]) {
        lowerHost();
        return;
      }
    }
  }

  public int authorityOffset() {
    return authorityOffset;
  }

  /// With the port.
  public int authorityLength() {
    return authorityLength;
  }

  /// Where the host stands in lower case, for matching.
  public int hostOffset() {
    return hostOffset;
  }

  /// Of the host without the port.
  public int hostLength() {
    return hostLength;
  }

  /// Octets of the body, or [#UNKNOWN_LENGTH].
  public long contentLength() {
    return contentLength;
  }

  public void contentLength(long octets) {
    contentLength = octets;
  }

  /// Whether a body of unknown length follows.
  public boolean chunked() {
    return chunked;
  }

  public void chunked(boolean chunked) {
    this.chunked = chunked;
  }

  /// Whether the client said that it takes trailers: `TE: trailers`, once it is taken out of the
  /// fields.
  public boolean takesTrailers() {
    return takesTrailers;
  }

  public void takesTrailers(boolean takesTrailers) {
    this.takesTrailers = takesTrailers;
  }

  /// Whether it asks to switch to a WebSocket (RFC 6455 4.1, RFC 8441 4): then the method is GET,
  /// also where HTTP/2 has CONNECT, and there is no body.
  public boolean websocket() {
    return websocket;
  }

  public void websocket(boolean websocket) {
    this.websocket = websocket;
  }

  /// Says whether the client wants them kept in no table: see [HeaderBlock#neverIndexed].
  public void neverIndexed(boolean target, boolean authority) {
    targetNeverIndexed = target;
    authorityNeverIndexed = authority;
  }

  public boolean targetNeverIndexed() {
    return targetNeverIndexed;
  }

  public boolean authorityNeverIndexed() {
    return authorityNeverIndexed;
  }

  /// Whether the method is that one, given in upper case.
  public boolean methodIs(byte[] method) {
    return methodLength == method.length
        && Arrays.equals(
            headers.bytes(), methodOffset, methodOffset + methodLength, method, 0, method.length);
  }

  /// Whether it does the same sent once or twice, by its method (RFC 9110 9.2.2).
  public boolean idempotent() {
    for (byte[] method : IDEMPOTENT) {
      if (methodIs(method)) {
        return true;
      }
    }
    return false;
  }

  /// For logs and regular expressions: allocates.
  public String methodText() {
    return text(methodOffset, methodLength);
  }

  /// Without the query: allocates.
  public String pathText() {
    return text(pathOffset, pathLength);
  }

  /// Path and query as the client sent them: allocates.
  public String targetText() {
    return text(receivedOffset, receivedLength);
  }

  /// The path that routes matched, whatever it was rewritten to, with the query that the backend
  /// gets: allocates.
  public byte[] matchedTarget() {
    byte[] bytes = headers.bytes();
    int path = 0;
    while (path < receivedLength && bytes[receivedOffset + path] != '?') {
      path++;
    }
    byte[] target = new byte[path + queryLength];
    System.arraycopy(bytes, receivedOffset, target, 0, path);
    System.arraycopy(bytes, pathOffset + pathLength, target, path, queryLength);
    return target;
  }

  /// Host and port as the client wrote them: allocates.
  public String authorityText() {
    return text(authorityOffset, authorityLength);
  }

  private void lowerHost() {
    byte[] bytes = headers.room(hostLength);
    hostOffset = headers.length();
    for (int i = 0; i < hostLength; i++) {
      bytes[hostOffset + i] = Octets.lower(bytes[authorityOffset + i]);
    }
    headers.extend(hostLength);
  }

  private String text(int offset, int length) {
    return new String(headers.bytes(), offset, length, StandardCharsets.ISO_8859_1);
  }

  private static int hostLength(byte[] bytes, int offset, int length) {
    for (int i = length - 1; i >= 0; i--) {
      byte b = bytes[offset + i];
      if (b == ':') {
        return i;
      }
      if (b < '0' || b > '9') {
        break;
      }
    }
    return length;
  }
}
