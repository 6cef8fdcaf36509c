package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.Outlet;
import dev.postern.proxy.socket.SendBuffers;
import dev.postern.proxy.tls.OutputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/// Writes messages to a channel. Heads, small bodies and chunk framing gather in one buffer, so
/// that a small message is one write; large parts of a body go out as they are.
public final class MessageWriter {
  /// Up to this size a part of a body is copied behind what is gathered.
  private static final int COPY_LIMIT = 4096;

  private static final int FRAMING_ROOM = 64;

  private final Channel channel;
  private final Outlet outlet;
  private final HeadWriter headWriter;

  /// @param buffers the event loop's
  /// @param headWriter the event loop's
  public MessageWriter(Channel channel, SendBuffers buffers, HeadWriter headWriter) {
    this.channel = channel;
    this.outlet = Outlet.of(channel, buffers);
    this.headWriter = headWriter;
  }

  /// Writes a request's head.
  public void request(RequestHead head) {
    headWriter.request(head, outlet.room(head.headers().length() + 512));
  }

  /// Writes a response's head.
  public void response(
      ResponseHead head, HeadWriter.Framing framing, HeadWriter.Persistence persistence) {
    headWriter.response(head, framing, persistence, outlet.room(head.headers().length() + 512));
  }

  /// Writes a part of a body and takes it over.
  public void data(ByteBuf data, boolean chunked) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release();
      return;
    }
    boolean copy = length <= COPY_LIMIT;
    if (chunked || copy) {
      ByteBuf to = outlet.room((copy ? length : 0) + FRAMING_ROOM);
      if (chunked) {
        HeadWriter.chunkStart(to, length);
      }
      if (copy) {
        to.writeBytes(data);
        data.release();
      }
    }
    if (!copy) {
      outlet.write(data);
    }
    if (chunked) {
      HeadWriter.chunkEnd(outlet.room(FRAMING_ROOM));
    }
  }

  /// Ends a body in chunks.
  public void lastChunk() {
    HeadWriter.lastChunk(outlet.room(FRAMING_ROOM));
  }

  /// Ends a body in chunks with trailer fields.
  public void lastChunk(HeaderBlock trailers) {
    headWriter.lastChunk(trailers, outlet.room(trailers.length() + FRAMING_ROOM));
  }

  /// Sends what was written; returns how many octets were written since it was called last.
  public long flush() {
    return outlet.flush();
  }

  /// Sends what was written, and that no more follows; what the peer sends is still read.
  ///
  /// @param then what to do when all is sent
  public void endOutput(Runnable then) {
    outlet.push();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(_ -> {
          OutputEnd.send(channel);
          then.run();
        });
  }

  /// Drops what was not sent.
  public void release() {
    outlet.release();
  }
}
