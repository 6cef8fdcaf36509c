package dev.postern.proxy.tls;

import dev.postern.proxy.socket.ReusedBuffers;
import dev.postern.proxy.socket.TlsRecords;
import dev.postern.proxy.socket.TlsRecords.Opened;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.jspecify.annotations.Nullable;

/// Opens the records of a connection whose handshake is done, before Netty's handler, which does
/// the same at greater length. That one still has whatever is not plain data: what the engine has
/// to say in return, the end once this side has ended, and faults. For the event loop alone.
public final class RecordInput extends ChannelInboundHandlerAdapter {
  /// RFC 8446 5.1.
  private static final int MOST_IN_RECORD = 16 * 1024;

  private final SslHandler tls;
  private final SSLEngine engine;
  private final ChannelHandlerContext netty;
  private final ReusedBuffers buffers;
  private final @Nullable TlsRecords records;
  private boolean opened;

  /// Whether Netty's handler had something in this read: at first the end of the handshake.
  private boolean passedOn = true;

  private RecordInput(SslHandler tls, ChannelHandlerContext netty, ReusedBuffers buffers) {
    this.tls = tls;
    this.engine = tls.engine();
    this.netty = netty;
    this.buffers = buffers;
    this.records = TlsRecords.of(engine);
  }

  /// Comes into a channel whose handshake is done, where the engine keeps what there is of a record
  /// that has not come whole: then nothing waits in Netty's handler.
  ///
  /// @param buffers of the channel's worker
  public static void on(Channel channel, ReusedBuffers buffers) {
    ChannelHandlerContext netty = channel.pipeline().context(SslHandler.class);
    if (netty != null
        && netty.handler() instanceof SslHandler tls
        && tls.engine() instanceof ReferenceCountedOpenSslEngine) {
      channel.pipeline().addBefore(netty.name(), null, new RecordInput(tls, netty, buffers));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf in
        && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
      boolean all;
      try {
        all = open(in);
      } catch (Throwable cause) {
        in.release();
        fail(ctx, cause);
        return;
      }
      if (all) {
        in.release();
        return;
      }
    }
    passedOn = true;
    ctx.fireChannelRead(message);
  }

  /// Returns false when Netty's handler has to have what is left.
  private boolean open(ByteBuf in) throws Exception {
    TlsRecords direct = records;
    if (direct == null || !in.hasMemoryAddress()) {
      return unwrap(in);
    }
    int room = in.readableBytes();
    while (true) {
      ByteBuf plain = buffers.take(Math.max(room, 1));
      Opened how;
      try {
        how = direct.open(in, plain);
      } catch (Throwable cause) {
        plain.release();
        throw cause;
      }
      pass(plain);
      if (how == Opened.ALL || netty.isRemoved()) {
        return true;
      }
      if (how == Opened.STOPPED) {
        return stopped(in);
      }
      if (how == Opened.NONE) {
        return unwrap(in);
      }
      room = MOST_IN_RECORD;
    }
  }

  /// Has the engine find out. It does not ask while it has nothing to open, and BoringSSL looks at
  /// nothing any more.
  private boolean stopped(ByteBuf in) throws Exception {
    if (in.isReadable()) {
      return unwrap(in);
    }
    ByteBuf any = buffers.take(1).writeZero(1);
    try {
      boolean _ = unwrap(any);
    } finally {
      any.release();
    }
    return true;
  }

  /// As [#open], by the engine.
  private boolean unwrap(ByteBuf in) throws Exception {
    int room = in.readableBytes();
    while (true) {
      ByteBuf plain = buffers.take(Math.max(room, 1));
      SSLEngineResult result;
      try {
        result =
            engine.unwrap(
                in.internalNioBuffer(in.readerIndex(), in.readableBytes()),
                plain.internalNioBuffer(0, plain.capacity()));
      } catch (Throwable cause) {
        plain.release();
        throw cause;
      }
      in.skipBytes(result.bytesConsumed());
      plain.writerIndex(result.bytesProduced());
      pass(plain);
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        tls.flush(netty);
      }
      if (result.getStatus() == Status.CLOSED) {
        return ended() || !in.isReadable();
      }
      boolean more = result.getStatus() == Status.BUFFER_OVERFLOW;
      if (!more && (result.bytesConsumed() == 0 || !in.isReadable())) {
        return !in.isReadable();
      }
      if (netty.isRemoved()) {
        return true;
      }
      room = more ? MOST_IN_RECORD : in.readableBytes();
    }
  }

  private void pass(ByteBuf plain) {
    if (plain.isReadable()) {
      opened = true;
      netty.fireChannelRead(buffers.fitting(plain));
    } else {
      plain.release();
    }
  }

  /// Tells that the peer has sent its close_notify, as Netty's handler would, which has to know it
  /// as well; returns false when it is this side alone that has ended.
  private boolean ended() {
    if (!engine.isInboundDone()) {
      return false;
    }
    if (tls.sslCloseFuture() instanceof Promise<Channel> promise
        && promise.trySuccess(netty.channel())) {
      netty.fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    }
    return true;
  }

  /// As Netty's handler does: the peer is told why, then the connection ends.
  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    try {
      tls.flush(netty);
    } catch (Exception alreadyTold) {
      // The engine throws it once more when its alert is out.
    }
    netty.fireExceptionCaught(new DecoderException(cause));
    ctx.close();
  }

  /// Netty's handler would read on where it has seen nothing to pass on, also what nobody wants.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    boolean any = opened;
    boolean rest = passedOn;
    opened = false;
    passedOn = false;
    boolean autoRead = ctx.channel().config().isAutoRead();
    if (rest && (autoRead || !any)) {
      ctx.fireChannelReadComplete();
      return;
    }
    if (rest) {
      try {
        tls.flush(netty);
      } catch (Exception cause) {
        fail(ctx, cause);
      }
    } else if (!any && !autoRead) {
      ctx.read();
    }
    netty.fireChannelReadComplete();
  }
}
