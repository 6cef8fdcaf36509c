package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.UpstreamTls;
import java.util.List;

/// What the BackendTLSPolicies say about a port.
public sealed interface TlsPolicy {
  /// None is attached.
  record None() implements TlsPolicy {}

  /// The one that counts can be followed.
  ///
  /// @param others attached too, without effect
  record Valid(ObjectRef by, UpstreamTls tls, List<ObjectRef> others) implements TlsPolicy {
    public Valid {
      others = List.copyOf(others);
    }
  }

  /// The one that counts cannot be followed.
  ///
  /// @param why the end of a sentence after `because`
  record Invalid(ObjectRef by, String why, List<ObjectRef> others) implements TlsPolicy {
    /// Its own status says why.
    public Invalid(ObjectRef by, List<ObjectRef> others) {
      this(by, by + " cannot be followed; its status says why", others);
    }

    public Invalid {
      others = List.copyOf(others);
    }
  }
}
