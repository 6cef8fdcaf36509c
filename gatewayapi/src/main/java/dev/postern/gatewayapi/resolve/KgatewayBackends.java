package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.ir.LoadAssignment.Endpoint;
import java.util.List;
import java.util.Optional;

/// kgateway's static Backends as backends: a name among the hosts makes all of them be found by
/// DNS, where an address is its own answer.
final class KgatewayBackends implements BackendSource {
  private final Objects objects;

  KgatewayBackends(Objects objects) {
    this.objects = objects;
  }

  @Override
  public Found find(BackendPort port) {
    return objects
        .find(port.backend(), KgatewayBackend.class)
        .map(KgatewayBackends::find)
        .orElseGet(() -> new Found.Missing(port.backend() + " does not exist"));
  }

  static Found find(KgatewayBackend backend) {
    if (backend.otherType().isPresent()) {
      return unreachable(
          backend, " is of type " + backend.otherType().get() + "; only static can be reached");
    }
    if (backend.hosts().isEmpty()) {
      return unreachable(backend, " has no static hosts");
    }
    Optional<ClusterHost> foreign =
        backend.hosts().stream()
            .flatMap(
                host -> ClusterHost.ofAnother(host.host(), backend.metadata().namespace()).stream())
            .findFirst();
    if (foreign.isPresent()) {
      return unreachable(backend, foreign.get().refusal());
    }
    Optional<Said<String>> hint =
        backend.appProtocol().map(value -> new Said<>("spec.static.appProtocol", value));
    List<Endpoint> hosts =
        backend.hosts().stream().map(host -> new Endpoint(host.host(), host.port())).toList();
    return new Found.Known(
        hint,
        Optional.empty(),
        hosts.stream().allMatch(host -> isAddress(host.address()))
            ? new Where.Fixed(hosts)
            : new Where.Dns(hosts));
  }

  private static Found unreachable(KgatewayBackend backend, String why) {
    return new Found.Unreachable(backend.ref() + why);
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }
}
