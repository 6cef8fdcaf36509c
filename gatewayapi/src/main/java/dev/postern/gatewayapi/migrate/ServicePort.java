package dev.postern.gatewayapi.migrate;

import java.util.Map;

/// One port of a Service.
///
/// @param name the port's, empty where it has none or is not known
/// @param dns where the cluster's DNS finds it
record ServicePort(String namespace, String service, int number, String name, Dns dns) {

  /// What the name of a Service leads to.
  sealed interface Dns {}

  /// Its cluster address.
  record ClusterAddress() implements Dns {}

  /// Its endpoints, as it is headless.
  ///
  /// @param port theirs; 0 where that has a name
  record Endpoints(int port) implements Dns {}

  /// Another host (type ExternalName).
  record Elsewhere(String host) implements Dns {}

  /// The Service.
  String reference() {
    return namespace + "/" + service;
  }

  /// For objects about this port.
  String objectName() {
    return service + "-" + number;
  }

  /// The name by which the cluster's DNS knows the Service.
  String dnsName() {
    return service + "." + namespace + ".svc.cluster.local";
  }

  Map<String, Object> target() {
    return Trees.map("group", "", "kind", "Service", "name", service);
  }

  /// A targetRef that means this port alone, where it has a name.
  Map<String, Object> targetWithSection() {
    Map<String, Object> target = target();
    if (!name.isEmpty()) {
      target.put("sectionName", name);
    }
    return target;
  }
}
