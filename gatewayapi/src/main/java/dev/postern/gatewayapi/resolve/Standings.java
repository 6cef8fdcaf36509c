package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.PolicyTargets.Standing;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import java.util.List;
import java.util.stream.Stream;

/// How a policy stands at those of its targets that one Gateway reaches.
record Standings(List<At> all) {
  Standings {
    all = List.copyOf(all);
  }

  /// At one target.
  record At(TargetRef target, Standing standing) {}

  /// Where it counts.
  List<TargetRef> counting() {
    return all.stream()
        .filter(at -> at.standing() instanceof Standing.Counts)
        .map(At::target)
        .toList();
  }

  /// What a person should know of where it counts; some may be empty.
  List<String> notes() {
    return all.stream()
        .flatMap(at ->
            at.standing() instanceof Standing.Counts(String note) ? Stream.of(note) : Stream.of())
        .toList();
  }

  /// Why it does not count elsewhere.
  List<Refusal> refusals() {
    return all.stream()
        .flatMap(at ->
            at.standing() instanceof Standing.Refused(Refusal why) ? Stream.of(why) : Stream.of())
        .toList();
  }

  /// What a person should know of all of them, in the order of the targets; some may be empty.
  List<String> messages() {
    return all.stream()
        .map(at ->
            switch (at.standing()) {
              case Standing.Counts(String note) -> note;
              case Standing.Refused(Refusal why) -> why.message();
            })
        .toList();
  }
}
