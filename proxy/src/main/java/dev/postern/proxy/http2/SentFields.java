package dev.postern.proxy.http2;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.WebSocketKey;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/// Makes header fields into what HPACK encodes. Everything is copied: HPACK's table keeps it.
public final class SentFields {
  private static final AsciiString[] KNOWN =
      Arrays.stream(HeaderName.values())
          .map(name -> AsciiString.cached(name.text()))
          .toArray(AsciiString[]::new);
  private static final AsciiString CONTENT_LENGTH = KNOWN[HeaderName.CONTENT_LENGTH.ordinal()];
  private static final AsciiString TE = KNOWN[HeaderName.TE.ordinal()];
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString[] METHODS = {
    AsciiString.cached("GET"), AsciiString.cached("POST"), AsciiString.cached("HEAD")
  };
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
  private static final int LONGEST_NUMBER = 19;

  private static final AsciiString REQUEST_ID = KNOWN[HeaderName.X_REQUEST_ID.ordinal()];

  private SentFields() {}

  /// Whether a field's value never comes again: in HPACK's table it would only drive out what does
  /// (RFC 7541 6.2.3).
  @SuppressWarnings("ReferenceEquality") // all names of ours are these instances
  public static boolean unique(CharSequence name, CharSequence value) {
    return name == REQUEST_ID;
  }

  /// A response's head. Fields that are about the connection are left out (RFC 9113 8.2.2).
  public static Http2Headers head(ResponseHead head) {
    // RFC 9110 8.6: no length in a 1xx or 204.
    boolean length = head.contentLength() >= 0 && head.status() >= 200 && head.status() != 204;
    AsciiString[] fields = fields(head.headers(), length ? 1 : 0);
    if (length) {
      fields[fields.length - 2] = CONTENT_LENGTH;
      fields[fields.length - 1] = decimal(head.contentLength());
    }
    AsciiString status = HttpResponseStatus.valueOf(head.status()).codeAsText();
    return ReadOnlyHttp2Headers.serverHeaders(false, status, fields);
  }

  /// A request's head. Its scheme is that of the connection, which some servers insist on
  /// (Kestrel).
  public static Http2Headers head(RequestHead head, boolean secure) {
    boolean length = head.contentLength() >= 0;
    boolean trailers = head.takesTrailers();
    AsciiString[] fields = fields(head.headers(), (length ? 1 : 0) + (trailers ? 1 : 0));
    int at = fields.length;
    if (length) {
      fields[--at] = decimal(head.contentLength());
      fields[--at] = CONTENT_LENGTH;
    }
    if (trailers) {
      fields[--at] = TRAILERS;
      fields[--at] = TE;
    }
    return request(head, method(head), secure, fields);
  }

  /// The head of a request for a WebSocket (RFC 8441 4): a CONNECT with the protocol's name, and
  /// without the key that HTTP/1.1 has.
  public static Http2Headers connect(RequestHead head, boolean secure) {
    HeaderBlock block = new HeaderBlock();
    block.addAll(head.headers());
    block.removeAll(WebSocketKey.KEY);
    AsciiString[] fields = fields(block, 1);
    // Pseudo-header fields come first.
    System.arraycopy(fields, 0, fields, 2, fields.length - 2);
    fields[0] = PROTOCOL;
    fields[1] = WEBSOCKET;
    return request(head, CONNECT, secure, fields);
  }

  private static Http2Headers request(
      RequestHead head, AsciiString method, boolean secure, AsciiString[] fields) {
    byte[] bytes = head.bytes();
    return ReadOnlyHttp2Headers.clientHeaders(
        false,
        method,
        new AsciiString(bytes, head.pathOffset(), head.pathLength() + head.queryLength(), true),
        secure ? HTTPS : HTTP,
        new AsciiString(bytes, head.authorityOffset(), head.authorityLength(), true),
        fields);
  }

  private static AsciiString method(RequestHead head) {
    for (AsciiString known : METHODS) {
      if (head.methodIs(known.array())) {
        return known;
      }
    }
    return new AsciiString(head.bytes(), head.methodOffset(), head.methodLength(), true);
  }

  /// A trailer section.
  public static Http2Headers trailers(HeaderBlock trailers) {
    return ReadOnlyHttp2Headers.trailers(false, fields(trailers, 0));
  }

  private static AsciiString decimal(long number) {
    byte[] digits = new byte[LONGEST_NUMBER];
    return new AsciiString(digits, 0, Octets.writeDecimal(digits, 0, number), false);
  }

  private static AsciiString[] fields(HeaderBlock block, int more) {
    int wanted = more;
    for (int i = 0; i < block.count(); i++) {
      if (!connection(block.name(i))) {
        wanted++;
      }
    }
    AsciiString[] fields = new AsciiString[wanted * 2];
    byte[] bytes = block.bytes();
    int at = 0;
    for (int i = 0; i < block.count(); i++) {
      HeaderName name = block.name(i);
      if (connection(name)) {
        continue;
      }
      fields[at++] =
          name == HeaderName.OTHER
              ? new AsciiString(bytes, block.nameOffset(i), block.nameLength(i), true)
              : KNOWN[name.ordinal()];
      fields[at++] = new AsciiString(bytes, block.valueOffset(i), block.valueLength(i), true);
    }
    return fields;
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
