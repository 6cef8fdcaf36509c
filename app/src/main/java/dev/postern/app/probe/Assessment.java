package dev.postern.app.probe;

import java.time.InstantSource;
import java.util.Optional;

/// What follows from what was seen of a backend.
///
/// @param trusts whom its certificate could be verified by; absent where it showed none
public record Assessment(Optional<Trusts> trusts, Advice advice) {

  /// Makes one more handshake where a policy is advised, verified as the proxy would by it.
  ///
  /// @param service for whose manifests the advice is
  public static Assessment of(
      ProbeTarget target, WantedService service, Probed.Reached reached, InstantSource clock) {
    Optional<Trusts> trusts =
        reached
            .tls()
            .map(TlsSeen::chain)
            .filter(chain -> !chain.isEmpty())
            .map(chain -> Trusts.of(chain, target, clock));
    Optional<String> refused = trusts.flatMap(who -> Prober.verify(target, reached, who));
    return new Assessment(
        trusts, Advice.of(target, service, reached, trusts, refused, clock.instant()));
  }
}
