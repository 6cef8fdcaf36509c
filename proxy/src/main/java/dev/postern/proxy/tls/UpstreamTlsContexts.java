package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.tls.UpstreamTlsContext.Key;
import java.time.InstantSource;
import java.util.List;

/// One [UpstreamTlsContext] for each distinct [UpstreamTls] and offer of protocols, shared by all
/// that use equal ones. Thread-safe.
public final class UpstreamTlsContexts implements AutoCloseable {
  private final SharedContexts<Key, UpstreamTlsContext> contexts =
      new SharedContexts<>(UpstreamTlsContext::close);
  private final InstantSource clock;

  /// @param clock tells the time that certificates' dates are compared with
  public UpstreamTlsContexts(InstantSource clock) {
    this.clock = clock;
  }

  /// Says that connections by this value may come: what all of them need is loaded in the
  /// background, once. Cheap, to be called as soon as the configuration is known.
  public void expect(UpstreamTls tls) {
    TlsWarmup.start(tls, clock);
    if (tls.trust() instanceof UpstreamTls.Trust.System) {
      SystemTrust.watchInBackground();
    }
  }

  /// The context of that value and that offer, kept until as many [UpstreamTlsContext#release] as
  /// calls to this. Cheap: what is expensive is made at the first connection.
  ///
  /// @param alpn the protocols to offer, the preferred one first; none to send no list
  public UpstreamTlsContext retain(UpstreamTls tls, List<String> alpn) {
    expect(tls);
    return contexts.retain(new Key(tls, alpn), key -> new UpstreamTlsContext(key, clock, this));
  }

  /// How many distinct contexts are in use.
  public int size() {
    return contexts.size();
  }

  void release(UpstreamTlsContext context) {
    contexts.release(context.key(), context);
  }

  /// See [SharedContexts#close].
  @Override
  public void close() {
    contexts.close();
  }
}
