package dev.postern.proxy.upstream;

import dev.postern.proxy.http2.ResponseFields;
import dev.postern.proxy.stat.ClusterStat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/// Takes what a backend sends to where it belongs.
final class Http2BackendFrames extends Http2FrameAdapter {
  private final Http2BackendConnection connection;
  private final ResponseFields fields;

  Http2BackendFrames(Http2BackendConnection connection, ResponseFields fields) {
    this.connection = connection;
    this.fields = fields;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end) {
    Http2BackendStream known = connection.find(streamId);
    if (known == null) {
      return;
    }
    if (known.headSeen()) {
      known.responseTrailers(fields.trailers(), fields.head().headers());
    } else {
      known.responseHead(fields.response(known.toHead(), end), fields.head(), end);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
    Http2BackendStream known = connection.find(streamId);
    return known == null ? data.readableBytes() + padding : known.responseData(data, end) + padding;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    connection.cells().increment(ClusterStat.HTTP2_RX_RESET.ordinal());
    Http2BackendStream known = connection.find(streamId);
    if (known == null) {
      return;
    }
    if (errorCode == Http2Error.REFUSED_STREAM.code()) {
      connection.refused();
    }
    known.backendReset(errorCode);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    connection.settings(settings.maxConcurrentStreams(), settings.connectProtocolEnabled());
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    connection.pingAnswered(data);
  }

  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
    connection.goAwayComes(lastStreamId);
  }
}
