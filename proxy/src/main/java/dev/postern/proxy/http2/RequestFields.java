package dev.postern.proxy.http2;

import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes the fields of a request or of its trailers as HPACK decodes them, checks each (RFC 9113
/// 8.2, 8.3.1) and lays it into the arena of a [RequestHead].
public final class RequestFields extends ReceivedFields {
  private static final byte[] METHOD = Octets.ascii(":method");
  private static final byte[] SCHEME = Octets.ascii(":scheme");
  private static final byte[] AUTHORITY = Octets.ascii(":authority");
  private static final byte[] PATH = Octets.ascii(":path");
  private static final byte[] PROTOCOL = Octets.ascii(":protocol");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final AsciiString GET = AsciiString.cached("GET");
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");
  private static final byte[] CONNECT = Octets.ascii("CONNECT");
  private static final byte[] PRI = Octets.ascii("PRI");
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");
  private static final byte[][] WITH_BODY = {
    Octets.ascii("POST"), Octets.ascii("PUT"), Octets.ascii("PATCH")
  };
  private static final byte[] TRAILERS = Octets.ascii("trailers");

  private final int maxFields;
  private RequestHead head = new RequestHead();
  private @Nullable Malformed failure;
  private boolean pseudo;
  private boolean regular;
  private AsciiString method = NONE;
  private AsciiString scheme = NONE;
  private AsciiString authority = NONE;
  private AsciiString path = NONE;
  private AsciiString protocol = NONE;
  private int hosts;
  private AsciiString host = NONE;
  private int cookies;
  private long contentLength;

  /// @param maxFields of one head or trailer section
  public RequestFields(int maxFields) {
    this.maxFields = maxFields;
  }

  /// Starts with the next section, into `head`.
  public void begin(RequestHead head) {
    this.head = head;
    head.clear();
    failure = null;
    pseudo = false;
    regular = false;
    method = NONE;
    scheme = NONE;
    authority = NONE;
    path = NONE;
    protocol = NONE;
    hosts = 0;
    host = NONE;
    cookies = 0;
    contentLength = RequestHead.UNKNOWN_LENGTH;
  }

  /// Called for each field.
  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (failure == null) {
      failure = take(AsciiString.of(name), AsciiString.of(value));
    }
    return this;
  }

  /// Ends a request's head.
  ///
  /// @param end whether no body follows
  /// @return what is wrong with it, or null
  public @Nullable Malformed request(boolean end) {
    // Also of a request that is refused: the log shows what it was.
    boolean connect = is(method, CONNECT) && !protocol.isEmpty();
    put(connect ? GET : method, Field.METHOD);
    put(path, Field.PATH);
    put(authority.isEmpty() ? host : authority, Field.AUTHORITY);
    if (failure == null) {
      failure = check(end);
    }
    if (failure == null && connect) {
      head.websocket(true);
      joinCookies();
    } else if (failure == null) {
      // Trailers that were announced need a body in chunks in HTTP/1.1.
      boolean lengthless = !end && head.headers().has(HeaderName.TRAILER);
      head.contentLength(lengthless ? RequestHead.UNKNOWN_LENGTH : contentLength);
      head.chunked(!end && head.contentLength() < 0);
      if (end && contentLength < 0 && is(method, WITH_BODY)) {
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

  /// Ends a trailer section.
  ///
  /// @return what is wrong with it, or null
  public @Nullable Malformed trailers() {
    if (failure == null && pseudo) {
      failure = Malformed.PSEUDO_FIELD;
    }
    dropUnfitForTrailers(head.headers());
    return failure;
  }

  private @Nullable Malformed take(AsciiString name, AsciiString value) {
    if (name.isEmpty()) {
      return Malformed.FIELD_NAME;
    }
    if (name.byteAt(0) == ':') {
      pseudo = true;
      return regular ? Malformed.PSEUDO_FIELD : takePseudo(name, value);
    }
    regular = true;
    if (head.headers().count() >= maxFields) {
      return Malformed.TOO_MANY_FIELDS;
    }
    return takeRegular(name, value);
  }

  private @Nullable Malformed takePseudo(AsciiString name, AsciiString value) {
    AsciiString before;
    if (is(name, METHOD)) {
      before = method;
      method = value;
    } else if (is(name, PATH)) {
      before = path;
      path = value;
    } else if (is(name, SCHEME)) {
      before = scheme;
      scheme = value;
    } else if (is(name, AUTHORITY)) {
      before = authority;
      authority = value;
    } else if (is(name, PROTOCOL)) {
      before = protocol;
      protocol = value;
    } else {
      return Malformed.PSEUDO_FIELD;
    }
    return before.isEmpty() && !value.isEmpty() ? null : Malformed.PSEUDO_FIELD;
  }

  private @Nullable Malformed takeRegular(AsciiString name, AsciiString value) {
    HeaderBlock block = head.headers();
    Malformed wrong = lay(block, name, value);
    if (wrong != null) {
      return wrong;
    }
    int field = block.count() - 1;
    return switch (block.name(field)) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE ->
          Malformed.CONNECTION_FIELD;
      case TE -> block.valueIsIgnoreCase(field, TRAILERS) ? null : Malformed.CONNECTION_FIELD;
      case HOST -> {
        hosts++;
        host = value;
        block.remove(field);
        yield null;
      }
      case CONTENT_LENGTH -> {
        long before = contentLength;
        contentLength =
            Octets.decimal(block.bytes(), block.valueOffset(field), block.valueLength(field));
        block.remove(field);
        yield before >= 0 || contentLength < 0 ? Malformed.CONTENT_LENGTH : null;
      }
      case COOKIE -> {
        cookies++;
        yield null;
      }
      default -> null;
    };
  }

  private @Nullable Malformed check(boolean end) {
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
    for (int i = 0; i < method.length(); i++) {
      if (!Characters.token(method.byteAt(i))) {
        return Malformed.METHOD;
      }
    }
    boolean known =
        scheme.length() == HTTP.length
            ? same(scheme, HTTP)
            : scheme.length() == HTTPS.length && same(scheme, HTTPS);
    if (!known) {
      return Malformed.PSEUDO_FIELD;
    }
    Malformed wrong = target();
    if (wrong == null) {
      wrong = host();
    }
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
    if (protocol.length() != WEBSOCKET.length || !same(protocol, WEBSOCKET)) {
      return Malformed.CONNECT_PROTOCOL;
    }
    return end || contentLength >= 0 ? Malformed.CONNECT_BODY : null;
  }

  private @Nullable Malformed target() {
    if (path.byteAt(0) != '/'
        && !(path.length() == 1 && path.byteAt(0) == '*' && is(method, OPTIONS))) {
      return Malformed.TARGET;
    }
    for (int i = 0; i < path.length(); i++) {
      if (!Characters.target(path.byteAt(i))) {
        return Malformed.TARGET;
      }
    }
    return null;
  }

  private @Nullable Malformed host() {
    AsciiString name = authority.isEmpty() ? host : authority;
    if (hosts > 1 || name.isEmpty()) {
      return Malformed.HOST;
    }
    if (hosts == 1 && !authority.isEmpty() && !authority.contentEqualsIgnoreCase(host)) {
      return Malformed.HOST;
    }
    for (int i = 0; i < name.length(); i++) {
      if (!Characters.host(name.byteAt(i))) {
        return Malformed.HOST;
      }
    }
    return null;
  }

  private enum Field {
    METHOD,
    PATH,
    AUTHORITY
  }

  private void put(AsciiString value, Field field) {
    int length = value.length();
    if (length == 0) {
      return;
    }
    HeaderBlock block = head.headers();
    byte[] to = block.room(length);
    int at = block.length();
    System.arraycopy(value.array(), value.arrayOffset(), to, at, length);
    block.extend(length);
    switch (field) {
      case METHOD -> head.method(at, length);
      case PATH -> {
        if (!head.target(at, length) && failure == null) {
          failure = Malformed.PATH;
        }
      }
      case AUTHORITY -> head.authority(at, length);
    }
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

  private static boolean is(AsciiString text, byte[][] any) {
    return Arrays.stream(any).anyMatch(one -> is(text, one));
  }

  private static boolean same(AsciiString text, byte[] lowerCase) {
    return Octets.equalsIgnoreCase(text.array(), text.arrayOffset(), lowerCase, lowerCase.length);
  }

  @Override
  public CharSequence method() {
    return method;
  }

  @Override
  public CharSequence scheme() {
    return scheme;
  }

  @Override
  public CharSequence authority() {
    return authority;
  }

  @Override
  public CharSequence path() {
    return path;
  }
}
