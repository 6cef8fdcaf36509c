package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.List;
import java.util.Optional;

/// The objects of one kind as backends: what a hop goes by, and where they are.
public interface BackendSource {

  /// What is known of a port. Reads objects through [Objects], so that the answer is asked for
  /// again when they change.
  Found find(BackendPort port);

  /// An answer.
  sealed interface Found {
    /// @param appProtocol with the field, such as `spec.ports[0].appProtocol`
    /// @param portName likewise
    record Known(Optional<Said<String>> appProtocol, Optional<Said<String>> portName, Where where)
        implements Found {}

    /// There is no such backend or port: BackendNotFound.
    record Missing(String message) implements Found {}

    /// It cannot be reached over TCP: UnsupportedProtocol.
    record Unreachable(String message) implements Found {}
  }

  /// Where a backend's endpoints are.
  sealed interface Where {
    /// Where the EndpointSlices of a Service say.
    record Slices() implements Where {}

    /// Wherever DNS says.
    ///
    /// @param hosts host names or IP addresses
    record Dns(List<Endpoint> hosts) implements Where {
      public Dns {
        hosts = List.copyOf(hosts);
      }

      /// One host alone.
      Dns(String hostname, int port) {
        this(List.of(new Endpoint(hostname, port)));
      }
    }

    /// Here.
    record Fixed(List<Endpoint> endpoints) implements Where {
      public Fixed {
        endpoints = List.copyOf(endpoints);
      }
    }
  }
}
