package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.ir.Listener.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who gets a port that several Gateways want: the older one, then the one whose namespace/name
/// comes first.
final class PortClaims {
  private static final Set<String> WILDCARDS =
      Set.of(GatewayRules.EVERYWHERE, GatewayRules.EVERYWHERE_IPV6);

  private final Objects objects;
  private final GatewayRules gateways;
  private final Query<String, Map<Claim, ObjectRef>> losers;

  PortClaims(Memo memo, Objects objects, GatewayRules gateways) {
    this.objects = objects;
    this.gateways = gateways;
    losers = memo.query(nothing -> settle());
  }

  private record Claim(ObjectRef gateway, int port, Transport transport) {}

  private record Socket(String address, int port, Transport transport, ObjectRef owner) {
    boolean isTaken(String otherAddress, Claim other) {
      return port == other.port()
          && transport == other.transport()
          && (address.equals(otherAddress)
              || WILDCARDS.contains(address)
              || WILDCARDS.contains(otherAddress));
    }
  }

  /// Why a Gateway cannot have a port.
  Optional<Refusal> lost(ObjectRef gateway, int port, Transport transport) {
    return Optional.ofNullable(losers.get("").get(new Claim(gateway, port, transport)))
        .map(owner ->
            new Refusal(
                "PortUnavailable",
                "port "
                    + port
                    + " belongs to "
                    + owner
                    + ", which comes first by age, then by name. Use another port, or give each"
                    + " Gateway an address of its own in spec.addresses."));
  }

  private Map<Claim, ObjectRef> settle() {
    List<Resource> byAge =
        objects.all(Kind.GATEWAY).stream()
            .flatMap(ref -> objects.find(ref, Gateway.class).stream())
            .map(Resource.class::cast)
            .sorted(Age.OLDEST_FIRST)
            .toList();
    List<Socket> taken = new ArrayList<>();
    Map<Claim, ObjectRef> lost = new HashMap<>();
    for (Resource gateway : byAge) {
      gateways
          .draftOf(gateway.ref())
          .filter(draft -> draft.refused().isEmpty())
          .ifPresent(draft -> claim(gateway.ref(), draft, taken, lost));
    }
    return Map.copyOf(lost);
  }

  private static void claim(
      ObjectRef gateway, GatewayRules.Draft draft, List<Socket> taken, Map<Claim, ObjectRef> lost) {
    List<Claim> claims =
        draft.listeners().stream()
            .filter(listener -> listener.refused().isEmpty())
            .flatMap(listener ->
                ListenerProtocol.of(listener.spec())
                    .map(p -> new Claim(gateway, listener.spec().port(), p.transport()))
                    .stream())
            .distinct()
            .toList();
    for (Claim claim : claims) {
      Optional<ObjectRef> owner =
          taken.stream()
              .filter(s -> draft.addresses().stream().anyMatch(a -> s.isTaken(a, claim)))
              .filter(s -> !s.owner().equals(gateway))
              .map(Socket::owner)
              .findFirst();
      owner.ifPresentOrElse(
          by -> lost.put(claim, by),
          () ->
              draft
                  .addresses()
                  .forEach(
                      a -> taken.add(new Socket(a, claim.port(), claim.transport(), gateway))));
    }
  }
}
