package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.tls.UpstreamTlsContext.Key;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// One [UpstreamTlsContext] for each distinct [UpstreamTls] and offer of protocols, shared by all
/// that use equal ones. Thread-safe.
public final class UpstreamTlsContexts implements AutoCloseable {
  private final ConcurrentHashMap<Key, UpstreamTlsContext> contexts = new ConcurrentHashMap<>();
  private volatile boolean closed;
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
    UpstreamTlsContext retained =
        contexts.compute(
            new Key(tls, alpn),
            (same, context) -> {
              UpstreamTlsContext kept =
                  context == null ? new UpstreamTlsContext(same, clock, this) : context;
              kept.users++;
              return kept;
            });
    if (closed) {
      retained.close();
    }
    return retained;
  }

  /// How many distinct contexts are in use.
  public int size() {
    return contexts.size();
  }

  void release(UpstreamTlsContext context) {
    contexts.computeIfPresent(
        context.key(),
        (same, kept) -> {
          if (kept == context && --kept.users == 0) {
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
    contexts.values().forEach(UpstreamTlsContext::close);
    contexts.clear();
  }
}
