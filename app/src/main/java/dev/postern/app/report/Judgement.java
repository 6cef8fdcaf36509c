package dev.postern.app.report;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Condition.Truth;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One condition of one object, and whether it is as it should be.
///
/// @param subject the part of the object that it speaks of, such as `listener http` or `on Gateway
///   a/b`; empty for the object as a whole
/// @param location `file:line`
public record Judgement(
    ObjectRef object, String subject, Condition condition, Mark mark, Optional<String> location) {

  /// Types that say that something is wrong when they are True.
  private static final Set<String> BAD_WHEN_TRUE =
      Set.of("Conflicted", "PartiallyInvalid", "postern.dev/PoliciesLeftOut");

  /// Types that a Gateway must carry also where what they say is wanted.
  private static final Set<String> WARNING_WHEN_TRUE =
      Set.of("OverlappingTLSConfig", "InsecureFrontendValidationMode");

  /// All conditions of a status, in its order.
  public static List<Judgement> of(ObjectRef object, ObjectStatus status, Origin origin) {
    var judgements = new ArrayList<Judgement>();
    switch (status) {
      case ObjectStatus.OfGatewayClass s -> add(judgements, object, "", s.conditions(), origin, "");
      case ObjectStatus.OfGateway s -> {
        add(judgements, object, "", s.conditions(), origin, "");
        add(judgements, object, s.listeners(), origin);
      }
      case ObjectStatus.OfListenerSet s -> {
        add(judgements, object, "", s.conditions(), origin, "");
        add(judgements, object, s.listeners(), origin);
      }
      case ObjectStatus.OfRoute s -> {
        for (ObjectStatus.ParentStatus parent : s.parents()) {
          String subject = "on " + name(parent.parentRef(), object.namespace());
          String field = "spec.parentRefs[" + parent.number() + "]";
          add(judgements, object, subject, parent.conditions(), origin, field);
        }
      }
      case ObjectStatus.OfPolicy s -> {
        for (ObjectStatus.AncestorStatus ancestor : s.ancestors()) {
          String section = ancestor.sectionName().map(name -> " " + name).orElse("");
          String subject = "on " + ancestor.ancestor() + section;
          add(judgements, object, subject, ancestor.conditions(), origin, "");
        }
      }
    }
    return judgements;
  }

  /// Whether a condition of a status is not as it should be. What [#of] would tell, without the
  /// words: most objects of a large folder are as they should be.
  public static boolean isTrouble(ObjectStatus status) {
    return conditions(status).anyMatch(condition -> mark(condition).isTrouble());
  }

  private static Stream<Condition> conditions(ObjectStatus status) {
    return switch (status) {
      case ObjectStatus.OfGatewayClass s -> s.conditions().stream();
      case ObjectStatus.OfGateway s -> conditions(s.conditions(), s.listeners());
      case ObjectStatus.OfListenerSet s -> conditions(s.conditions(), s.listeners());
      case ObjectStatus.OfRoute s -> s.parents().stream().flatMap(p -> p.conditions().stream());
      case ObjectStatus.OfPolicy s -> s.ancestors().stream().flatMap(a -> a.conditions().stream());
    };
  }

  private static Stream<Condition> conditions(
      List<Condition> own, List<ObjectStatus.ListenerStatus> listeners) {
    return Stream.concat(
        own.stream(), listeners.stream().flatMap(listener -> listener.conditions().stream()));
  }

  private static void add(
      List<Judgement> to,
      ObjectRef object,
      List<ObjectStatus.ListenerStatus> listeners,
      Origin origin) {
    for (int i = 0; i < listeners.size(); i++) {
      ObjectStatus.ListenerStatus listener = listeners.get(i);
      String field = "spec.listeners[" + i + "]";
      add(to, object, "listener " + listener.name(), listener.conditions(), origin, field);
    }
  }

  private static void add(
      List<Judgement> to,
      ObjectRef object,
      String subject,
      List<Condition> conditions,
      Origin origin,
      String field) {
    for (Condition condition : conditions) {
      to.add(new Judgement(object, subject, condition, mark(condition), origin.at(field)));
    }
  }

  private static String name(ParentRef ref, String namespaceOfRoute) {
    var gateway =
        new ObjectRef(ref.kind(), ref.namespace().orElse(namespaceOfRoute), ref.name()).toString();
    String section = ref.sectionName().map(name -> " " + name).orElse("");
    return gateway + section + ref.port().map(port -> " port " + port).orElse("");
  }

  private static Mark mark(Condition condition) {
    if (WARNING_WHEN_TRUE.contains(condition.type())) {
      return condition.status() == Truth.TRUE ? Mark.WARNING : Mark.GOOD;
    }
    Truth wanted = BAD_WHEN_TRUE.contains(condition.type()) ? Truth.FALSE : Truth.TRUE;
    if (condition.status() != wanted) {
      return Mark.BAD;
    }
    return condition.message().isEmpty() ? Mark.GOOD : Mark.NOTE;
  }

  /// `Kind namespace/name listener x`, without the condition.
  public String what() {
    return subject.isEmpty() ? object.toString() : object + " " + subject;
  }
}
