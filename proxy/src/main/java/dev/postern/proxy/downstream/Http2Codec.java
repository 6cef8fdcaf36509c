package dev.postern.proxy.downstream;

import dev.postern.proxy.http2.FloodGuard;
import dev.postern.proxy.http2.RequestFields;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.worker.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Everything that Netty's handler of one HTTP/2 connection is made of.
record Http2Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    RequestFields fields,
    HeadersDecoder headers,
    FloodGuard guard) {

  /// Of one connection at a time.
  static final int MAX_STREAMS = 100;

  private static final int STREAM_WINDOW = 256 * 1024;

  /// A header block may come in this many small parts.
  private static final int MAX_SMALL_CONTINUATIONS = 16;

  static Http2Codec of(Limits limits) {
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(MAX_STREAMS)
            .connectProtocolEnabled(true)
            .initialWindowSize(STREAM_WINDOW)
            .maxHeaderListSize(limits.headOctets());
    Http2Connection http2 = new DefaultHttp2Connection(true, 0);
    http2.remote().maxActiveStreams(MAX_STREAMS);
    http2
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(http2, new UniformStreamByteDistributor(http2)));
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(http2, new DefaultHttp2FrameWriter());
    RequestFields fields = new RequestFields(limits.headFields());
    HeadersDecoder headers = new HeadersDecoder(fields, limits.headOctets());
    FloodGuard guard =
        new FloodGuard(new DefaultHttp2FrameReader(headers, MAX_SMALL_CONTINUATIONS), true);
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            http2,
            encoder,
            guard,
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false,
            false);
    return new Http2Codec(decoder, encoder, settings, fields, headers, guard);
  }

  /// Lays fields straight into the head of the stream that comes next. Checking is [RequestFields]'
  /// work.
  static final class HeadersDecoder extends DefaultHttp2HeadersDecoder {
    private final RequestFields fields;
    private @Nullable Supplier<RequestHead> head;

    HeadersDecoder(RequestFields fields, int maxOctets) {
      super(false, maxOctets);
      this.fields = fields;
    }

    /// Says where the next head goes.
    void into(Supplier<RequestHead> nextHead) {
      head = nextHead;
    }

    @Override
    protected Http2Headers newHeaders() {
      if (head != null) {
        fields.begin(head.get());
      }
      return fields;
    }
  }
}
