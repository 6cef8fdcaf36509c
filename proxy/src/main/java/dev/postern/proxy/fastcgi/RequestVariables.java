package dev.postern.proxy.fastcgi;

import dev.postern.ir.FastCgiTemplate;
import dev.postern.ir.FastCgiTemplate.Part;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.RequestOrigin;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The values of nginx's variables for one request: where each stands, without copying it before it
/// is written. Not thread-safe.
final class RequestVariables {
  private static final byte[] NOTHING = {};
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");
  private static final byte[] ON = Octets.ascii("on");
  private static final byte[] QUESTION_MARK = Octets.ascii("?");
  private static final byte[] PROXY = Octets.ascii("proxy");
  private static final byte[] CONTENT_TYPE = Octets.ascii(HeaderName.CONTENT_TYPE.text());

  /// A piece of a value.
  sealed interface Piece {
    record Text(byte[] octets) implements Piece {}

    record OfRequest(FastCgiTemplate.Variable variable) implements Piece {}

    record OfHeader(byte[] name) implements Piece {}
  }

  private final RequestHead head;
  private final RequestPath path;
  private final RequestOrigin origin;
  private final byte[] documentRoot;
  private final byte[] protocol;
  private final byte[] requestUri;
  private final byte[] contentLength = new byte[20];
  private final int contentLengthLength;

  private byte[] bytes = NOTHING;
  private int offset;
  private int length;

  /// @param protocol such as `HTTP/1.1`
  /// @param uriIsRewritten whether REQUEST_URI follows a route's URLRewrite
  RequestVariables(
      RequestHead head,
      RequestPath path,
      RequestOrigin origin,
      byte[] documentRoot,
      byte[] protocol,
      boolean uriIsRewritten) {
    this.head = head;
    this.path = path;
    this.origin = origin;
    this.documentRoot = documentRoot;
    this.protocol = protocol;
    this.requestUri = uriIsRewritten ? NOTHING : head.matchedTarget();
    this.contentLengthLength =
        head.contentLength() < 0 ? 0 : Octets.writeDecimal(contentLength, 0, head.contentLength());
  }

  /// Makes a template ready for [#length] and [#write].
  static Piece[] compile(List<Part> parts) {
    List<Piece> pieces = new ArrayList<>();
    for (Part part : parts) {
      switch (part) {
        case FastCgiTemplate.Text(String text) ->
            pieces.add(new Piece.Text(text.getBytes(StandardCharsets.UTF_8)));
        case FastCgiTemplate.OfRequest(FastCgiTemplate.Variable variable) ->
            pieces.add(new Piece.OfRequest(variable));
        case FastCgiTemplate.OfHeader(String name) ->
            pieces.add(new Piece.OfHeader(Octets.ascii(name)));
        case FastCgiTemplate.Unknown _ -> {}
      }
    }
    return pieces.toArray(Piece[]::new);
  }

  /// Octets of the value.
  int length(Piece[] value) {
    int sum = 0;
    for (Piece piece : value) {
      locate(piece);
      sum += length;
    }
    return sum;
  }

  void write(Piece[] value, ByteBuf out) {
    for (Piece piece : value) {
      locate(piece);
      out.writeBytes(bytes, offset, length);
    }
  }

  private void locate(Piece piece) {
    switch (piece) {
      case Piece.Text(byte[] octets) -> at(octets, 0, octets.length);
      case Piece.OfRequest(FastCgiTemplate.Variable variable) -> locate(variable);
      case Piece.OfHeader(byte[] name) -> header(name);
    }
  }

  private void locate(FastCgiTemplate.Variable variable) {
    byte[] arena = head.bytes();
    int query = Math.max(0, head.queryLength() - 1);
    switch (variable) {
      case ARGS, QUERY_STRING ->
          at(arena, head.pathOffset() + head.pathLength() + head.queryLength() - query, query);
      case CONTENT_LENGTH -> at(contentLength, 0, contentLengthLength);
      case CONTENT_TYPE -> header(CONTENT_TYPE);
      case DOCUMENT_ROOT, REALPATH_ROOT -> at(documentRoot, 0, documentRoot.length);
      case DOCUMENT_URI, URI -> at(path.bytes(), 0, path.uriLength());
      case FASTCGI_PATH_INFO -> at(path.bytes(), path.infoOffset(), path.infoLength());
      case FASTCGI_SCRIPT_NAME -> at(path.script(), 0, path.scriptLength());
      case HOST, SERVER_NAME -> at(arena, head.hostOffset(), head.hostLength());
      case HTTP_HOST -> at(arena, head.authorityOffset(), head.authorityLength());
      case HTTPS -> whole(origin.tls() ? ON : NOTHING);
      case IS_ARGS -> whole(query > 0 ? QUESTION_MARK : NOTHING);
      case REMOTE_ADDR -> whole(origin.remoteAddress());
      case REMOTE_PORT -> whole(origin.remotePort());
      case REQUEST_METHOD -> at(arena, head.methodOffset(), head.methodLength());
      case REQUEST_URI -> {
        if (requestUri.length > 0) {
          whole(requestUri);
        } else {
          at(arena, head.pathOffset(), head.pathLength() + head.queryLength());
        }
      }
      case SCHEME -> whole(origin.tls() ? HTTPS : HTTP);
      case SERVER_ADDR -> whole(origin.localAddress());
      case SERVER_PORT -> whole(origin.localPort());
      case SERVER_PROTOCOL -> whole(protocol);
    }
  }

  /// The first field of that name. Proxy has no value for anybody: see [HeaderParameters].
  private void header(byte[] name) {
    HeaderBlock fields = head.headers();
    int field = Arrays.equals(name, PROXY) ? -1 : fields.find(name, 0);
    if (field < 0) {
      whole(NOTHING);
    } else {
      at(fields.bytes(), fields.valueOffset(field), fields.valueLength(field));
    }
  }

  private void whole(byte[] octets) {
    at(octets, 0, octets.length);
  }

  private void at(byte[] octets, int from, int count) {
    bytes = octets;
    offset = from;
    length = count;
  }
}
