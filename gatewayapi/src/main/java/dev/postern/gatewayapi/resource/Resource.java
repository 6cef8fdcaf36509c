package dev.postern.gatewayapi.resource;

import java.util.Optional;

/// One object. Equality is by content, the [Origin] included.
public sealed interface Resource
    permits GatewayClass,
        Gateway,
        ListenerSet,
        RouteObject,
        ReferenceGrant,
        BackendTlsPolicy,
        BackendConnectionPolicy,
        BackendTrafficPolicy,
        XBackend,
        EnvoyBackend,
        KgatewayBackend,
        BackendConfigPolicy,
        DestinationRule,
        Namespace,
        Service,
        EndpointSlice,
        ConfigMap,
        Secret {

  Metadata metadata();

  /// The version it was written in, such as `v1` or `v1alpha3`.
  String version();

  Origin origin();

  Kind kind();

  /// Whether it is not what a file says, but stands for an object that an API server would refuse
  /// and of which no good version is known: to do without would leave open what was to be closed.
  default boolean standsIn() {
    return refusal().isPresent();
  }

  /// Why the object is refused that it stands for.
  default Optional<String> refusal() {
    return Optional.empty();
  }

  /// Names it.
  default ObjectRef ref() {
    return new ObjectRef(kind(), metadata().namespace(), metadata().name());
  }
}
