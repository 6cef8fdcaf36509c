package dev.postern.proxy.accesslog;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;

/// Writes Envoy's default format and, behind it, what was spoken to the backend: protocol, TLS
/// version, why it failed, and how a gRPC call ended.
public final class AccessLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Consumer<String> sink;

  /// @param sink takes a line without its end, on the event loop: it must not block
  public AccessLog(Consumer<String> sink) {
    this.sink = sink;
  }

  /// What is known of a request when it is over.
  ///
  /// @param flags Envoy's response flags, or `-`
  /// @param serviceMillis until the backend's response head; -1 when there was none
  /// @param upstreamHost `address:port`, or `-`
  /// @param grpcStatus of a gRPC call; negative for none, or for another request
  public record Entry(
      long startEpochMillis,
      RequestHead request,
      String protocol,
      int status,
      String flags,
      long bytesReceived,
      long bytesSent,
      long durationMillis,
      long serviceMillis,
      String upstreamHost,
      String upstreamProtocol,
      String upstreamTlsVersion,
      String upstreamFailure,
      int grpcStatus) {}

  /// Writes one line.
  public void write(Entry e) {
    StringBuilder line = new StringBuilder(256);
    HeaderBlock headers = e.request.headers();
    line.append('[').append(TIME.format(Instant.ofEpochMilli(e.startEpochMillis))).append("] \"");
    text(line, e.request.methodLength() == 0 ? "-" : e.request.methodText()).append(' ');
    text(line, e.request.pathLength() == 0 ? "-" : e.request.targetText()).append(' ');
    line.append(e.protocol).append("\" ").append(e.status).append(' ').append(e.flags);
    line.append(' ').append(e.bytesReceived).append(' ').append(e.bytesSent);
    line.append(' ').append(e.durationMillis).append(' ');
    line.append(e.serviceMillis < 0 ? "-" : Long.toString(e.serviceMillis));
    quoted(line, header(headers, HeaderName.X_FORWARDED_FOR));
    quoted(line, header(headers, HeaderName.USER_AGENT));
    quoted(line, header(headers, HeaderName.X_REQUEST_ID));
    quoted(line, e.request.authorityLength() == 0 ? "-" : e.request.authorityText());
    quoted(line, e.upstreamHost);
    line.append(' ').append(e.upstreamProtocol).append(' ').append(e.upstreamTlsVersion);
    quoted(line, e.upstreamFailure);
    if (e.grpcStatus >= 0) {
      line.append(" grpc-status=").append(e.grpcStatus);
    }
    sink.accept(line.toString());
  }

  private static String header(HeaderBlock headers, HeaderName name) {
    int field = headers.find(name, 0);
    return field < 0 ? "-" : headers.valueText(field);
  }

  private static void quoted(StringBuilder line, String value) {
    text(line.append(" \""), value).append('"');
  }

  /// A client must not be able to end a line or a quotation.
  private static StringBuilder text(StringBuilder line, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (Character.isISOControl(c)) {
        line.append(String.format("\\x%02x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line;
  }
}
