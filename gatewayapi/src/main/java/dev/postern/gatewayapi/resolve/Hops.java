package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.BackendSource.Found;
import dev.postern.gatewayapi.resolve.hop.GatewaySide;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.HopDecision;
import dev.postern.gatewayapi.resolve.hop.HopFacts;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TlsPolicy;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides for each port of a backend how it is reached: gathers the facts for [HopDecision].
public final class Hops {
  private final Backends backends;
  private final PolicyTargets targets;
  private final PolicyValidation validation;
  private final List<WishSource> wishes;
  private final DestinationRules rules;
  private final GatewaySides sides;
  private final AncestorLimit limit;
  private final Query<HopKey, Hop> hops;

  /// @param wishes those of one authority in the order in which they count
  /// @param rules count after them
  Hops(
      Memo memo,
      Backends backends,
      PolicyTargets targets,
      PolicyValidation validation,
      List<WishSource> wishes,
      DestinationRules rules,
      GatewaySides sides,
      AncestorLimit limit) {
    this.backends = backends;
    this.targets = targets;
    this.validation = validation;
    this.wishes = List.copyOf(wishes);
    this.rules = rules;
    this.sides = sides;
    this.limit = limit;
    hops = memo.query(this::decide);
  }

  /// How a port is reached.
  public Hop of(HopKey key) {
    return hops.get(key);
  }

  /// The namespace of the Gateway, where another DestinationRule counts for it than for others;
  /// else empty.
  String client(HopKey key) {
    ObjectRef backend = key.port().backend();
    Optional<DestinationRule> usual = rules.counting(backend, Optional.empty());
    return client(key.gateway())
        .filter(namespace -> !rules.counting(backend, Optional.of(namespace)).equals(usual))
        .orElse("");
  }

  private static Optional<String> client(Optional<ObjectRef> gateway) {
    return gateway.map(ObjectRef::namespace);
  }

  private Hop decide(HopKey key) {
    return switch (backends.find(key.port())) {
      case Found.Missing(String message) -> new Hop(new Outcome.NotFound(message), List.of());
      case Found.Unreachable(String message) ->
          new Hop(new Outcome.UnsupportedProtocol(message), List.of());
      case Found.Known known -> HopDecision.decide(facts(key, known));
    };
  }

  private HopFacts facts(HopKey key, Found.Known known) {
    BackendPort port = key.port();
    String portName = known.portName().map(Said::value).orElse("");
    List<Wish> wished = new ArrayList<>();
    wishes.forEach(source -> wished.addAll(source.of(port, portName)));
    rules.wish(port, client(key.gateway())).ifPresent(wished::add);
    List<ObjectRef> leftOut = key.gateway().map(limit::policiesWithout).orElse(List.of());
    if (!leftOut.isEmpty()) {
      wished.replaceAll(wish -> leftOut.contains(wish.by()) ? leftOut(wish, key) : wish);
    }
    return new HopFacts(
        key.route(),
        port.backend(),
        port.toString(),
        known.appProtocol(),
        known.portName(),
        policy(port.backend(), portName, key, leftOut),
        key.gateway().map(sides::of).orElse(GatewaySide.NOTHING),
        wished);
  }

  /// As of one whose references do not hold: what says how to connect fails closed, what says how
  /// to balance does not count.
  private static Wish leftOut(Wish wish, HopKey key) {
    Wish nothing = Wish.nothing(wish.authority(), wish.by());
    return wish.by().kind().equals(Kind.X_BACKEND_TRAFFIC_POLICY)
        ? nothing
        : nothing.withInvalid(
            "spec.targetRefs", AncestorLimit.because(wish.by(), key.gateway().orElseThrow()));
  }

  private TlsPolicy policy(
      ObjectRef backend, String portName, HopKey key, List<ObjectRef> leftOut) {
    List<ObjectRef> policies = targets.ofPort(backend, portName);
    if (policies.isEmpty()) {
      return new TlsPolicy.None();
    }
    ObjectRef first = policies.getFirst();
    List<ObjectRef> others = policies.subList(1, policies.size());
    if (leftOut.contains(first)) {
      String why = AncestorLimit.because(first, key.gateway().orElseThrow());
      return new TlsPolicy.Invalid(first, why, others);
    }
    Optional<TlsPolicy> valid =
        validation.of(first).tls().map(tls -> new TlsPolicy.Valid(first, tls, others));
    return valid.orElseGet(() -> new TlsPolicy.Invalid(first, others));
  }
}
