package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where the endpoints of a Service port are: those of its EndpointSlices, joined by the port's
/// name (Kubernetes, EndpointSlice).
public final class EndpointRules {
  private final Objects objects;
  private final Query<BackendPort, List<Endpoint>> endpoints;

  EndpointRules(Memo memo, Objects objects) {
    this.objects = objects;
    endpoints = memo.query(this::find);
  }

  /// The ready endpoints, in the order of the slices' names.
  public List<Endpoint> of(BackendPort port) {
    return endpoints.get(port);
  }

  List<EndpointSlice> slicesOf(ObjectRef service) {
    return objects.pointingAt(service).stream()
        .sorted()
        .flatMap(ref -> objects.find(ref, EndpointSlice.class).stream())
        .toList();
  }

  static Optional<Service.Port> port(Service service, BackendPort at) {
    return service.ports().stream()
        .filter(p -> p.port() == at.port() && p.protocol().equals(at.transport().name()))
        .findFirst();
  }

  static boolean joins(EndpointSlice.Port of, Service.Port with) {
    return of.name().equals(with.name())
        && of.protocol().equals(with.protocol())
        && of.port().isPresent();
  }

  private List<Endpoint> find(BackendPort at) {
    Optional<Service.Port> port =
        objects.find(at.backend(), Service.class).flatMap(s -> port(s, at));
    Set<Endpoint> found = new LinkedHashSet<>();
    if (port.isPresent()) {
      for (EndpointSlice slice : slicesOf(at.backend())) {
        if (!slice.addressType().equals("FQDN")) {
          collect(slice, port.get(), found);
        }
      }
    }
    return new ArrayList<>(found);
  }

  private static void collect(EndpointSlice slice, Service.Port port, Set<Endpoint> into) {
    for (EndpointSlice.Port slicePort : slice.ports()) {
      if (joins(slicePort, port)) {
        slice.endpoints().stream()
            .filter(EndpointSlice.Endpoint::ready)
            .flatMap(endpoint -> endpoint.addresses().stream())
            .forEach(address -> into.add(new Endpoint(address, slicePort.port().orElseThrow())));
      }
    }
  }
}
