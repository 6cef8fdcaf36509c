package dev.postern.proxy.downstream;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What to reset a stream with.
final class StreamErrors {
  private StreamErrors() {}

  /// RFC 9113 5.1: on a half-closed stream more fields are out of place before they are wrong.
  /// Netty counts them first.
  static long code(@Nullable Http2Stream stream, Http2Exception.StreamException error) {
    boolean moreFields = String.valueOf(error.getMessage()).contains("received too many headers");
    return moreFields && stream != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
        ? Http2Error.STREAM_CLOSED.code()
        : error.error().code();
  }
}
