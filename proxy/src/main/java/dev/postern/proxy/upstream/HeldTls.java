package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The TLS that one event loop's share of a cluster speaks: one context for all endpoints, or one
/// for each of their names where TLS goes by those. For the event loop alone.
final class HeldTls {
  private final UpstreamTlsContexts contexts;
  private final Map<Slot, UpstreamTlsContext> held = new HashMap<>(2);
  private boolean closed;

  /// @param hostname absent where TLS does not go by it
  /// @param http1Only whether the connection must be HTTP/1.1
  private record Slot(Optional<String> hostname, boolean http1Only) {}

  HeldTls(UpstreamTlsContexts contexts) {
    this.contexts = contexts;
  }

  /// What is spoken with an endpoint by that spec; null for plaintext. Made at the first use; after
  /// [#close] nothing is held any more.
  @Nullable UpstreamTlsContext of(
      ClusterSpec by, LoadAssignment.Endpoint endpoint, boolean http1Only) {
    UpstreamTls said = by.cluster().tls().orElse(null);
    if (said == null) {
      return null;
    }
    UpstreamTls tls = said.towards(endpoint);
    List<String> alpn = Alpn.offer(by.cluster(), tls, http1Only);
    Slot slot = new Slot(said.goesByEndpoint() ? endpoint.hostname() : Optional.empty(), http1Only);
    UpstreamTlsContext have = held.get(slot);
    if (have != null && have.is(tls, alpn)) {
      return have;
    }
    UpstreamTlsContext fresh = contexts.retain(tls, alpn);
    if (closed) {
      fresh.release();
      return fresh;
    }
    if (have != null) {
      have.release();
    }
    held.put(slot, fresh);
    return fresh;
  }

  /// Lets go of names that no endpoint has any more.
  void keep(List<LoadAssignment.Endpoint> endpoints) {
    Set<Optional<String>> names = new HashSet<>(Set.of(Optional.empty()));
    endpoints.forEach(endpoint -> names.add(endpoint.hostname()));
    held.entrySet()
        .removeIf(entry -> {
          boolean gone = !names.contains(entry.getKey().hostname());
          if (gone) {
            entry.getValue().release();
          }
          return gone;
        });
  }

  /// Lets go of all, as the cluster is spoken to in another way from now on.
  void release() {
    held.values().forEach(UpstreamTlsContext::release);
    held.clear();
  }

  /// To be called when the cluster goes.
  void close() {
    closed = true;
    release();
  }
}
