package dev.postern.proxy.listener;

import dev.postern.ir.DownstreamTls.ClientValidation;
import dev.postern.ir.FilterChain;
import dev.postern.ir.NetworkFilter;
import dev.postern.proxy.stat.ListenerStat;
import dev.postern.proxy.tls.ClientTls;
import dev.postern.proxy.tls.ClientVerifier;
import dev.postern.proxy.tls.ClientVerifier.Shown;
import dev.postern.proxy.tls.RecordInput;
import dev.postern.proxy.tls.TlsFacts;
import dev.postern.proxy.tls.TlsFailure;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;

/// What follows a client's ClientHello or TLS handshake: the stats, then the chosen chain's filter.
final class TlsOutcome implements ClientTls.Outcome {
  private final BoundListener listener;
  private final Worker worker;
  private final StatCells counts;
  private final boolean httpCounted;

  /// @param httpCounted whether the connection counts for HTTP already
  TlsOutcome(BoundListener listener, Worker worker, StatCells counts, boolean httpCounted) {
    this.listener = listener;
    this.worker = worker;
    this.counts = counts;
    this.httpCounted = httpCounted;
  }

  @Override
  public void established(Channel channel, FilterChain chain, TlsFacts facts) {
    ClientValidation validation = chain.tls().flatMap(tls -> tls.clientValidation()).orElse(null);
    Shown shown = validation == null ? Shown.NOTHING : shown(channel, validation, facts);
    if (shown == Shown.UNVERIFIED) {
      counts.increment(ListenerStat.SSL_FAIL_VERIFY_ERROR.ordinal());
    }
    if (validation != null && !validation.insecureFallback() && shown != Shown.VALID) {
      channel.close();
      return;
    }
    counts.increment(ListenerStat.SSL_HANDSHAKE.ordinal());
    if (shown == Shown.NOTHING) {
      counts.increment(ListenerStat.SSL_NO_CERTIFICATE.ordinal());
    }
    if (facts.resumed()) {
      counts.increment(ListenerStat.SSL_SESSION_REUSED.ordinal());
    }
    listener.countTls(facts);
    RecordInput.on(channel, worker.openedBuffers());
    if (!listener.serve(channel, worker, chain, facts, httpCounted)) {
      unmatched(channel, "the chain is gone");
      channel.close();
    }
  }

  private static Shown shown(Channel channel, ClientValidation validation, TlsFacts facts) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null ? Shown.NOTHING : ClientVerifier.shown(tls, validation, facts.resumed());
  }

  @Override
  public void passedThrough(Channel channel, FilterChain chain) {
    // HTTP cannot be read through TLS that does not end here.
    if (!(chain.filter() instanceof NetworkFilter.TcpProxy)
        || !listener.serve(channel, worker, chain, null, httpCounted)) {
      unmatched(channel, "the chain does not end TLS");
      channel.close();
    }
  }

  @Override
  public void failed(Channel channel, TlsFailure failure) {
    ListenerStat stat =
        switch (failure.kind()) {
          case FAIL_VERIFY_ERROR, FAIL_VERIFY_SAN -> ListenerStat.SSL_FAIL_VERIFY_ERROR;
          case FAIL_VERIFY_NO_CERT -> ListenerStat.SSL_FAIL_VERIFY_NO_CERT;
          case CONNECTION_ERROR -> ListenerStat.SSL_CONNECTION_ERROR;
        };
    counts.increment(stat.ordinal());
  }

  @Override
  public void unmatched(Channel channel, String reason) {
    counts.increment(ListenerStat.NO_FILTER_CHAIN_MATCH.ordinal());
  }
}
