package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import java.util.List;
import java.util.function.Consumer;

/// Finds endpoints by DNS.
public interface DnsDiscovery {
  /// Resolves, and again whenever the answer's time to live is over, until it is closed.
  ///
  /// @param onChange gets all addresses, sorted; from any thread
  AutoCloseable watch(String hostname, int port, Consumer<List<LoadAssignment.Endpoint>> onChange);
}
