package dev.postern.proxy.exchange;

import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.Unpooled;

/// A response that no backend gave: a status and a few words. Reused.
final class LocalReply {
  private static final byte[] HEAD = Octets.ascii("HEAD");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] TEXT_PLAIN = Octets.ascii("text/plain");
  private static final byte[] NOTHING = {};

  private final ResponseHead head = new ResponseHead();
  private byte[] body = NOTHING;

  /// Says what it is.
  ///
  /// @param grpcStatus the same for a gRPC call; [GrpcStatus#NONE] for what the status means
  /// @return the head, for what else is to be said
  ResponseHead set(
      int status,
      byte[] text,
      GrpcCall call,
      int grpcStatus,
      RequestHead request,
      RequestRecord record) {
    head.clear();
    if (call.is()) {
      int told = grpcStatus == GrpcStatus.NONE ? GrpcStatus.ofHttp(status) : grpcStatus;
      call.answer(head, told, text);
      record.grpcStatus(told);
      body = NOTHING;
    } else {
      head.status(status);
      head.contentLength(text.length);
      if (text.length > 0) {
        head.headers().add(CONTENT_TYPE, TEXT_PLAIN);
      }
      body = request.methodIs(HEAD) ? NOTHING : text;
    }
    record.responded(head.status(), 0);
    record.sent(body.length);
    return head;
  }

  /// What it is so far.
  ResponseHead head() {
    return head;
  }

  /// One without a body.
  ResponseHead begin(int status) {
    head.clear();
    head.status(status);
    head.contentLength(0);
    body = NOTHING;
    return head;
  }

  void send(ClientStream client) {
    boolean bodyless = body.length == 0;
    client.head(head, bodyless);
    if (!bodyless) {
      client.data(Unpooled.wrappedBuffer(body), true);
    }
    client.flush();
  }
}
