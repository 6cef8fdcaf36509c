package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.resolve.BackendPort;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.Locale;

/// What clusters are called.
public final class ClusterNames {
  private ClusterNames() {}

  /// `kube_<namespace>_<service>_<port>`, and what tells this way to reach the port from the usual.
  ///
  /// @param https whether this is the one of two that is for clients that came by TLS
  public static String of(Destination.Port to, boolean https) {
    BackendPort port = to.key().port();
    ObjectRef backend = port.backend();
    Kind kind = backend.kind();
    return prefix(kind)
        + "_"
        + backend.namespace()
        + "_"
        + backend.name()
        + (port.port() == 0 ? "" : "_" + port.port())
        + suffix(to.variant().protocol())
        + (to.variant().client().isEmpty() ? "" : "_from_" + to.variant().client())
        + (https ? "_tls" : "")
        + suffix(to.byScheme() && !https ? "" : to.variant().certificate());
  }

  /// Two gateways call their kind Backend.
  private static String prefix(Kind kind) {
    if (kind.equals(Kind.SERVICE)) {
      return "kube";
    }
    String gateway =
        kind.equals(Kind.ENVOY_BACKEND)
            ? "envoy"
            : kind.equals(Kind.KGATEWAY_BACKEND) ? "kgateway" : "";
    return gateway + kind.kind().toLowerCase(Locale.ROOT);
  }

  private static String suffix(String word) {
    return word.isEmpty() ? "" : "_" + word;
  }
}
