package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.EnvoyBackendWish;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.EnvoyBackend.Endpoint;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.LoadAssignment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Envoy Gateway's Backends as backends. Their port's name is its number, as the sectionName of a
/// BackendTLSPolicy has it there.
final class EnvoyBackends implements BackendSource, WishSource {
  private final Objects objects;
  private final Query<ObjectRef, Optional<Wished>> wishes;

  EnvoyBackends(Memo memo, Objects objects, Material material) {
    this.objects = objects;
    wishes =
        memo.query(ref ->
            objects
                .find(ref, EnvoyBackend.class)
                .map(backend -> EnvoyBackendWish.of(backend, material)));
  }

  @Override
  public Found find(BackendPort port) {
    return objects
        .find(port.backend(), EnvoyBackend.class)
        .map(EnvoyBackends::find)
        .orElseGet(() -> new Found.Missing(port.backend() + " does not exist"));
  }

  @Override
  public List<Wish> of(BackendPort port, String portName) {
    return port.backend().kind().equals(Kind.ENVOY_BACKEND)
        ? wished(port.backend()).map(Wished::wish).stream().toList()
        : List.of();
  }

  /// Absent where there is no such Backend.
  Optional<Wished> wished(ObjectRef ref) {
    return wishes.get(ref);
  }

  static Found find(EnvoyBackend backend) {
    if (!backend.type().equals("Endpoints")) {
      return unreachable(
          backend,
          " is of type "
              + backend.type()
              + ", which goes wherever the client says; list the endpoints");
    }
    if (backend.endpoints().isEmpty()) {
      return unreachable(backend, " has no endpoints");
    }
    if (backend.endpoints().stream().anyMatch(Endpoint.Unix.class::isInstance)) {
      return unreachable(backend, " has an endpoint that is a socket of Unix; use an address");
    }
    boolean byName = backend.endpoints().stream().anyMatch(Endpoint.Fqdn.class::isInstance);
    if (byName && backend.endpoints().stream().anyMatch(Endpoint.Ip.class::isInstance)) {
      return unreachable(
          backend, " mixes endpoints of fqdn and of ip; make a Backend for each of the two");
    }
    Optional<ClusterHost> foreign =
        backend.endpoints().stream()
            .flatMap(endpoint ->
                endpoint instanceof Endpoint.Fqdn(String host, _, _)
                    ? ClusterHost.ofAnother(host, backend.metadata().namespace()).stream()
                    : Stream.empty())
            .findFirst();
    if (foreign.isPresent()) {
      return unreachable(backend, foreign.get().refusal());
    }
    return new Found.Known(
        appProtocol(backend),
        portName(backend),
        byName ? new Where.Dns(places(backend)) : new Where.Fixed(places(backend)));
  }

  /// With names of their own where TLS goes by them.
  private static List<LoadAssignment.Endpoint> places(EnvoyBackend backend) {
    boolean named = EnvoyBackendWish.goesByEndpoint(backend);
    return backend.endpoints().stream()
        .map(endpoint -> {
          Optional<String> name = named ? endpoint.tlsName() : Optional.empty();
          return switch (endpoint) {
            case Endpoint.Fqdn(String host, int port, _) ->
                new LoadAssignment.Endpoint(host, port, name);
            case Endpoint.Ip(String address, int port, _) ->
                new LoadAssignment.Endpoint(address, port, name);
            case Endpoint.Unix() -> throw new IllegalStateException("refused before");
          };
        })
        .toList();
  }

  private static Found unreachable(EnvoyBackend backend, String why) {
    return new Found.Unreachable(backend.ref() + why);
  }

  private static Optional<Said<String>> appProtocol(EnvoyBackend backend) {
    int last = backend.appProtocols().size() - 1;
    return last < 0
        ? Optional.empty()
        : Optional.of(
            new Said<>(
                "spec.appProtocols[" + last + "]",
                backend
                    .appProtocols()
                    .get(last)
                    .replace("gateway.envoyproxy.io/", "kubernetes.io/")));
  }

  private static Optional<Said<String>> portName(EnvoyBackend backend) {
    return ports(backend).stream()
        .findFirst()
        .map(port -> new Said<>("spec.endpoints[0]", port.toString()));
  }

  /// The ports of the endpoints.
  static List<Integer> ports(EnvoyBackend backend) {
    return backend.endpoints().stream()
        .map(endpoint ->
            switch (endpoint) {
              case Endpoint.Ip(_, int port, _) -> port;
              case Endpoint.Fqdn(_, int port, _) -> port;
              case Endpoint.Unix() -> 0;
            })
        .toList();
  }
}
