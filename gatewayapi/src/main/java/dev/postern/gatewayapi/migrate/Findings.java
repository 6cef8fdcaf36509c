package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is found about the input besides its annotations.
final class Findings {
  private static final Kind INGRESS = new Kind("networking.k8s.io", "Ingress");

  private final List<Finding> all;

  Findings(List<Finding> first) {
    this.all = new ArrayList<>(first);
  }

  List<Finding> all() {
    return all;
  }

  void addAll(List<Finding> more) {
    all.addAll(more);
  }

  /// @param field where in the Ingress
  void add(Severity severity, Ingress ingress, String field, String message) {
    all.add(
        new Finding(
            severity,
            Optional.of(new ObjectRef(INGRESS, ingress.namespace(), ingress.name())),
            field,
            ingress.origin().at(field),
            message));
  }
}
