package dev.postern.gatewayapi.status;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import java.util.List;
import java.util.Optional;

/// The status of one object, in the shape that the API gives to its kind.
public sealed interface ObjectStatus {

  /// GatewayClass.status.
  ///
  /// @param supportedFeatures sorted
  record OfGatewayClass(List<Condition> conditions, List<String> supportedFeatures)
      implements ObjectStatus {
    public OfGatewayClass {
      conditions = List.copyOf(conditions);
      supportedFeatures = List.copyOf(supportedFeatures);
    }
  }

  /// Gateway.status.
  ///
  /// @param attachedListenerSets how many have joined; absent where none may and none wants to
  record OfGateway(
      List<Address> addresses,
      List<Condition> conditions,
      List<ListenerStatus> listeners,
      Optional<Integer> attachedListenerSets)
      implements ObjectStatus {
    public OfGateway {
      addresses = List.copyOf(addresses);
      conditions = List.copyOf(conditions);
      listeners = List.copyOf(listeners);
    }

    /// One that ListenerSets have nothing to do with.
    public OfGateway(
        List<Address> addresses, List<Condition> conditions, List<ListenerStatus> listeners) {
      this(addresses, conditions, listeners, Optional.empty());
    }
  }

  /// status.addresses[] of a Gateway.
  record Address(String type, String value) {}

  /// ListenerSet.status.
  record OfListenerSet(List<Condition> conditions, List<ListenerStatus> listeners)
      implements ObjectStatus {
    public OfListenerSet {
      conditions = List.copyOf(conditions);
      listeners = List.copyOf(listeners);
    }
  }

  /// status.listeners[] of a Gateway or a ListenerSet.
  record ListenerStatus(
      String name, List<Kind> supportedKinds, int attachedRoutes, List<Condition> conditions) {
    public ListenerStatus {
      supportedKinds = List.copyOf(supportedKinds);
      conditions = List.copyOf(conditions);
    }
  }

  /// status of a route.
  record OfRoute(List<ParentStatus> parents) implements ObjectStatus {
    public OfRoute {
      parents = List.copyOf(parents);
    }
  }

  /// status.parents[] of a route.
  ///
  /// @param number the place of the parentRef in the spec, from 0: those of others have no status
  ///   of ours
  /// @param parentRef as the route wrote it, defaults filled in
  record ParentStatus(
      int number, ParentRef parentRef, String controllerName, List<Condition> conditions) {
    public ParentStatus {
      conditions = List.copyOf(conditions);
    }
  }

  /// status of a policy.
  record OfPolicy(List<AncestorStatus> ancestors) implements ObjectStatus {
    public OfPolicy {
      ancestors = List.copyOf(ancestors);
    }
  }

  /// status.ancestors[] of a policy.
  record AncestorStatus(
      ObjectRef ancestor,
      Optional<String> sectionName,
      String controllerName,
      List<Condition> conditions) {
    public AncestorStatus {
      conditions = List.copyOf(conditions);
    }
  }
}
