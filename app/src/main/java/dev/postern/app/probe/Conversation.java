package dev.postern.app.probe;

import dev.postern.app.probe.Heard.End;
import dev.postern.proxy.tls.TlsFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks one question on one connection and gathers what comes back, within limits. Belongs to the
/// connection's event loop.
final class Conversation extends ChannelInboundHandlerAdapter {
  private static final int MOST_BYTES = 64 << 10;
  private static final int MOST_FIELDS = 100;

  private final Question question;
  private final @Nullable LookingTls tls;
  private final String peer;
  private final CompletableFuture<Heard> heard = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Map<String, String> fields = new LinkedHashMap<>();
  private Handshake handshake = Handshake.NONE;
  private boolean connected;
  private boolean http2;

  Conversation(Question question, @Nullable LookingTls tls, String peer) {
    this.question = question;
    this.tls = tls;
    this.peer = peer;
  }

  CompletableFuture<Heard> heard() {
    return heard;
  }

  /// Its time is over.
  void timeOut() {
    if (connected) {
      end(End.TIMED_OUT, "it said nothing more in time");
    } else {
      heard.complete(Heard.unreached(new ConnectTimeoutException()));
    }
  }

  private void end(End end, String trouble) {
    heard.complete(new Heard(end, handshake, http2, fields, bytes.toByteArray(), trouble, ""));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    connected = true;
    if (tls == null) {
      ask(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    SslHandler handler = ctx.pipeline().get(SslHandler.class);
    if (tls != null && handler != null && event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        handshake = tls.done(handler);
        ask(ctx);
      } else {
        String trouble = TlsFailure.of(completion.cause(), peer).reason();
        handshake = tls.failed(trouble);
        end(End.FAILED, trouble);
      }
    }
  }

  private void ask(ChannelHandlerContext ctx) {
    switch (question) {
      case Question.Bytes(byte[] said, var enough) -> {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(said));
        if (enough.test(new byte[0])) {
          end(End.ANSWERED, "");
        }
      }
      case Question.Silence(Duration quiet) ->
          ctx.executor()
              .schedule(
                  () -> end(End.TIMED_OUT, "it waits to be spoken to"),
                  quiet.toNanos(),
                  TimeUnit.NANOSECONDS);
      case Question.Http2(var head, byte[] body) -> {
        Http2FrameStream stream = ctx.pipeline().get(Streams.class).next();
        ctx.write(new DefaultHttp2HeadersFrame(head, false).stream(stream));
        ctx.writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true).stream(stream));
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case ByteBuf read -> take(read);
        case Http2SettingsFrame _ -> http2 = true;
        case Http2HeadersFrame head -> {
          head.headers().forEach(field -> remember(field.getKey(), field.getValue()));
          endIf(head.isEndStream());
        }
        case Http2DataFrame data -> {
          take(data.content());
          endIf(data.isEndStream());
        }
        case Http2ResetFrame _ -> endIf(true);
        default -> {}
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void remember(CharSequence name, CharSequence value) {
    if (fields.size() < MOST_FIELDS) {
      fields.put(PeerText.clean(name.toString()), PeerText.clean(value.toString()));
    }
  }

  private void take(ByteBuf read) {
    byte[] part = new byte[Math.min(read.readableBytes(), MOST_BYTES - bytes.size())];
    read.readBytes(part);
    bytes.writeBytes(part);
    if (question instanceof Question.Bytes(byte[] _, var enough)
        && enough.test(bytes.toByteArray())) {
      end(End.ANSWERED, "");
    } else if (question instanceof Question.Silence) {
      end(End.ANSWERED, "");
    } else if (bytes.size() == MOST_BYTES) {
      end(End.TOO_MUCH, "it sent more than " + MOST_BYTES + " octets");
    }
  }

  private void endIf(boolean whole) {
    if (whole) {
      end(End.ANSWERED, "");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(End.CLOSED, "it closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    TlsFailure failure = TlsFailure.afterHandshake(cause, peer);
    end(
        End.FAILED,
        failure == null ? PeerText.clean(String.valueOf(cause.getMessage())) : failure.reason());
  }

  /// Stands between HTTP/2's codec and a conversation, and opens streams for it.
  static final class Streams extends Http2ChannelDuplexHandler {
    Http2FrameStream next() {
      return newStream();
    }
  }
}
