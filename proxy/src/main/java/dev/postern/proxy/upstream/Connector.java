package dev.postern.proxy.upstream;

/// Opens connections.
public interface Connector {
  /// Opens one; its listener is told, later, on the event loop.
  void connect(PendingConnection pending);
}
