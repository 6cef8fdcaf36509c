package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
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
    List<EndpointSlice> slices = new ArrayList<>(2);
    for (ObjectRef ref : objects.pointingAt(service)) {
      if (ref.kind().equals(Kind.ENDPOINT_SLICE)) {
        objects.find(ref, EndpointSlice.class).ifPresent(slices::add);
      }
    }
    slices.sort(Comparator.comparing(EndpointSlice::ref));
    return slices;
  }

  static Optional<Service.Port> port(Service service, BackendPort at) {
    for (Service.Port port : service.ports()) {
      if (port.port() == at.port() && port.protocol().equals(at.transport().name())) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
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
        int number = slicePort.port().orElseThrow();
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
          if (endpoint.ready()) {
            endpoint.addresses().forEach(address -> into.add(new Endpoint(address, number)));
          }
        }
      }
    }
  }
}
