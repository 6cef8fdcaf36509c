package dev.postern.app.admin;

import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What a condition means for the person who looks at it. The order is from good to bad.
enum Health {
  OK,
  WARN,
  BAD;

  /// Conditions that are bad news when they are true.
  private static final Set<String> BAD_WHEN_TRUE = Set.of("Conflicted", "PartiallyInvalid");

  /// One condition and what it is about.
  ///
  /// @param where the listener, parent or ancestor; empty for the object itself
  record Judged(String where, Condition condition, Health health) {}

  static Health of(Condition condition) {
    Health whenTrue = whenTrue(condition.type());
    return switch (condition.status()) {
      case TRUE -> whenTrue;
      case FALSE -> whenTrue == OK ? BAD : OK;
      case UNKNOWN -> WARN;
    };
  }

  private static Health whenTrue(String type) {
    if (BAD_WHEN_TRUE.contains(type) || type.contains("Insecure")) {
      return BAD;
    }
    return type.equals("OverlappingTLSConfig") ? WARN : OK;
  }

  /// The worst of an object's conditions; a route or policy that hangs on nothing is a warning.
  static Health of(ObjectStatus status) {
    List<Judged> all = conditions(status);
    return all.stream().map(Judged::health).max(Health::compareTo).orElse(WARN);
  }

  /// All conditions of an object, in the order of its status.
  static List<Judged> conditions(ObjectStatus status) {
    return switch (status) {
      case ObjectStatus.OfGatewayClass of -> judged("", of.conditions()).toList();
      case ObjectStatus.OfGateway of ->
          Stream.concat(
                  judged("", of.conditions()),
                  of.listeners().stream()
                      .flatMap(
                          listener -> judged("listener " + listener.name(), listener.conditions())))
              .toList();
      case ObjectStatus.OfRoute of ->
          of.parents().stream()
              .flatMap(parent -> judged(where(parent), parent.conditions()))
              .toList();
      case ObjectStatus.OfPolicy of ->
          of.ancestors().stream()
              .flatMap(ancestor -> judged(where(ancestor), ancestor.conditions()))
              .toList();
    };
  }

  private static Stream<Judged> judged(String where, List<Condition> conditions) {
    return conditions.stream().map(condition -> new Judged(where, condition, of(condition)));
  }

  private static String where(ObjectStatus.ParentStatus parent) {
    return "on "
        + parent.parentRef().kind().kind()
        + " "
        + parent.parentRef().namespace().map(namespace -> namespace + "/").orElse("")
        + parent.parentRef().name()
        + parent.parentRef().sectionName().map(section -> ", " + section).orElse("")
        + parent.parentRef().port().map(port -> ", port " + port).orElse("");
  }

  private static String where(ObjectStatus.AncestorStatus ancestor) {
    return "on "
        + ancestor.ancestor()
        + ancestor.sectionName().map(section -> ", " + section).orElse("");
  }
}
