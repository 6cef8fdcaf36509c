package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/// Looks at every frame of a peer before anybody else does and ends the connection with
/// ENHANCE_YOUR_CALM when it only makes work (RFC 9113 10.5).
///
/// Two budgets, each filled by time and by honest work: frames that carry nothing (PING, SETTINGS,
/// PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones), and streams that are given up. A stream
/// counts as given up whether the peer resets it or makes us reset it: both cost us a request and
/// the peer next to nothing (CVE-2023-44487, CVE-2025-8671).
public final class FloodGuard implements Http2FrameReader {
  private static final long MAX_FRAMES = 1000;
  private static final long FRAMES_PER_TENTH = 10;
  private static final long FRAMES_PER_REQUEST = 10;
  private static final int OCTETS_PER_DATA_FRAME = 2048;
  private static final int SETTINGS_COST = 20;
  private static final long MAX_RESETS = 200;
  private static final long RESETS_PER_TENTH = 1;
  private static final long TENTH_NANOS = 100_000_000L;

  private final Http2FrameReader reader;
  private final boolean fromClient;
  private long frames = MAX_FRAMES;
  private long resets = MAX_RESETS;
  private long octetsSent;
  private long filled = System.nanoTime();
  private @Nullable Http2FrameListener inner;
  private @Nullable Http2FrameListener counting;

  /// @param reader reads the frames
  /// @param fromClient whether the peer is a client. A backend may reset what it likes: it does not
  ///   choose how many requests it gets
  public FloodGuard(Http2FrameReader reader, boolean fromClient) {
    this.reader = reader;
    this.fromClient = fromClient;
  }

  /// A frame with that much of a body was sent: the peer may have to open its windows for it, and
  /// gRPC's measures the way with a PING.
  public void sent(int octets) {
    octetsSent += octets + OCTETS_PER_DATA_FRAME;
    if (octetsSent >= 1024) {
      frames = Math.min(MAX_FRAMES, frames + octetsSent / 1024);
      octetsSent %= 1024;
    }
  }

  /// A stream came to a proper end.
  public void completed() {
    resets = Math.min(MAX_RESETS, resets + 1);
  }

  /// The peer made us reset a stream.
  ///
  /// @return whether that was too often
  public boolean misbehaved() {
    refill();
    return --resets < 0;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    Http2FrameListener to = counting;
    if (to == null || !listener.equals(inner)) {
      inner = listener;
      to = new Counting(listener);
      counting = to;
    }
    reader.readFrame(ctx, input, to);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private void frame(int cost) throws Http2Exception {
    frames -= cost;
    if (frames < 0) {
      refill();
      if (frames < 0) {
        throw calm("too many frames that carry nothing");
      }
    }
  }

  private void refill() {
    long now = System.nanoTime();
    long tenths = (now - filled) / TENTH_NANOS;
    if (tenths > 0) {
      filled += tenths * TENTH_NANOS;
      frames = Math.min(MAX_FRAMES, frames + tenths * FRAMES_PER_TENTH);
      resets = Math.min(MAX_RESETS, resets + tenths * RESETS_PER_TENTH);
    }
  }

  private static Http2Exception calm(String why) {
    return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "%s", why);
  }

  private final class Counting extends Http2FrameListenerDecorator {
    Counting(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
        throws Http2Exception {
      if (!end && !data.isReadable()) {
        frame(1);
      }
      return super.onDataRead(ctx, streamId, data, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      frames = Math.min(MAX_FRAMES, frames + FRAMES_PER_REQUEST);
      super.onHeadersRead(ctx, streamId, headers, padding, end);
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
        boolean end)
        throws Http2Exception {
      frames = Math.min(MAX_FRAMES, frames + FRAMES_PER_REQUEST);
      super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      frame(1);
      super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
        throws Http2Exception {
      frame(1);
      if (fromClient && misbehaved()) {
        throw calm("too many streams were reset");
      }
      super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      frame(SETTINGS_COST);
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
      frame(1);
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      frame(1);
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      frame(1);
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onGoAwayRead(
        ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
        throws Http2Exception {
      frame(1);
      super.onGoAwayRead(ctx, lastStreamId, errorCode, debugData);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment)
        throws Http2Exception {
      frame(1);
      super.onWindowUpdateRead(ctx, streamId, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      frame(1);
      super.onUnknownFrame(ctx, type, streamId, flags, payload);
    }
  }
}
