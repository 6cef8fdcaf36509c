package dev.postern.proxy.upstream;

/// Something that can be spoken to an endpoint.
@FunctionalInterface
public interface BackendProtocol {
  /// Begins to speak: adds its handlers to the channel's pipeline, which has none but TLS.
  BackendConnection start(BackendChannel channel);
}
