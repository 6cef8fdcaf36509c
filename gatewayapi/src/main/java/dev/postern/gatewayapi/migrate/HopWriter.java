package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.migrate.Migration.ServicePatch;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which way each port of a Service is reached, and the policies, ConfigMaps and patches that say
/// so.
final class HopWriter {
  /// @param service `namespace/name`
  private record Port(String namespace, String service, int number) {
    String reference() {
      return namespace + "/" + service;
    }
  }

  private record Owned(Hop hop, Location first) {}

  private final Objects objects;
  private final Map<Port, Owned> hops = new LinkedHashMap<>();
  private final Set<String> configMaps = new LinkedHashSet<>();
  private final ServiceWriter services;
  private final List<Finding> findings = new ArrayList<>();

  HopWriter(Objects objects) {
    this.objects = objects;
    this.services = new ServiceWriter(objects);
  }

  /// Closes the location where somebody wants the same port reached in another way.
  void add(Location at, String service, int number, Hop hop) {
    Port port = new Port(at.ingress.namespace(), service, number);
    Owned before = hops.putIfAbsent(port, new Owned(hop, at));
    if (before != null && !before.hop.equals(hop)) {
      at.close();
      at.say(
          "backend",
          service + ":" + number,
          new Verdict.NotPossible(
              "this port is already reached as "
                  + before.first.ingress.id()
                  + " wants it, and a Service's port has one way to be reached; the path answers 500",
              "make a second Service for one of the two"));
    }
  }

  boolean skipsVerification() {
    return hops.values().stream().anyMatch(owned -> owned.hop.skipsVerification());
  }

  List<ServicePatch> patches() {
    return services.patches();
  }

  List<Finding> findings() {
    return findings;
  }

  void writeTo(List<Map<String, Object>> out) {
    hops.forEach((port, owned) -> hop(port, owned, out));
  }

  private void hop(Port port, Owned owned, List<Map<String, Object>> out) {
    Hop hop = owned.hop;
    String namespace = port.namespace;
    String portName = objects.portName(port.reference(), port.number);
    Map<String, Object> target = Trees.map("group", "", "kind", "Service", "name", port.service);
    if (!portName.isEmpty()) {
      target.put("sectionName", portName);
    }
    String name = port.service + "-" + port.number;
    if (!hop.appProtocol().isEmpty()) {
      services.appProtocol(namespace, port.service, port.number, hop.appProtocol(), out);
    }
    if (!hop.validation().isEmpty()) {
      out.add(
          Trees.object(
              Trees.GATEWAY_API,
              "BackendTLSPolicy",
              namespace,
              name,
              Trees.map("targetRefs", List.of(target), "validation", hop.validation())));
    }
    hop.ca().ifPresent(reference -> authority(namespace, reference, out));
    if (!hop.connection().isEmpty()) {
      Map<String, Object> spec = Trees.map("targetRefs", List.of(target));
      spec.putAll(hop.connection());
      out.add(
          Trees.object("postern.dev/v1alpha1", "BackendConnectionPolicy", namespace, name, spec));
    }
    if (hop.skipsVerification()) {
      unverified(port, owned.first, name);
    }
  }

  private void authority(String namespace, String reference, List<Map<String, Object>> out) {
    Document secret = objects.secret(reference);
    String map = reference.substring(reference.indexOf('/') + 1) + "-ca";
    if (secret != null && configMaps.add(namespace + "/" + map)) {
      Map<String, Object> made =
          Trees.map(
              "apiVersion", "v1", "kind", "ConfigMap", "metadata", Trees.meta(namespace, map));
      made.put("data", Trees.map("ca.crt", Objects.certificate(secret, "ca.crt")));
      out.add(made);
    }
  }

  private void unverified(Port port, Location first, String policy) {
    findings.add(
        new Finding(
            Severity.WARNING,
            Optional.of(new ObjectRef(Kind.BACKEND_CONNECTION_POLICY, port.namespace, policy)),
            "spec.tls.insecureSkipVerify",
            first.ingress.lineOf("backend-protocol"),
            "nobody verifies "
                + port.service
                + ":"
                + port.number
                + ", as nginx did not. To fix it, put its CA into a ConfigMap (kubectl create"
                + " configmap "
                + port.service
                + "-ca -n "
                + port.namespace
                + " --from-file=ca.crt) and write a BackendTLSPolicy in place of this policy;"
                + " `postern probe` looks at the backend and says which CA and name that takes"));
  }
}
