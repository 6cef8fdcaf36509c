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

/// One context for each distinct certificate that is served, with its session tickets, shared by
/// all filter chains that serve an equal one. Thread-safe.
public final class DownstreamTlsContexts implements AutoCloseable {
  private final SharedContexts<Key, DownstreamTlsContext> contexts =
      new SharedContexts<>(DownstreamTlsContext::close);

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
    return contexts.retain(
        new Key(certificate, tls), _ -> new DownstreamTlsContext(certificate, tls));
  }

  void release(DownstreamTlsContext context) {
    contexts.release(new Key(context.certificate(), context.tls()), context);
  }

  /// See [SharedContexts#close].
  @Override
  public void close() {
    contexts.close();
  }
}
