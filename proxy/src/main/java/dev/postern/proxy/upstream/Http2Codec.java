package dev.postern.proxy.upstream;

import dev.postern.proxy.http2.FloodGuard;
import dev.postern.proxy.http2.ResponseFields;
import dev.postern.proxy.http2.SentFields;
import dev.postern.proxy.worker.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/// Everything that Netty's handler of one HTTP/2 connection to a backend is made of.
record Http2Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    ResponseFields fields,
    FloodGuard guard) {

  /// What a backend may send of one body before the client took any of it.
  static final int STREAM_WINDOW = 256 * 1024;

  /// A header block may come in this many small parts.
  private static final int MAX_SMALL_CONTINUATIONS = 16;

  /// The connection's window refills by itself: a client that takes nothing must not stop the
  /// responses to others. So what may wait is a stream's window for each stream.
  static Http2Codec of(Limits limits) {
    Http2Settings settings =
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(STREAM_WINDOW)
            .maxHeaderListSize(limits.headOctets());
    Http2Connection http2 = new DefaultHttp2Connection(false, 0);
    // Nothing is pushed, and a server opens no streams otherwise (RFC 9113 5.1.1, 8.4).
    http2.remote().maxActiveStreams(0);
    http2
        .local()
        .flowController(
            new DefaultHttp2LocalFlowController(
                http2, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
    http2
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(http2, new UniformStreamByteDistributor(http2)));
    // How large a header list the backend would like is advice (RFC 9113 6.5.2): it may answer 431.
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            http2,
            new DefaultHttp2FrameWriter(new DefaultHttp2HeadersEncoder(SentFields::unique, true)));
    ResponseFields fields = new ResponseFields(limits.headFields());
    DefaultHttp2FrameReader reader =
        new DefaultHttp2FrameReader(
            new HeadersDecoder(fields, limits.headOctets()), MAX_SMALL_CONTINUATIONS);
    FloodGuard guard = new FloodGuard(reader, false);
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
    return new Http2Codec(decoder, encoder, settings, fields, guard);
  }

  private static final class HeadersDecoder extends DefaultHttp2HeadersDecoder {
    private final ResponseFields fields;

    HeadersDecoder(ResponseFields fields, int maxOctets) {
      super(false, maxOctets);
      this.fields = fields;
    }

    @Override
    protected Http2Headers newHeaders() {
      fields.begin();
      return fields;
    }
  }
}
