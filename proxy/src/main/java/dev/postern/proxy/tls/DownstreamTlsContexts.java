package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.PrivateKeyDer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// One context for each distinct certificate that is served, with its session tickets, shared by
/// all filter chains that serve an equal one. Thread-safe.
public final class DownstreamTlsContexts {
  private final ConcurrentHashMap<Key, DownstreamTlsContext> contexts = new ConcurrentHashMap<>();

  /// What makes two contexts one. Which Secret it came from does not.
  private record Key(List<X509Certificate> chain, PrivateKeyDer key, List<String> alpn) {
    Key(ServerCertificate certificate, List<String> alpn) {
      this(certificate.chain(), certificate.privateKey(), alpn);
    }
  }

  /// Prepares to serve these filter chains, all of them with TLS. Contexts that are in use already
  /// are kept with their tickets; new ones are made at the first handshake that needs them.
  ///
  /// @return to be released when no new connection is to be served by it
  public ServerNames serverNames(List<FilterChain> chains) {
    TlsWarmup.start();
    return new ServerNames(chains, this);
  }

  /// How many distinct certificates are in use.
  public int size() {
    return contexts.size();
  }

  DownstreamTlsContext retain(ServerCertificate certificate, DownstreamTls tls) {
    return contexts.compute(
        new Key(certificate, tls.alpn()),
        (key, context) -> {
          DownstreamTlsContext kept =
              context == null ? new DownstreamTlsContext(certificate, key.alpn) : context;
          kept.users++;
          return kept;
        });
  }

  void release(DownstreamTlsContext context) {
    contexts.computeIfPresent(
        new Key(context.certificate(), context.alpn()),
        (key, kept) -> {
          if (--kept.users == 0) {
            kept.close();
            return null;
          }
          return kept;
        });
  }
}
