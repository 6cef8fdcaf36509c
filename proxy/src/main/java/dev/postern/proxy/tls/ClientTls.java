package dev.postern.proxy.tls;

import dev.postern.ir.FilterChain;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.time.Duration;
import java.util.function.Supplier;

/// Ends TLS of a client's connection, or passes it through, by its ClientHello.
public final class ClientTls {
  private ClientTls() {}

  /// Told on the channel's event loop, at most one of the four, at most once.
  public interface Outcome {
    /// The handshake is done and nothing was read yet: now the handlers for [TlsFacts#alpn] belong
    /// at the end of the pipeline. No ALPN means HTTP/1.1.
    void established(Channel channel, FilterChain chain, TlsFacts facts);

    /// The chosen chain does not end TLS, and nothing was read that is not read again: the handlers
    /// for TLS as it came belong at the end of the pipeline.
    void passedThrough(Channel channel, FilterChain chain);

    /// It failed; the channel closes by itself. A client that goes away before it said anything is
    /// no failure and not told.
    void failed(Channel channel, TlsFailure failure);

    /// The client asked for a name that no filter chain has, which Envoy counts as
    /// `listener.<name>.no_filter_chain_match`; the channel closes by itself.
    ///
    /// @param reason for the log
    void unmatched(Channel channel, String reason);
  }

  /// Adds what is needed to the end of the pipeline of a connection that was just accepted.
  ///
  /// @param names asked when the client has said whom it wants, so that a change since the
  ///   connection was accepted counts
  /// @param timeout for the client's first message, and again for the rest of the handshake; zero
  ///   for none
  public static void install(
      ChannelPipeline pipeline, Supplier<ServerNames> names, Duration timeout, Outcome outcome) {
    HandshakeWatch watch = new HandshakeWatch(outcome);
    pipeline.addLast(new ClientHelloHandler(names, timeout.toMillis(), watch), watch);
  }
}
