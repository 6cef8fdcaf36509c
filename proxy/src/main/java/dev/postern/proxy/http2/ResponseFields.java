package dev.postern.proxy.http2;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/// Makes header fields into what HPACK encodes. Everything is copied: HPACK's table keeps it.
public final class ResponseFields {
  private static final AsciiString[] KNOWN =
      Arrays.stream(HeaderName.values())
          .map(name -> AsciiString.cached(name.text()))
          .toArray(AsciiString[]::new);
  private static final AsciiString CONTENT_LENGTH = KNOWN[HeaderName.CONTENT_LENGTH.ordinal()];
  private static final int LONGEST_NUMBER = 19;

  private ResponseFields() {}

  /// A response's head. Fields that are about the connection are left out (RFC 9113 8.2.2).
  public static Http2Headers head(ResponseHead head) {
    // RFC 9110 8.6: no length in a 1xx or 204.
    boolean length = head.contentLength() >= 0 && head.status() >= 200 && head.status() != 204;
    AsciiString[] fields = fields(head.headers(), length ? 1 : 0);
    if (length) {
      byte[] digits = new byte[LONGEST_NUMBER];
      int end = Octets.writeDecimal(digits, 0, head.contentLength());
      fields[fields.length - 2] = CONTENT_LENGTH;
      fields[fields.length - 1] = new AsciiString(digits, 0, end, false);
    }
    AsciiString status = HttpResponseStatus.valueOf(head.status()).codeAsText();
    return ReadOnlyHttp2Headers.serverHeaders(false, status, fields);
  }

  /// A trailer section.
  public static Http2Headers trailers(HeaderBlock trailers) {
    return ReadOnlyHttp2Headers.trailers(false, fields(trailers, 0));
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
