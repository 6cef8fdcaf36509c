package dev.postern.proxy.authorization;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.RequestOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// An `envoy.service.auth.v3.CheckRequest` about a request, as protobuf. The body of the request is
/// the last field of the last field of all, so that it need not be copied: it follows what is
/// written here.
final class CheckRequest {
  /// Of `AttributeContext`.
  private static final int SOURCE = 1;

  private static final int DESTINATION = 2;
  private static final int REQUEST = 4;

  /// Of `AttributeContext.Request`.
  private static final int TIME = 1;

  private static final int HTTP = 2;

  /// Of `AttributeContext.HttpRequest`.
  private static final int BODY = 11;

  private static final int RAW_BODY = 12;

  private static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

  private final RequestHead request;
  private final Set<String> allowed;
  private final ByteBuf body;

  /// @param allowed which fields are told; empty for all
  CheckRequest(RequestHead request, Set<String> allowed, ByteBuf body) {
    this.request = request;
    this.allowed = allowed;
    this.body = body;
  }

  private interface Part {
    void write(CodedOutputStream out) throws IOException;
  }

  /// All of it but the body's octets.
  byte[] untilBody() {
    byte[] http = written(this::http);
    byte[] time = written(CheckRequest::time);
    RequestOrigin origin = request.origin();
    byte[] source =
        origin == null ? new byte[0] : peer(origin.remoteAddress(), origin.remotePort());
    byte[] destination =
        origin == null ? new byte[0] : peer(origin.localAddress(), origin.localPort());
    int httpSize = http.length + body.readableBytes();
    int requestSize = size(TIME, time.length) + size(HTTP, httpSize);
    int attributesSize =
        size(SOURCE, source.length)
            + size(DESTINATION, destination.length)
            + size(REQUEST, requestSize);
    return written(out -> {
      begin(out, 1, attributesSize);
      out.writeByteArray(SOURCE, source);
      out.writeByteArray(DESTINATION, destination);
      begin(out, REQUEST, requestSize);
      out.writeByteArray(TIME, time);
      begin(out, HTTP, httpSize);
      out.writeRawBytes(http);
    });
  }

  private void http(CodedOutputStream out) throws IOException {
    HeaderBlock headers = request.headers();
    int id = headers.find(HeaderName.X_REQUEST_ID, 0);
    String target = text(request.pathOffset(), request.pathLength() + request.queryLength());
    RequestOrigin origin = request.origin();
    String scheme = origin != null && origin.tls() ? "https" : "http";
    out.writeString(1, id < 0 ? "" : text(headers.valueOffset(id), headers.valueLength(id)));
    out.writeString(2, request.methodText());
    for (Map.Entry<String, String> field : fields(target, scheme).entrySet()) {
      out.writeByteArray(
          3,
          written(entry -> {
            entry.writeString(1, field.getKey());
            entry.writeString(2, field.getValue());
          }));
    }
    out.writeString(4, target);
    out.writeString(5, request.authorityText());
    out.writeString(6, scheme);
    out.writeInt64(9, size());
    out.writeString(10, request.protocol());
    if (body.isReadable()) {
      boolean isText = ByteBufUtil.isText(body, StandardCharsets.UTF_8);
      begin(out, isText ? BODY : RAW_BODY, body.readableBytes());
    }
  }

  /// Of the request's body, as far as it is known.
  private long size() {
    if (body.isReadable()) {
      return body.readableBytes();
    }
    return request.chunked() ? RequestHead.UNKNOWN_LENGTH : Math.max(0, request.contentLength());
  }

  /// As Envoy has them: several of one name in one, with commas, and the pseudo-headers. That a
  /// body is whole it says to each service that gets one.
  private Map<String, String> fields(String target, String scheme) {
    Map<String, String> all = new LinkedHashMap<>();
    tell(all, ":method", request.methodText());
    tell(all, ":authority", request.authorityText());
    tell(all, ":path", target);
    tell(all, ":scheme", scheme);
    if (request.contentLength() >= 0) {
      tell(all, HeaderName.CONTENT_LENGTH.text(), Long.toString(request.contentLength()));
    }
    HeaderBlock headers = request.headers();
    for (int i = 0; i < headers.count(); i++) {
      tell(all, headers.nameText(i), text(headers.valueOffset(i), headers.valueLength(i)));
    }
    if (body.isReadable()) {
      all.put(PARTIAL_BODY, "false");
    }
    return all;
  }

  private void tell(Map<String, String> all, String name, String value) {
    if (allowed.isEmpty() || allowed.contains(name)) {
      String comma = name.equals("cookie") ? "; " : ",";
      all.merge(name, value, (before, more) -> before + comma + more);
    }
  }

  /// What is no UTF-8 gets U+FFFD: a protobuf string has nothing else.
  private String text(int offset, int length) {
    return new String(request.bytes(), offset, length, StandardCharsets.UTF_8);
  }

  /// An `envoy.config.core.v3.Address` with a `SocketAddress`.
  private static byte[] peer(byte[] ip, byte[] port) {
    int number = Integer.parseInt(new String(port, StandardCharsets.US_ASCII));
    byte[] socket =
        written(out -> {
          out.writeByteArray(2, ip);
          out.writeUInt32(3, number);
        });
    byte[] address = written(out -> out.writeByteArray(1, socket));
    return written(out -> out.writeByteArray(1, address));
  }

  private static void time(CodedOutputStream out) throws IOException {
    long now = System.currentTimeMillis();
    out.writeInt64(1, now / 1000);
    out.writeInt32(2, (int) (now % 1000) * 1_000_000);
  }

  private static int size(int field, int octets) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(octets)
        + octets;
  }

  private static void begin(CodedOutputStream out, int field, int octets) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(octets);
  }

  private static byte[] written(Part part) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(octets);
    try {
      part.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }
}
