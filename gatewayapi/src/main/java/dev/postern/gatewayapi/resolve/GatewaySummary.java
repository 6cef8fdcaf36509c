package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.ListenerReport.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a Gateway as a whole is accepted and programmed, by its addresses and its own listeners
/// alone. Its ListenerSets share it where it is not (GEP-1713).
///
/// @param outcomes of its own listeners
record GatewaySummary(
    List<Outcome> outcomes, Optional<Refusal> notAccepted, Optional<Refusal> notProgrammed) {

  GatewaySummary {
    outcomes = List.copyOf(outcomes);
  }

  static GatewaySummary of(JudgedGateway judged, ListenerReport listeners, Sockets sockets) {
    List<Outcome> outcomes = listeners.of(judged, judged.ref());
    if (judged.refused().isPresent()) {
      Refusal why = judged.refused().get();
      return new GatewaySummary(
          outcomes, judged.refused(), Optional.of(new Refusal("Invalid", why.message())));
    }
    String see = ListenerReport.see(outcomes, outcome -> outcome.unprogrammed().isPresent());
    return new GatewaySummary(
        outcomes,
        judged
            .unsupportedAddress()
            .or(() ->
                outcomes.stream().allMatch(o -> o.refused().isPresent())
                    ? Optional.of(new Refusal("ListenersNotValid", see))
                    : Optional.empty()),
        unusable(judged, sockets)
            .or(() ->
                outcomes.stream().allMatch(o -> o.unprogrammed().isPresent())
                    ? Optional.of(new Refusal("Invalid", see))
                    : Optional.empty()));
  }

  /// Addresses of the Gateway that cannot be had here (Gateway.spec.addresses).
  private static Optional<Refusal> unusable(JudgedGateway judged, Sockets sockets) {
    List<String> missing = sockets.missing(judged);
    List<String> present = sockets.present(judged);
    List<String> why = new ArrayList<>();
    judged.unsupportedAddress().ifPresent(refusal -> why.add(refusal.message()));
    if (!missing.isEmpty()) {
      why.add(
          "this machine has no address "
              + String.join(", ", missing)
              + "; give it to a network interface or take it out of spec.addresses");
    }
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "AddressNotUsable",
                String.join(". ", why)
                    + (present.isEmpty()
                        ? ". Nothing is served."
                        : ". Served at " + String.join(", ", present) + " alone.")));
  }
}
