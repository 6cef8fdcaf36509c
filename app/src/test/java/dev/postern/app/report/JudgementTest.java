package dev.postern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Condition.Truth;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether a status is as it should be, wherever in it the condition stands. */
class JudgementTest {
  private static final Condition GOOD = Samples.yes("Accepted");
  private static final Condition NOT_IN_CONFLICT = Samples.no("Conflicted", "NoConflicts", "");
  private static final Condition BAD = Samples.no("ResolvedRefs", "RefNotPermitted", "why");
  private static final Condition PARTLY =
      new Condition("PartiallyInvalid", Truth.TRUE, "UnsupportedValue", "Dropped Rule: 1", 1);
  private static final Condition LEFT_OUT =
      new Condition("postern.dev/PoliciesLeftOut", Truth.TRUE, "AncestorsFull", "500", 1);
  private static final Condition WARNING =
      new Condition("OverlappingTLSConfig", Truth.TRUE, "OverlappingHostnames", "", 1);

  static Stream<Function<List<Condition>, ObjectStatus>> places() {
    return Stream.of(
        conditions -> new ObjectStatus.OfGatewayClass(conditions, List.of()),
        conditions ->
            new ObjectStatus.OfGateway(List.of(), conditions, List.of(), Optional.empty()),
        conditions ->
            new ObjectStatus.OfGateway(
                List.of(), List.of(GOOD), listeners(conditions), Optional.empty()),
        conditions -> new ObjectStatus.OfListenerSet(conditions, List.of()),
        conditions -> new ObjectStatus.OfListenerSet(List.of(GOOD), listeners(conditions)),
        conditions -> new ObjectStatus.OfRoute(List.of(parent(List.of(GOOD)), parent(conditions))),
        conditions ->
            new ObjectStatus.OfPolicy(List.of(ancestor(List.of(GOOD)), ancestor(conditions))));
  }

  @ParameterizedTest
  @MethodSource("places")
  void oneConditionIsEnough(Function<List<Condition>, ObjectStatus> place) {
    assertThat(isTrouble(place.apply(List.of()))).isFalse();
    assertThat(isTrouble(place.apply(List.of(GOOD, NOT_IN_CONFLICT)))).isFalse();
    assertThat(isTrouble(place.apply(List.of(GOOD, BAD)))).isTrue();
    assertThat(isTrouble(place.apply(List.of(GOOD, PARTLY)))).isTrue();
    assertThat(isTrouble(place.apply(List.of(GOOD, LEFT_OUT)))).isTrue();
    assertThat(isTrouble(place.apply(List.of(GOOD, WARNING)))).isTrue();
  }

  /** Asked both ways, with the words and without. */
  private static boolean isTrouble(ObjectStatus status) {
    ObjectRef object = new ObjectRef(Kind.GATEWAY, "default", "g");
    boolean told =
        Judgement.of(object, status, Origin.UNKNOWN).stream().anyMatch(j -> j.mark().isTrouble());
    assertThat(Judgement.isTrouble(status)).isEqualTo(told);
    return told;
  }

  private static List<ObjectStatus.ListenerStatus> listeners(List<Condition> conditions) {
    return List.of(
        new ObjectStatus.ListenerStatus("good", List.of(), 0, List.of(GOOD)),
        new ObjectStatus.ListenerStatus("other", List.of(), 0, conditions));
  }

  private static ObjectStatus.ParentStatus parent(List<Condition> conditions) {
    return new ObjectStatus.ParentStatus(
        0,
        new ParentRef(Kind.GATEWAY, Optional.empty(), "g", Optional.empty(), Optional.empty()),
        "postern.dev/gateway-controller",
        conditions);
  }

  private static ObjectStatus.AncestorStatus ancestor(List<Condition> conditions) {
    return new ObjectStatus.AncestorStatus(
        new ObjectRef(Kind.GATEWAY, "default", "g"),
        Optional.empty(),
        "postern.dev/gateway-controller",
        conditions);
  }
}
