package dev.postern.proxy.upstream;

/// Something that can be spoken to an endpoint.
@FunctionalInterface
public interface BackendProtocol {
  /// Begins to speak, which makes it the connection's listener.
  BackendConnection start(BackendLink link);
}
