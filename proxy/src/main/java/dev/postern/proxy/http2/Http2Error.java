package dev.postern.proxy.http2;

import org.jspecify.annotations.Nullable;

/// The error codes (RFC 9113 7), in the order of their numbers.
public enum Http2Error {
  NO_ERROR,
  PROTOCOL_ERROR,
  INTERNAL_ERROR,
  FLOW_CONTROL_ERROR,
  SETTINGS_TIMEOUT,
  STREAM_CLOSED,
  FRAME_SIZE_ERROR,
  REFUSED_STREAM,
  CANCEL,
  COMPRESSION_ERROR,
  CONNECT_ERROR,
  ENHANCE_YOUR_CALM,
  INADEQUATE_SECURITY,
  HTTP_1_1_REQUIRED;

  private static final Http2Error[] ALL = values();

  /// Its number.
  public int code() {
    return ordinal();
  }

  /// The error of that number; null when there is none.
  public static @Nullable Http2Error of(long code) {
    return code >= 0 && code < ALL.length ? ALL[(int) code] : null;
  }
}
