package dev.postern.proxy.listener;

import dev.postern.ir.FilterChain;
import dev.postern.proxy.downstream.ClientProtocol;
import dev.postern.proxy.exchange.ClientConnection;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.ListenerStat;
import dev.postern.proxy.tls.ClientTls;
import dev.postern.proxy.tls.TlsFacts;
import dev.postern.proxy.tls.TlsFailure;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.channel.Channel;

/// What follows a client's TLS handshake: the stats, then HTTP by the chosen chain's routes.
final class TlsOutcome implements ClientTls.Outcome {
  private final BoundListener listener;
  private final Worker worker;
  private final StatCells counts;
  private final StatCells http;

  TlsOutcome(BoundListener listener, Worker worker, StatCells counts, StatCells http) {
    this.listener = listener;
    this.worker = worker;
    this.counts = counts;
    this.http = http;
  }

  @Override
  public void established(Channel channel, FilterChain chain, TlsFacts facts) {
    counts.increment(ListenerStat.SSL_HANDSHAKE.ordinal());
    counts.increment(ListenerStat.SSL_NO_CERTIFICATE.ordinal());
    if (facts.resumed()) {
      counts.increment(ListenerStat.SSL_SESSION_REUSED.ordinal());
    }
    listener.countTls(facts);
    http.increment(HttpStat.DOWNSTREAM_CX_SSL_TOTAL.ordinal());
    http.increment(HttpStat.DOWNSTREAM_CX_SSL_ACTIVE.ordinal());
    channel
        .closeFuture()
        .addListener(_ -> http.add(HttpStat.DOWNSTREAM_CX_SSL_ACTIVE.ordinal(), -1));
    ChainRoutes routes = listener.routes(chain);
    if (routes == null) {
      counts.increment(ListenerStat.NO_FILTER_CHAIN_MATCH.ordinal());
      channel.close();
      return;
    }
    ClientConnection connection = listener.connection(channel, worker, http, true);
    ClientProtocol.install(channel.pipeline(), connection, routes, facts.alpn());
  }

  @Override
  public void failed(Channel channel, TlsFailure failure) {
    counts.increment(ListenerStat.SSL_CONNECTION_ERROR.ordinal());
  }

  @Override
  public void unmatched(Channel channel, String reason) {
    counts.increment(ListenerStat.NO_FILTER_CHAIN_MATCH.ordinal());
  }
}
