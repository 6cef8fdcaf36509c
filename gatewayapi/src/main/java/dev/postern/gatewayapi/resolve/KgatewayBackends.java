package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.KgatewayBackend.Host;
import dev.postern.ir.LoadAssignment;
import java.util.List;
import java.util.Optional;

/// kgateway's static Backends as backends.
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
    Optional<Said<String>> hint =
        backend.appProtocol().map(value -> new Said<>("spec.static.appProtocol", value));
    List<Host> named = backend.hosts().stream().filter(host -> !isAddress(host.host())).toList();
    if (named.isEmpty()) {
      return new Found.Known(
          hint,
          Optional.empty(),
          new Where.Fixed(
              backend.hosts().stream()
                  .map(host -> new LoadAssignment.Endpoint(host.host(), host.port()))
                  .toList()));
    }
    if (backend.hosts().size() > 1) {
      return unreachable(backend, " has several hosts with names; make a Backend for each");
    }
    Host only = named.getFirst();
    return new Found.Known(hint, Optional.empty(), new Where.Dns(only.host(), only.port()));
  }

  private static Found unreachable(KgatewayBackend backend, String why) {
    return new Found.Unreachable(backend.ref() + why);
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }
}
