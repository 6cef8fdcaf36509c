package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// What came of a request's body before there was a connection to send it on, which is little: the
/// client is not read from meanwhile. And what was sent of it, as long as it may have to be sent
/// again and is not much.
final class HeldBody {
  /// More is not kept to be sent again.
  private static final int MOST_KEPT = 64 * 1024;

  private final BodyParts parts = new BodyParts();
  private final BodyParts kept = new BodyParts();
  private int keptOctets;
  private boolean lost;
  private boolean keeping;
  private @Nullable HeaderBlock trailers;
  private @Nullable HeaderBlock keptTrailers;

  /// Says whether what is sent shall be kept whoever gets it, not only for a backend that may
  /// refuse it.
  void keep(boolean always) {
    keeping = always;
  }

  /// Whether a part of it is not here any more.
  boolean lost() {
    return lost;
  }

  boolean isEmpty() {
    return parts.isEmpty() && trailers == null;
  }

  /// Takes it over.
  void add(ByteBuf data) {
    parts.add(data);
  }

  void add(HeaderBlock fields) {
    trailers = copy(fields);
  }

  private static HeaderBlock copy(HeaderBlock fields) {
    HeaderBlock copy = new HeaderBlock();
    copy.clear();
    copy.addAll(fields);
    return copy;
  }

  /// Sends it.
  ///
  /// @param end whether the body is complete
  void sendTo(BackendStream stream, boolean end) {
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      sending(stream.refusable(), part);
      stream.data(part, end && parts.isEmpty() && trailers == null);
    }
    HeaderBlock last = trailers;
    if (last != null) {
      trailers = null;
      sending(stream.refusable(), last);
      stream.trailers(last);
    }
  }

  /// All of it that is here, which stays.
  ByteBuf whole(ByteBufAllocator allocator) {
    return parts.whole(allocator);
  }

  /// Hands it over to an exchange as if it came just now.
  ///
  /// @param end whether the body is complete
  void moveTo(Exchange exchange, boolean end) {
    HeaderBlock last = trailers;
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      exchange.pass(part, end && parts.isEmpty() && last == null);
    }
    if (trailers != null && last != null) {
      trailers = null;
      exchange.passTrailers(last);
    }
  }

  /// A part is about to be sent. Does not take it over.
  ///
  /// @param refusable the backend may say that it did not act on the request
  void sending(boolean refusable, ByteBuf part) {
    if (lost) {
      return;
    }
    keptOctets += part.readableBytes();
    if ((keeping || refusable) && keptOctets <= MOST_KEPT) {
      kept.add(part.retainedDuplicate());
    } else {
      lose();
    }
  }

  /// The trailer section is about to be sent.
  ///
  /// @param refusable the backend may say that it did not act on the request
  void sending(boolean refusable, HeaderBlock fields) {
    if (!lost && (keeping || refusable)) {
      keptTrailers = copy(fields);
    } else {
      lose();
    }
  }

  /// Whether a request that failed may be sent again, as far as its body is still here: one that
  /// the backend did not act on, or that does the same twice.
  boolean repeatable(BackendListener.Acted acted, RequestHead request) {
    return switch (acted) {
      case NO -> !lost;
      case HARDLY -> !lost && request.idempotent();
      case PERHAPS, WANTS_HTTP1, CANNOT -> false;
    };
  }

  /// What was sent must be sent again, before anything else.
  void rewind() {
    parts.prepend(kept);
    if (keptTrailers != null) {
      trailers = keptTrailers;
      keptTrailers = null;
    }
    keptOctets = 0;
  }

  /// What is sent, or was, need not be sent again.
  void lose() {
    lost = true;
    keptTrailers = null;
    kept.release();
  }

  void release() {
    lose();
    parts.release();
    trailers = null;
    lost = false;
    keeping = false;
    keptOctets = 0;
  }
}
