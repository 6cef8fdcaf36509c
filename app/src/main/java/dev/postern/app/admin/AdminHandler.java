package dev.postern.app.admin;

import static io.netty.handler.codec.http.HttpHeaderNames.ACCEPT;
import static io.netty.handler.codec.http.HttpHeaderNames.ALLOW;
import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_SECURITY_POLICY;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.X_FRAME_OPTIONS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a client: one request after the other, each answered before the next is read.
final class AdminHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private static final String CONTENT_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";

  private final AdminView view;
  private final boolean loopbackOnly;
  private final AdminServer.Limits limits;
  private @Nullable Future<?> deadline;
  private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
  private boolean answering;

  AdminHandler(AdminView view, boolean loopbackOnly, AdminServer.Limits limits) {
    this.view = view;
    this.loopbackOnly = loopbackOnly;
    this.limits = limits;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    awaitRequest(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
    waiting.forEach(FullHttpRequest::release);
    waiting.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("An admin connection failed", cause);
    }
    context.close();
  }

  private void awaitRequest(ChannelHandlerContext context) {
    cancelDeadline();
    answering = false;
    FullHttpRequest next = waiting.poll();
    if (next != null) {
      answer(context, next);
      return;
    }
    deadline =
        context
            .executor()
            .schedule(() -> context.close(), limits.request().toMillis(), TimeUnit.MILLISECONDS);
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && answering) {
      context.close();
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /// A client may send several requests without waiting: one packet of them is kept, no more.
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    FullHttpRequest request = (FullHttpRequest) message;
    if (answering) {
      waiting.add(request);
    } else {
      cancelDeadline();
      context.channel().config().setAutoRead(false);
      answer(context, request);
    }
  }

  private void answer(ChannelHandlerContext context, FullHttpRequest request) {
    answering = true;
    boolean head = request.method().equals(HttpMethod.HEAD);
    boolean readable = request.decoderResult().isSuccess();
    boolean keepAlive = readable && HttpUtil.isKeepAlive(request);
    HttpVersion version = request.protocolVersion();
    Answer answer = readable ? judge(request) : unreadable(request.decoderResult().cause());
    request.release();
    send(context, answer, head, keepAlive, version);
  }

  private static Answer unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> Answer.text(414, "The request line is too long.\n");
      case TooLongHttpHeaderException _ -> Answer.text(431, "The header fields are too long.\n");
      case TooLongFrameException _ -> Answer.text(413, "The request is too long.\n");
      default -> Answer.text(400, "This is not an HTTP request.\n");
    };
  }

  private Answer judge(FullHttpRequest request) {
    String host = request.headers().get(HOST);
    if (host == null
        ? request.protocolVersion().isKeepAliveDefault()
        : request.headers().getAll(HOST).size() > 1) {
      return Answer.text(400, "A request has exactly one Host field (RFC 9112, section 3.2).\n");
    }
    if (loopbackOnly && host != null && !HostCheck.isThisMachine(host)) {
      return Answer.text(
          403,
          "This address answers to http://127.0.0.1 and http://localhost only, so that no web page"
              + " can read it through a DNS name of its own.\n");
    }
    if (!request.uri().startsWith("/")) {
      return Answer.text(400, "The request target has to be a path.\n");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Answer.text(405, "Nothing can be changed here: only GET and HEAD.\n");
    }
    return answer(request);
  }

  private Answer answer(FullHttpRequest request) {
    try {
      Optional<String> accept = Optional.ofNullable(request.headers().get(ACCEPT));
      return Pages.answer(Request.of(request.uri(), accept), view);
    } catch (Page.BadRequest e) {
      return Answer.text(400, e.getMessage() + "\n");
    } catch (IllegalArgumentException e) {
      return Answer.text(400, "The query cannot be decoded.\n");
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private static Answer failed(RuntimeException e) {
    LOG.error("An admin page failed", e);
    return Answer.text(500, "This page failed; the log says more.\n");
  }

  private void send(
      ChannelHandlerContext context,
      Answer answer,
      boolean head,
      boolean keepAlive,
      HttpVersion version) {
    String start;
    try {
      start = PiecesInput.gather(answer.body());
      if (!answer.body().hasNext()) {
        sendWhole(context, answer, start, head, keepAlive);
        return;
      }
    } catch (RuntimeException e) {
      Answer failed = failed(e);
      sendWhole(context, failed, PiecesInput.gather(failed.body()), head, false);
      return;
    }
    sendInPieces(context, answer, start, head, keepAlive, version);
  }

  private void sendWhole(
      ChannelHandlerContext context, Answer answer, String body, boolean head, boolean keepAlive) {
    ByteBuf content = ByteBufUtil.writeUtf8(context.alloc(), body);
    int length = content.readableBytes();
    if (head) {
      content.release();
      content = Unpooled.EMPTY_BUFFER;
    }
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
    fill(response, answer, keepAlive);
    HttpUtil.setContentLength(response, length);
    finish(context, context.writeAndFlush(response), keepAlive);
  }

  /// A client of HTTP/1.0 gets the body up to the connection's end.
  private void sendInPieces(
      ChannelHandlerContext context,
      Answer answer,
      String start,
      boolean head,
      boolean keepAlive,
      HttpVersion version) {
    boolean chunked = version.isKeepAliveDefault();
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    fill(response, answer, keepAlive && chunked);
    HttpUtil.setTransferEncodingChunked(response, chunked);
    context.write(response);
    PiecesInput body =
        head
            ? new PiecesInput(Collections.emptyIterator())
            : new PiecesInput(new Resumed(start, answer.body()));
    finish(context, context.writeAndFlush(body), keepAlive && chunked);
  }

  private static void fill(HttpResponse response, Answer answer, boolean keepAlive) {
    response
        .headers()
        .set(CONTENT_TYPE, answer.contentType())
        .set(CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set(X_FRAME_OPTIONS, "DENY")
        .set(CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    if (answer.status() == 405) {
      response.headers().set(ALLOW, "GET, HEAD");
    }
    HttpUtil.setKeepAlive(response, keepAlive);
  }

  private void finish(ChannelHandlerContext context, ChannelFuture sent, boolean keepAlive) {
    sent.addListener(
        (ChannelFutureListener)
            future -> {
              if (!future.isSuccess() && future.cause() instanceof RuntimeException e) {
                LOG.error("An admin page failed in the middle", e);
              }
              if (future.isSuccess() && keepAlive) {
                awaitRequest(context);
              } else {
                context.close();
              }
            });
  }
}
