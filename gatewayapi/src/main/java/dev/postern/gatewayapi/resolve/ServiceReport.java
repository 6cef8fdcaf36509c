package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be said about the endpoints of a Service that gets requests. Services have no status
/// of ours.
final class ServiceReport {
  private final PortUse use;
  private final EndpointRules endpoints;

  ServiceReport(PortUse use, EndpointRules endpoints) {
    this.use = use;
    this.endpoints = endpoints;
  }

  Report of(Service service) {
    List<Finding> findings = new ArrayList<>();
    List<BackendPort> used =
        use.of(service.ref()).stream().map(to -> to.key().port()).distinct().toList();
    if (!used.isEmpty() && service.sessionAffinity()) {
      findings.add(affinity(service));
    }
    if (!used.isEmpty() && !ServiceBackends.isExternalName(service)) {
      List<EndpointSlice> slices = endpoints.slicesOf(service.ref());
      slices.stream()
          .filter(s -> s.addressType().equals("FQDN"))
          .map(this::fqdn)
          .forEach(findings::add);
      if (slices.isEmpty()) {
        findings.add(
            Findings.of(
                service,
                Severity.WARNING,
                "",
                "No EndpointSlice says where this Service is, so that its requests get 503. Add one"
                    + " with the label "
                    + EndpointSlice.SERVICE_NAME
                    + ": "
                    + service.metadata().name()
                    + "."));
      } else {
        used.forEach(port -> joined(service, port, slices).ifPresent(findings::add));
      }
    }
    return new Report(service.ref(), Optional.empty(), findings);
  }

  private static Finding affinity(Service service) {
    return Findings.of(
        service,
        Severity.NOTE,
        "spec.sessionAffinity",
        "It is for connections to the Service's own address; a gateway chooses an endpoint for each"
            + " request. To keep clients at one, use sessionPersistence in the route, or a"
            + " BackendConnectionPolicy with loadBalancing {policy: ConsistentHash, hashOn: {type:"
            + " SourceIP}}.");
  }

  private Finding fqdn(EndpointSlice slice) {
    return Findings.of(
        slice,
        Severity.WARNING,
        "addressType",
        "Endpoints of addressType FQDN are not used. Use a Service of type ExternalName for a host"
            + " name.");
  }

  private static Optional<Finding> joined(
      Service service, BackendPort at, List<EndpointSlice> slices) {
    return EndpointRules.port(service, at)
        .filter(port ->
            slices.stream()
                .flatMap(slice -> slice.ports().stream())
                .noneMatch(p -> EndpointRules.joins(p, port)))
        .map(port ->
            Findings.of(
                service,
                Severity.WARNING,
                "spec.ports[" + service.ports().indexOf(port) + "]",
                "No EndpointSlice of this Service has a "
                    + (port.name().isEmpty() ? "port without a name" : "port named " + port.name())
                    + ", so that requests to port "
                    + at.port()
                    + " get 503. Service and EndpointSlice are joined by the port's name."));
  }
}
