package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// How to start TLS to the endpoints that one [UpstreamTls] and one list of protocols are meant
/// for. Its sessions are its own: what is resumed here was verified by this very value.
/// Thread-safe.
public final class UpstreamTlsContext {
  /// Tickets kept for all endpoints together. One is used up by each resumption, and servers send
  /// one or two with each handshake.
  private static final int SESSIONS = 512;

  private final UpstreamTls tls;
  private final List<String> alpn;
  private final UpstreamTlsContexts owner;
  private final LazySslContext context;

  /// Of [UpstreamTlsContexts], under its lock.
  int users;

  UpstreamTlsContext(
      UpstreamTls tls, List<String> alpn, InstantSource clock, UpstreamTlsContexts owner) {
    this.tls = tls;
    this.alpn = alpn;
    this.owner = owner;
    this.context = new LazySslContext(() -> build(tls, alpn, clock));
  }

  public UpstreamTls tls() {
    return tls;
  }

  /// The protocols that are offered, the preferred one first.
  List<String> alpn() {
    return alpn;
  }

  /// Whether it is the one of these.
  public boolean is(UpstreamTls tls, List<String> alpn) {
    return this.tls.equals(tls) && this.alpn.equals(alpn);
  }

  /// A handler that starts the handshake as soon as the channel is active. It names the server
  /// [UpstreamTls#sni], whatever the endpoint's address. Sessions are resumed with the same
  /// endpoint alone.
  ///
  /// @param host the endpoint's address
  /// @throws SSLException no context can be made, such as for a name that TLS cannot carry
  public SslHandler newHandler(ByteBufAllocator allocator, String host, int port)
      throws SSLException {
    return context.newHandler(c -> c.newHandler(allocator, host, port));
  }

  /// The user from [UpstreamTlsContexts#retain] needs it no more. Connections live on.
  public void release() {
    owner.release(this);
  }

  void close() {
    context.close();
  }

  static SslContext build(UpstreamTls tls, List<String> alpn, InstantSource clock)
      throws SSLException {
    @Nullable SNIHostName name;
    try {
      name = new SNIHostName(tls.sni());
    } catch (IllegalArgumentException e) {
      throw new SSLException("not a server name that TLS can carry: " + tls.sni(), e);
    }
    return TlsSettings.apply(SslContextBuilder.forClient(), alpn)
        .trustManager(new BackendVerifier(tls, clock))
        .endpointIdentificationAlgorithm(null)
        .serverName(name)
        .sessionCacheSize(SESSIONS)
        .build();
  }
}
