package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.Pseudo;
import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The fields of a request (RFC 9113 8.3.1) or of its trailers, laid into a [RequestHead].
public final class RequestFields extends ReceivedFields {
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] GET = Octets.ascii("GET");
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");
  private static final byte[] CONNECT = Octets.ascii("CONNECT");
  private static final byte[] PRI = Octets.ascii("PRI");
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");
  private static final byte[][] WITH_BODY = {
    Octets.ascii("POST"), Octets.ascii("PUT"), Octets.ascii("PATCH")
  };
  private static final byte[] TRAILERS = Octets.ascii("trailers");

  private final Supplier<RequestHead> next;
  private RequestHead head = new RequestHead();
  private final Span method = new Span();
  private final Span scheme = new Span();
  private final Span authority = new Span();
  private final Span path = new Span();
  private final Span protocol = new Span();
  private final Span host = new Span();
  private int hosts;
  private int cookies;

  /// Where a value stands in the head's arena.
  private static final class Span {
    int offset;
    int length;
    boolean neverIndexed;

    void set(int offset, int length, boolean neverIndexed) {
      this.offset = offset;
      this.length = length;
      this.neverIndexed = neverIndexed;
    }

    boolean isEmpty() {
      return length == 0;
    }
  }

  /// @param maxFields of one head or trailer section
  /// @param next says where the next section goes
  public RequestFields(int maxFields, Supplier<RequestHead> next) {
    super(maxFields);
    this.next = next;
  }

  @Override
  public HeaderBlock begin() {
    head = next.get();
    head.clear();
    method.set(0, 0, false);
    scheme.set(0, 0, false);
    authority.set(0, 0, false);
    path.set(0, 0, false);
    protocol.set(0, 0, false);
    host.set(0, 0, false);
    hosts = 0;
    cookies = 0;
    return begin(head.headers());
  }

  /// Ends a request's head.
  ///
  /// @param end whether no body follows
  /// @return what is wrong with it, or null
  public @Nullable Malformed request(boolean end) {
    // Also of a request that is refused: the log shows what it was.
    boolean connect = is(method, CONNECT) && !protocol.isEmpty();
    boolean wellFormedPath = wellFormedPath();
    lay(connect);
    if (failure == null) {
      failure = check(end, wellFormedPath);
    }
    if (failure == null && connect) {
      head.websocket(true);
      joinCookies();
    } else if (failure == null) {
      // Trailers that were announced need a body in chunks in HTTP/1.1.
      boolean lengthless = !end && head.headers().has(HeaderName.TRAILER);
      head.contentLength(lengthless ? RequestHead.UNKNOWN_LENGTH : contentLength);
      head.chunked(!end && head.contentLength() < 0);
      if (end && contentLength < 0 && mayHaveBody()) {
        // RFC 9110 8.6: an HTTP/1.1 server must see that there is no body.
        head.contentLength(0);
      }
      joinCookies();
    }
    return failure;
  }

  /// How long the body is by the client's word, or [RequestHead#UNKNOWN_LENGTH].
  public long contentLength() {
    return contentLength;
  }

  private void lay(boolean connect) {
    if (connect) {
      HeaderBlock block = head.headers();
      System.arraycopy(GET, 0, block.room(GET.length), block.length(), GET.length);
      head.method(block.length(), GET.length);
      block.extend(GET.length);
    } else {
      head.method(method.offset, method.length);
    }
    if (!path.isEmpty() && !head.target(path.offset, path.length) && failure == null) {
      failure = Malformed.PATH;
    }
    Span named = authority.isEmpty() ? host : authority;
    if (!named.isEmpty()) {
      head.authority(named.offset, named.length);
    }
    head.neverIndexed(path.neverIndexed, named.neverIndexed);
  }

  @Override
  @Nullable Malformed takePseudo(
      Pseudo name, int valueOffset, int valueLength, boolean neverIndexed) {
    Span to =
        switch (name) {
          case METHOD -> method;
          case PATH -> path;
          case SCHEME -> scheme;
          case AUTHORITY -> authority;
          case PROTOCOL -> protocol;
          case STATUS, UNKNOWN -> null;
        };
    if (to == null || !to.isEmpty()) {
      return Malformed.PSEUDO_FIELD;
    }
    to.set(valueOffset, valueLength, neverIndexed);
    return null;
  }

  @Override
  @Nullable Malformed takeSpecial(HeaderName name, int field) {
    HeaderBlock block = head.headers();
    return switch (name) {
      case TE -> block.valueIsIgnoreCase(field, TRAILERS) ? null : Malformed.CONNECTION_FIELD;
      case HOST -> {
        hosts++;
        host.set(block.valueOffset(field), block.valueLength(field), block.neverIndexed(field));
        block.remove(field);
        yield null;
      }
      case COOKIE -> {
        cookies++;
        yield null;
      }
      default -> null;
    };
  }

  private @Nullable Malformed check(boolean end, boolean wellFormedPath) {
    if (is(method, CONNECT)) {
      Malformed wrong = connect(end);
      if (wrong != null) {
        return wrong;
      }
    } else if (!protocol.isEmpty()) {
      return Malformed.PSEUDO_FIELD;
    }
    if (method.isEmpty() || scheme.isEmpty() || path.isEmpty()) {
      return Malformed.PSEUDO_FIELD;
    }
    if (is(method, PRI)) {
      // RFC 9113 11.6: to an HTTP/1.1 backend it would look like the begin of a preface.
      return Malformed.METHOD;
    }
    byte[] bytes = head.bytes();
    for (int i = method.offset; i < method.offset + method.length; i++) {
      if (!Characters.token(bytes[i])) {
        return Malformed.METHOD;
      }
    }
    if (!same(scheme, HTTP) && !same(scheme, HTTPS)) {
      return Malformed.PSEUDO_FIELD;
    }
    Malformed wrong = wellFormedPath ? host() : Malformed.TARGET;
    if (wrong == null && end && contentLength > 0) {
      wrong = Malformed.BODY_LENGTH;
    }
    return wrong;
  }

  /// RFC 8441 4. A CONNECT without `:protocol` is for proxies that are chosen by the client.
  private @Nullable Malformed connect(boolean end) {
    if (protocol.isEmpty()) {
      return Malformed.METHOD;
    }
    if (!same(protocol, WEBSOCKET)) {
      return Malformed.CONNECT_PROTOCOL;
    }
    return end || contentLength >= 0 ? Malformed.CONNECT_BODY : null;
  }

  /// Whether the path may be one, as it came: dot segments may take with them what is wrong.
  private boolean wellFormedPath() {
    byte[] bytes = head.bytes();
    if (path.isEmpty()
        || (bytes[path.offset] != '/'
            && !(path.length == 1 && bytes[path.offset] == '*' && is(method, OPTIONS)))) {
      return false;
    }
    for (int i = path.offset; i < path.offset + path.length; i++) {
      if (!Characters.target(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Malformed host() {
    Span name = authority.isEmpty() ? host : authority;
    if (hosts > 1 || name.isEmpty()) {
      return Malformed.HOST;
    }
    byte[] bytes = head.bytes();
    if (hosts == 1 && !authority.isEmpty() && !sameHost(bytes)) {
      return Malformed.HOST;
    }
    for (int i = name.offset; i < name.offset + name.length; i++) {
      if (!Characters.host(bytes[i])) {
        return Malformed.HOST;
      }
    }
    return null;
  }

  private boolean sameHost(byte[] bytes) {
    if (authority.length != host.length) {
      return false;
    }
    for (int i = 0; i < host.length; i++) {
      if (Octets.lower(bytes[authority.offset + i]) != Octets.lower(bytes[host.offset + i])) {
        return false;
      }
    }
    return true;
  }

  /// RFC 9113 8.2.3: crumbs become one field before they leave HTTP/2.
  private void joinCookies() {
    if (cookies < 2) {
      return;
    }
    HeaderBlock block = head.headers();
    int first = block.find(HeaderName.COOKIE, 0);
    int nameOffset = block.nameOffset(first);
    int nameLength = block.nameLength(first);
    int room = 0;
    for (int i = first; i >= 0; i = block.find(HeaderName.COOKIE, i + 1)) {
      room += block.valueLength(i) + 2;
    }
    byte[] bytes = block.room(room);
    int start = block.length();
    int at = start;
    for (int i = first; i >= 0; i = block.find(HeaderName.COOKIE, i + 1)) {
      if (at > start) {
        bytes[at++] = ';';
        bytes[at++] = ' ';
      }
      System.arraycopy(bytes, block.valueOffset(i), bytes, at, block.valueLength(i));
      at += block.valueLength(i);
    }
    block.removeAll(HeaderName.COOKIE);
    block.extend(at - start);
    block.index(nameOffset, nameLength, start, at - start);
  }

  private boolean is(Span value, byte[] octets) {
    return is(value.offset, value.length, octets);
  }

  private boolean mayHaveBody() {
    for (byte[] one : WITH_BODY) {
      if (is(method, one)) {
        return true;
      }
    }
    return false;
  }

  private boolean same(Span value, byte[] lowerCase) {
    return value.length == lowerCase.length
        && Octets.equalsIgnoreCase(head.bytes(), value.offset, lowerCase, lowerCase.length);
  }
}
