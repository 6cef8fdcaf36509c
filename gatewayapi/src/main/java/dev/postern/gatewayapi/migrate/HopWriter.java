package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.migrate.Migration.BackendPort;
import dev.postern.gatewayapi.migrate.Migration.ServicePatch;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which way each port of a Service is reached, and the policies, ConfigMaps and patches that say
/// so.
final class HopWriter {
  private static final String SECOND_SERVICE = "make a second Service for one of the two";

  private record Owned(Hop hop, Location first) {}

  private final Objects objects;
  private final HopObjects kind;
  private final Map<ServicePort, Owned> hops = new LinkedHashMap<>();
  private final Map<String, Set<ServicePort>> ports = new HashMap<>();
  private final AuthorityMaps authorities;
  private final ServiceWriter services;
  private final List<Finding> findings = new ArrayList<>();

  HopWriter(Objects objects, Target target) {
    this.objects = objects;
    this.kind = HopObjects.of(target);
    this.services = new ServiceWriter(objects);
    this.authorities = new AuthorityMaps(objects);
  }

  /// Closes the location where somebody wants the same port reached in another way.
  void add(Location at, String service, int number, Hop wanted) {
    ServiceName meant = objects.meant(at.ingress.namespace(), service);
    Hop hop = authorities.named(wanted, meant.namespace());
    ServicePort port = port(at, meant, number, hop);
    if (!meant.equals(new ServiceName(at.ingress.namespace(), service))) {
      if (!meant.namespace().equals(at.ingress.namespace())
          && (kind.isBackend(port, hop) || hop.tls().containsKey("clientCertificateRef"))) {
        close(
            at,
            service,
            number,
            "this is Service "
                + meant
                + ", and what says how to reach it belongs into its namespace with the Secret",
            "move the Ingress and its Secret to namespace " + meant.namespace());
        return;
      }
      at.throughName(service, port);
    }
    Optional<Owned> neighbour = neighbour(port, hop);
    if (neighbour.isPresent()) {
      close(
          at,
          service,
          number,
          neighbour.get().first.ingress.id()
              + " wants another port of this Service reached in another way, and a"
              + " BackendConfigPolicy is for all ports",
          SECOND_SERVICE);
      return;
    }
    kind.expect(port, hop);
    if (kind.isBackend(port, hop)) {
      if (port.dns() instanceof ServicePort.Endpoints(int podPort) && podPort == 0) {
        close(
            at,
            service,
            number,
            "a Backend of Envoy Gateway finds a headless Service by DNS, which knows no targetPort"
                + " by name",
            "write its number into the Service");
        return;
      }
      at.throughBackend(port);
    }
    Owned before = hops.putIfAbsent(port, new Owned(hop, at));
    ports.computeIfAbsent(port.reference(), key -> new LinkedHashSet<>()).add(port);
    if (before == null) {
      return;
    }
    if (!before.hop.reachesAs(hop)) {
      close(
          at,
          service,
          number,
          "this port is already reached as "
              + before.first.ingress.id()
              + " wants it, and a Service's port has one way to be reached",
          SECOND_SERVICE);
      return;
    }
    Hop both = before.hop.waitingAsLongAs(hop);
    TimeoutFamily.tell(at, hop, both);
    TimeoutFamily.tell(before.first, before.hop, both);
    hops.put(
        port, new Owned(both.alike().isEmpty() ? both.withAlike(hop.alike()) : both, before.first));
    if (!both.alike().isEmpty() && !hop.alike().isEmpty() && !both.alike().equals(hop.alike())) {
      for (String name : List.of("affinity", "upstream-hash-by")) {
        at.lost(
            name,
            "a port of a Service keeps requests at its endpoints in one way, and "
                + before.first.ingress.id()
                + " has said it",
            "say the same there, or make a second Service");
      }
    }
  }

  /// kgateway reads a BackendTLSPolicy's sectionName in its newer versions alone, so that there is
  /// none where the Service has one port.
  private ServicePort port(Location at, ServiceName meant, int number, Hop hop) {
    String namespace = meant.namespace();
    String service = meant.service();
    String reference = meant.toString();
    String name = objects.portName(reference, number);
    var port = new ServicePort(namespace, service, number, name, objects.dns(reference, number));
    if (at.target != Target.KGATEWAY) {
      return port;
    }
    if (objects.ports(reference).size() < 2) {
      return new ServicePort(namespace, service, number, "", port.dns());
    }
    if (!hop.validation().isEmpty() && !kind.verifies(port, hop)) {
      at.different(
          "backend-protocol",
          "a BackendTLSPolicy with the sectionName "
              + name
              + ", which kgateway reads since April 2026 (pull request 13780): an older one speaks"
              + " plaintext there");
    }
    return port;
  }

  /// One that is reached in another way, where what is said of one port counts for all.
  private Optional<Owned> neighbour(ServicePort port, Hop hop) {
    return ports.getOrDefault(port.reference(), Set.of()).stream()
        .filter(other -> !other.equals(port))
        .map(hops::get)
        .filter(owned -> kind.isForAllPorts(hop) || kind.isForAllPorts(owned.hop))
        .filter(owned -> !owned.hop.equals(hop))
        .findFirst();
  }

  private static void close(Location at, String service, int number, String why, String toDo) {
    at.close();
    at.say(
        "backend",
        service + ":" + number,
        new Verdict.NotPossible(why + "; the path answers 500", toDo));
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

  /// Those that a look could help: nobody verifies them, or who does is up to clients' scheme.
  List<BackendPort> unverified() {
    return hops.entrySet().stream()
        .filter(entry ->
            entry.getValue().hop.skipsVerification()
                || entry.getValue().hop.appProtocol().equals("postern.dev/auto-http"))
        .map(Map.Entry::getKey)
        .map(port ->
            new BackendPort(
                port.namespace(),
                port.service(),
                port.number(),
                objects.portName(port.reference(), port.number())))
        .toList();
  }

  void writeTo(List<Map<String, Object>> out) {
    hops.forEach((port, owned) -> hop(port, owned, out));
  }

  private void hop(ServicePort port, Owned owned, List<Map<String, Object>> out) {
    Hop hop = owned.hop;
    if (!hop.appProtocol().isEmpty() && !kind.isBackend(port, hop)) {
      services.appProtocol(port.namespace(), port.service(), port.number(), hop.appProtocol(), out);
    }
    boolean policy = !hop.validation().isEmpty() && !kind.verifies(port, hop);
    if (policy) {
      out.add(
          Trees.object(
              Trees.GATEWAY_API,
              "BackendTLSPolicy",
              port.namespace(),
              port.objectName(),
              Trees.map(
                  "targetRefs",
                  List.of(port.targetWithSection()),
                  "validation",
                  kind.validation(hop))));
    }
    if (policy || kind.readsConfigMap(hop)) {
      authorities.write(port.namespace(), hop, out);
    }
    kind.write(port, hop, out);
    if (hop.skipsVerification()) {
      unverified(port, owned.first);
    }
  }

  private void unverified(ServicePort port, Location first) {
    ObjectRef skips = kind.unverified(port);
    String authority = port.service() + "-ca";
    findings.add(
        new Finding(
            Severity.WARNING,
            Optional.of(skips),
            kind.unverifiedField(),
            first.ingress.lineOf("backend-protocol"),
            ("nobody verifies %s:%d, as nginx did not: %s %s skips it. To end that, put its CA into"
                    + " a ConfigMap: kubectl create configmap %s -n %s --from-file=ca.crt. Then, with"
                    + " the name of its certificate in place of NAME: %s (`postern probe` looks at"
                    + " the backend and says which CA and name that takes)")
                .formatted(
                    port.reference(),
                    port.number(),
                    skips.kind().kind(),
                    skips.namespace() + "/" + skips.name(),
                    ShellWord.of(authority),
                    ShellWord.of(port.namespace()),
                    kind.remedy(port, authority))));
  }
}
