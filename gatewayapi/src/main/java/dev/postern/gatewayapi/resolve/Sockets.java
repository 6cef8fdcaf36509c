package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Inputs;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.ir.DataPlane.Applied;
import java.util.List;
import java.util.Optional;

/// What came of binding the sockets of Gateways.
public final class Sockets {
  private final Inputs<String, String> errors;
  private final Inputs<String, Boolean> missing;
  private Applied last = Applied.ALL_BOUND;

  Sockets(Memo memo) {
    errors = memo.inputs("");
    missing = memo.inputs(false);
  }

  /// Takes the place of what was known before.
  public void take(Applied now) {
    last.listenerErrors().keySet().stream()
        .filter(name -> !now.listenerErrors().containsKey(name))
        .forEach(name -> errors.set(name, ""));
    last.missingAddresses().stream()
        .filter(address -> !now.missingAddresses().contains(address))
        .forEach(address -> missing.set(address, false));
    now.listenerErrors().forEach(errors::set);
    now.missingAddresses().forEach(address -> missing.set(address, true));
    last = now;
  }

  /// Those of a Gateway's addresses that this machine does not have.
  List<String> missing(JudgedGateway gateway) {
    return gateway.addresses().stream().filter(missing::get).toList();
  }

  /// Those that it has.
  List<String> present(JudgedGateway gateway) {
    return gateway.addresses().stream().filter(address -> !missing.get(address)).toList();
  }

  /// Why a listener has no socket at some address that is there; empty where it has all.
  Optional<String> error(JudgedGateway gateway, JudgedGateway.Listener listener) {
    return listener
        .protocol()
        .map(protocol ->
            String.join(
                "; ",
                present(gateway).stream()
                    .map(address ->
                        errors.get(
                            SocketName.of(address, listener.spec().port(), protocol.transport())))
                    .filter(error -> !error.isEmpty())
                    .toList()))
        .filter(error -> !error.isEmpty());
  }
}
