package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// How to start TLS to the endpoints that one [UpstreamTls] is meant for, with one offer of
/// protocols. Its sessions are its own: what is resumed here was verified by this very value, by
/// certificates that are still in date and anchors that are still trusted. Thread-safe.
public final class UpstreamTlsContext {
  /// Tickets kept for all endpoints together. One is used up by each resumption, and servers send
  /// one or two with each handshake.
  private static final int SESSIONS = 512;

  private final Key key;
  private final InstantSource clock;
  private final UpstreamTlsContexts owner;
  private final LazySslContext context;

  /// When the first of the certificates ends by which the sessions were verified.
  private Instant sessionsEnd = Instant.MAX;

  /// The system's, when it was looked at last.
  private @Nullable Anchors trusted;

  /// What makes two contexts one.
  ///
  /// @param alpn offered, in order of preference; none for no offer
  record Key(UpstreamTls tls, List<String> alpn) {
    Key {
      alpn = List.copyOf(alpn);
    }
  }

  UpstreamTlsContext(Key key, InstantSource clock, UpstreamTlsContexts owner) {
    this.key = key;
    this.clock = clock;
    this.owner = owner;
    this.context = new LazySslContext(() -> build(key, clock, this::verifiedUntil));
  }

  Key key() {
    return key;
  }

  public UpstreamTls tls() {
    return key.tls;
  }

  /// Whether it is the one of these.
  public boolean is(UpstreamTls tls, List<String> alpn) {
    return key.tls.equals(tls) && key.alpn.equals(alpn);
  }

  /// A handler that starts the handshake as soon as the channel is active. It names the server
  /// [UpstreamTls#sni], whatever the endpoint's address. Sessions are resumed with the same
  /// endpoint alone.
  ///
  /// @param host the endpoint's address
  /// @throws SSLException no context can be made, such as for a name that TLS cannot carry
  public SslHandler newHandler(ByteBufAllocator allocator, String host, int port)
      throws SSLException {
    forgetOldSessions();
    return context.newHandler(c -> c.newHandler(allocator, host, port));
  }

  /// A session is resumed without looking at certificates, so it must not outlive them, nor the
  /// trust in them.
  private synchronized void forgetOldSessions() {
    if (sessionsEnd.isBefore(Instant.MAX) && clock.instant().isAfter(sessionsEnd)) {
      sessionsEnd = Instant.MAX;
      context.renew();
    }
    if (key.tls.trust() instanceof UpstreamTls.Trust.System) {
      Anchors now = SystemTrust.anchors();
      Anchors before = trusted;
      trusted = now;
      if (before != null && !before.equals(now)) {
        context.renew();
      }
    }
  }

  private synchronized void verifiedUntil(Instant end) {
    sessionsEnd = end.isBefore(sessionsEnd) ? end : sessionsEnd;
  }

  /// The user from [UpstreamTlsContexts#retain] needs it no more. Connections live on.
  public void release() {
    owner.release(this);
  }

  void close() {
    context.close();
  }

  static SslContext build(Key key, InstantSource clock, Consumer<Instant> verifiedUntil)
      throws SSLException {
    UpstreamTls tls = key.tls;
    SslContextBuilder builder =
        TlsSettings.apply(SslContextBuilder.forClient(), key.alpn, tls.parameters());
    if (tls.clientCertificate().isPresent()) {
      builder.keyManager(ClientIdentity.of(tls.clientCertificate().get()));
    }
    if (namesServer(tls.sni())) {
      builder.serverName(serverName(tls.sni()));
    }
    return builder
        .trustManager(new BackendVerifier(tls, clock, verifiedUntil))
        .endpointIdentificationAlgorithm(null)
        .sessionCacheSize(SESSIONS)
        .build();
  }

  /// RFC 6066 3: an address is not a server name.
  private static boolean namesServer(String sni) {
    return !sni.isEmpty() && !NetUtil.isValidIpV4Address(sni) && !NetUtil.isValidIpV6Address(sni);
  }

  private static SNIHostName serverName(String sni) throws SSLException {
    try {
      return new SNIHostName(sni);
    } catch (IllegalArgumentException e) {
      throw new SSLException("not a server name that TLS can carry: " + sni, e);
    }
  }
}
