package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resolve.hop.Claims.Claim;
import dev.postern.gatewayapi.resolve.hop.Hop.PolicySession;
import dev.postern.gatewayapi.resolve.hop.Hop.Question;
import dev.postern.gatewayapi.resolve.hop.Hop.Step;
import dev.postern.gatewayapi.resolve.hop.Hop.Traffic;
import dev.postern.gatewayapi.resource.SessionPersistence;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Cluster.RetryBudget;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.OutlierDetection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Decides what a cluster keeps to, whatever is spoken: each question by itself, by the order of
/// [Authority].
final class TrafficDecision {
  /// Where nobody says anything.
  private static final Traffic USUAL =
      new Traffic(
          Cluster.DEFAULT_CONNECT_TIMEOUT,
          Cluster.DEFAULT_IDLE_TIMEOUT,
          Optional.empty(),
          CircuitBreakers.DEFAULT,
          LbPolicy.DEFAULT,
          Optional.empty(),
          OutlierDetection.DEFAULT,
          Optional.empty(),
          Optional.empty());

  private final List<Wish> wishes;
  private final List<Step> trail = new ArrayList<>();
  private final Traffic traffic;

  TrafficDecision(HopFacts facts) {
    if (facts.wishes().isEmpty()) {
      wishes = List.of();
      traffic = USUAL;
      return;
    }
    wishes =
        List.of(Authority.values()).stream()
            .flatMap(
                authority -> facts.wishes().stream().filter(wish -> wish.authority() == authority))
            .toList();
    Claims<Duration> connect =
        ask(Question.CONNECT_TIMEOUT, TrafficWish::connectTimeout, HopWords::duration);
    Claims<Duration> idle =
        ask(Question.IDLE_TIMEOUT, TrafficWish::idleTimeout, HopWords::duration);
    Claims<Duration> streamIdle =
        ask(Question.STREAM_IDLE_TIMEOUT, TrafficWish::streamIdleTimeout, HopWords::duration);
    Claims<CircuitBreakers> limits =
        ask(Question.CIRCUIT_BREAKERS, TrafficWish::circuitBreakers, HopWords::limits);
    Claims<LbPolicy> choice =
        ask(Question.LB_POLICY, TrafficWish::lbPolicy, TrafficWords::lbPolicy);
    Claims<HealthCheck> checks =
        ask(Question.HEALTH_CHECK, TrafficWish::healthCheck, TrafficWords::healthCheck);
    Claims<OutlierDetection> ejection =
        ask(
            Question.OUTLIER_DETECTION,
            TrafficWish::outlierDetection,
            TrafficWords::outlierDetection);
    Claims<RetryBudget> budget =
        ask(Question.RETRY_BUDGET, TrafficWish::retryBudget, TrafficWords::retryBudget);
    Claims<SessionPersistence> session =
        ask(
            Question.SESSION_PERSISTENCE,
            TrafficWish::sessionPersistence,
            TrafficWords::sessionPersistence);
    traffic =
        new Traffic(
            first(connect).orElse(USUAL.connectTimeout()),
            first(idle).orElse(USUAL.idleTimeout()),
            first(streamIdle),
            first(limits).orElse(USUAL.circuitBreakers()),
            first(choice).orElse(USUAL.lbPolicy()),
            first(checks),
            first(ejection).orElse(USUAL.outlierDetection()),
            first(budget),
            session
                .first()
                .map(claim ->
                    new PolicySession(claim.value(), claim.source().object().orElseThrow())));
  }

  Traffic traffic() {
    return traffic;
  }

  /// What somebody said something about.
  List<Step> trail() {
    return trail;
  }

  private <T> Claims<T> ask(
      Question question, Function<TrafficWish, Optional<Said<T>>> part, Function<T, String> words) {
    Claims<T> claims = new Claims<>();
    claims.add(wishes, wish -> part.apply(wish.traffic()), words);
    claims
        .first()
        .ifPresent(claim ->
            trail.add(
                new Step(
                    question, words.apply(claim.value()), claim.source(), claims.overruled())));
    return claims;
  }

  private static <T> Optional<T> first(Claims<T> claims) {
    return claims.first().map(Claim::value);
  }
}
