package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.stat.TrafficFailure;
import java.util.Arrays;

/// How gRPC says that a call failed, and what a failure of this proxy is in gRPC.
final class GrpcStatus {
  /// Nothing was said.
  static final int NONE = -1;

  static final byte[] STATUS = Octets.ascii("grpc-status");
  static final byte[] MESSAGE = Octets.ascii("grpc-message");

  private static final int UNKNOWN = 2;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int PERMISSION_DENIED = 7;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;

  /// Also where a backend is not configured correctly (GRPCRouteRule, backendRefs).
  static final int UNAVAILABLE = 14;

  private static final int UNAUTHENTICATED = 16;
  private static final byte[] HEX = Octets.ascii("0123456789ABCDEF");

  private GrpcStatus() {}

  /// What an HTTP status means, as in gRPC's "HTTP to gRPC Status Code Mapping" and in Envoy.
  static int ofHttp(int status) {
    return switch (status) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  static int of(TrafficFailure failure) {
    return failure == TrafficFailure.DEADLINE_EXCEEDED
        ? DEADLINE_EXCEEDED
        : ofHttp(failure.status());
  }

  /// The status among these fields, or [#NONE].
  static int in(HeaderBlock fields) {
    int field = fields.find(STATUS, 0);
    return field < 0
        ? NONE
        : (int)
            Math.min(
                Integer.MAX_VALUE,
                Octets.decimal(
                    fields.bytes(), fields.valueOffset(field), fields.valueLength(field)));
  }

  /// Adds a status and, percent-encoded as gRPC over HTTP/2 has it, a message.
  ///
  /// @param message may be empty; the end of its line is left out
  static void add(HeaderBlock fields, int status, byte[] message) {
    fields.add(STATUS, Octets.ascii(Integer.toString(status)));
    if (message.length > 0) {
      fields.add(MESSAGE, encoded(message));
    }
  }

  private static byte[] encoded(byte[] message) {
    byte[] to = new byte[message.length * 3];
    int at = 0;
    int end = message[message.length - 1] == '\n' ? message.length - 1 : message.length;
    for (int i = 0; i < end; i++) {
      byte b = message[i];
      if (b >= ' ' && b <= '~' && b != '%') {
        to[at++] = b;
      } else {
        to[at++] = '%';
        to[at++] = HEX[b >> 4 & 0xf];
        to[at++] = HEX[b & 0xf];
      }
    }
    return Arrays.copyOf(to, at);
  }
}
