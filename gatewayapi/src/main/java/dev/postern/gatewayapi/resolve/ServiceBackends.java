package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.ir.Listener.Transport;
import java.util.Optional;

/// Services as backends.
final class ServiceBackends implements BackendSource {
  private final Objects objects;

  ServiceBackends(Objects objects) {
    this.objects = objects;
  }

  @Override
  public Found find(BackendPort at) {
    Optional<Service> found = objects.find(at.backend(), Service.class);
    if (found.isEmpty()) {
      return new Found.Missing(at.backend() + " does not exist");
    }
    Service service = found.get();
    Optional<String> refused = refused(service);
    if (refused.isPresent()) {
      return new Found.Unreachable(refused.get());
    }
    if (service.ports().isEmpty() && isExternalName(service)) {
      return new Found.Known(Optional.empty(), Optional.empty(), where(at, service));
    }
    String others = "";
    for (Service.Port port : service.ports()) {
      if (port.port() == at.port()) {
        if (port.protocol().equals(at.transport().name())) {
          return known(at, service, port);
        }
        others = others.isEmpty() ? port.protocol() : others;
      }
    }
    return others.isEmpty()
        ? new Found.Missing(noPort(at, service))
        : new Found.Unreachable(at + " is a " + others + " port; " + needed(at));
  }

  private static String needed(BackendPort at) {
    return at.transport() == Transport.UDP
        ? "a UDPRoute needs a UDP port"
        : "routes other than UDPRoute need a TCP port";
  }

  /// Why an ExternalName is not followed; absent where it is, and for other Services.
  private static Optional<String> refused(Service service) {
    return isExternalName(service)
        ? service
            .externalName()
            .flatMap(ClusterHost::of)
            .map(host -> service.ref() + host.refusal())
        : Optional.empty();
  }

  static boolean isExternalName(Service service) {
    return service.type().equals("ExternalName");
  }

  private static Found known(BackendPort at, Service service, Service.Port port) {
    String field = "spec.ports[" + service.ports().indexOf(port) + "].";
    return new Found.Known(
        port.appProtocol().map(value -> new Said<>(field + "appProtocol", value)),
        port.name().isEmpty()
            ? Optional.empty()
            : Optional.of(new Said<>(field + "name", port.name())),
        where(at, service));
  }

  private static Where where(BackendPort at, Service service) {
    return isExternalName(service) && service.externalName().isPresent()
        ? new Where.Dns(service.externalName().get(), at.port())
        : new Where.Slices();
  }

  private static String noPort(BackendPort at, Service service) {
    return at.backend()
        + " has no port "
        + at.port()
        + (service.ports().isEmpty()
            ? ""
            : "; it has "
                + String.join(
                    ", ", service.ports().stream().map(p -> Integer.toString(p.port())).toList()));
  }
}
