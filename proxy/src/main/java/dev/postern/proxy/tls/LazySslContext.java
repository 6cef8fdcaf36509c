package dev.postern.proxy.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A Netty context that is made when it is first needed and whose native memory goes with the last
/// of its connections after [#close]. Thread-safe.
final class LazySslContext {
  private final Source source;
  private @Nullable SslContext context;
  private boolean closed;

  /// Makes the context.
  interface Source {
    SslContext make() throws SSLException;
  }

  LazySslContext(Source source) {
    this.source = source;
  }

  /// Under the lock, so that the context cannot be freed before the handler's engine retains it. A
  /// connection that comes just too late gets a context of its own.
  synchronized SslHandler newHandler(Function<SslContext, SslHandler> handler) throws SSLException {
    SslContext current = context;
    if (current == null) {
      current = source.make();
      context = current;
    }
    try {
      return handler.apply(current);
    } finally {
      if (closed) {
        close();
      }
    }
  }

  /// From now on handlers are made by a new one, which knows no session.
  synchronized void renew() {
    ReferenceCountUtil.release(context);
    context = null;
  }

  synchronized void close() {
    closed = true;
    ReferenceCountUtil.release(context);
    context = null;
  }
}
