package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.TrafficFailure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is special about a request that is a gRPC call: failures are told as gRPC statuses, the
/// client's deadline holds, and gRPC-Web becomes gRPC where the route says so. Of one exchange, for
/// one request after another.
final class GrpcCall {
  private static final byte[] POST = Octets.ascii("POST");
  private static final byte[] GRPC = Octets.ascii("application/grpc");
  private static final byte[] WEB = Octets.ascii("application/grpc-web");
  private static final byte[] TEXT = Octets.ascii("application/grpc-web-text");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] TIMEOUT = Octets.ascii("grpc-timeout");

  /// gRPC's limit on the number of a time-out.
  private static final int MOST_DIGITS = 8;

  private boolean grpc;
  private boolean http10;
  private final HeaderBlock trailers = new HeaderBlock();
  private boolean trailersFollow;
  private byte[] contentType = GRPC;
  private long deadlineNanos;
  private @Nullable GrpcWebStream web;

  /// Looks whether a request is one.
  ///
  /// @param route whether its route is meant for gRPC
  /// @return where its response goes
  ClientStream start(ClientStream client, boolean route) {
    grpc = false;
    web = null;
    trailersFollow = false;
    deadlineNanos = 0;
    RequestHead request = client.request();
    int field = request.headers().find(HeaderName.CONTENT_TYPE, 0);
    if (field < 0 || !request.methodIs(POST)) {
      return client;
    }
    HeaderBlock headers = request.headers();
    if (is(headers, field, GRPC)) {
      grpc = true;
      contentType = GRPC;
    } else if (route && (is(headers, field, TEXT) || is(headers, field, WEB))) {
      grpc = true;
      contentType = Octets.ascii(headers.valueText(field));
      web = new GrpcWebStream(client, contentType, is(headers, field, TEXT));
    }
    if (grpc) {
      deadlineNanos = timeout(headers);
      http10 = client.protocol().equals("HTTP/1.0");
    }
    return web == null ? client : web;
  }

  /// Whether it is one.
  boolean is() {
    return grpc;
  }

  /// Makes gRPC-Web's head that of a gRPC request.
  void forward(RequestHead request, boolean end) {
    if (web == null) {
      return;
    }
    int suffix = 0;
    while (suffix < contentType.length && contentType[suffix] != '+') {
      suffix++;
    }
    String text =
        new String(contentType, suffix, contentType.length - suffix, StandardCharsets.ISO_8859_1);
    request.headers().removeAll(HeaderName.CONTENT_TYPE);
    request.headers().add(CONTENT_TYPE, Octets.ascii("application/grpc" + text));
    request.takesTrailers(true);
    request.contentLength(RequestHead.UNKNOWN_LENGTH);
    request.chunked(!end);
  }

  /// A part of the request's body as the backend gets it.
  ///
  /// @return null when it is malformed
  @Nullable ByteBuf decoded(ByteBuf data, boolean end) {
    return web == null ? data : web.decoded(data, end);
  }

  /// Whether the client's deadline is over.
  boolean late(long elapsedNanos) {
    return deadlineNanos > 0 && elapsedNanos > deadlineNanos;
  }

  /// What a failure is: a server that gives up at the client's deadline only resets the stream.
  TrafficFailure told(TrafficFailure failure, long elapsedNanos) {
    return late(elapsedNanos) ? TrafficFailure.DEADLINE_EXCEEDED : failure;
  }

  /// A backend's head goes out.
  void responds(ResponseHead head, boolean end, RequestRecord record) {
    if (grpc) {
      record.grpcStatus(GrpcStatus.in(head.headers()));
    }
    trailersFollow =
        grpc
            && !end
            && !http10
            && head.contentLength() < 0
            && head.headers().has(HeaderName.CONTENT_TYPE)
            && is(head.headers(), head.headers().find(HeaderName.CONTENT_TYPE, 0), GRPC);
  }

  /// Makes a local answer one of gRPC: trailers alone.
  void answer(ResponseHead head, int status, byte[] message) {
    head.status(200);
    head.contentLength(ResponseHead.UNKNOWN_LENGTH);
    head.headers().add(CONTENT_TYPE, contentType);
    GrpcStatus.add(head.headers(), status, message);
  }

  /// A backend's trailers go out.
  void ends(HeaderBlock trailers, RequestRecord record) {
    if (grpc) {
      record.grpcStatus(GrpcStatus.in(trailers));
    }
  }

  /// Whether a response that has begun and cannot be completed ends by trailers which say so.
  boolean endsInTrailers(int status, byte[] message, RequestRecord record) {
    if (trailersFollow) {
      trailers.clear();
      GrpcStatus.add(trailers, status, message);
      record.grpcStatus(status);
    }
    return trailersFollow;
  }

  void sendTrailers(ClientStream to) {
    to.trailers(trailers);
    to.flush();
  }

  /// Whether the value is that type, with or without a suffix or parameters.
  static boolean is(HeaderBlock headers, int field, byte[] type) {
    int length = headers.valueLength(field);
    int at = headers.valueOffset(field);
    byte[] bytes = headers.bytes();
    return length >= type.length
        && Octets.equalsIgnoreCase(bytes, at, type, type.length)
        && (length == type.length
            || bytes[at + type.length] == '+'
            || bytes[at + type.length] == ';');
  }

  /// In nanoseconds; 0 for none, or one that cannot be read.
  private static long timeout(HeaderBlock headers) {
    int field = headers.find(TIMEOUT, 0);
    int digits = field < 0 ? 0 : headers.valueLength(field) - 1;
    if (digits < 1 || digits > MOST_DIGITS) {
      return 0;
    }
    int at = headers.valueOffset(field);
    long number = Octets.decimal(headers.bytes(), at, digits);
    long unit =
        switch (headers.bytes()[at + digits]) {
          case 'H' -> 3_600_000_000_000L;
          case 'M' -> 60_000_000_000L;
          case 'S' -> 1_000_000_000L;
          case 'm' -> 1_000_000L;
          case 'u' -> 1_000L;
          case 'n' -> 1L;
          default -> 0L;
        };
    // A hundred million hours are for ever.
    return number <= 0 || unit == 0 || number > Long.MAX_VALUE / unit ? 0 : number * unit;
  }
}
