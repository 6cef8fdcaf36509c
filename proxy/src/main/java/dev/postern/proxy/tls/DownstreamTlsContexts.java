package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.OcspResponse;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.TlsParameters;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// One context for each distinct certificate that is served, with its session tickets, shared by
/// all filter chains that serve an equal one. Thread-safe.
public final class DownstreamTlsContexts implements AutoCloseable {
  private final ConcurrentHashMap<Key, DownstreamTlsContext> contexts = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// What makes two contexts one. Which Secret it came from does not. Sessions are never resumed
  /// across two.
  private record Key(
      List<X509Certificate> chain,
      PrivateKeyDer key,
      Optional<OcspResponse> ocspResponse,
      List<String> alpn,
      TlsParameters parameters,
      Optional<ClientValidation> clientValidation) {
    Key(ServerCertificate certificate, DownstreamTls tls) {
      this(
          certificate.chain(),
          certificate.privateKey(),
          certificate.ocspResponse(),
          tls.alpn(),
          tls.parameters(),
          tls.clientValidation());
    }
  }

  /// Prepares to serve these filter chains by server name. Contexts that are in use already are
  /// kept with their tickets; new ones are made at the first handshake that needs them.
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
    DownstreamTlsContext retained =
        contexts.compute(
            new Key(certificate, tls),
            (key, context) -> {
              DownstreamTlsContext kept =
                  context == null ? new DownstreamTlsContext(certificate, tls) : context;
              kept.users++;
              return kept;
            });
    if (closed) {
      retained.close();
    }
    return retained;
  }

  void release(DownstreamTlsContext context) {
    contexts.computeIfPresent(
        new Key(context.certificate(), context.tls()),
        (key, kept) -> {
          if (--kept.users == 0) {
            kept.close();
            return null;
          }
          return kept;
        });
  }

  /// Nothing native outlives the connections that need it from now on, whoever forgot to release.
  @Override
  public void close() {
    closed = true;
    contexts.values().forEach(DownstreamTlsContext::close);
    contexts.clear();
  }
}
