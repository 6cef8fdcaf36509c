package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Conditions;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.List;
import java.util.Optional;

/// Which GatewayClasses are ours, and what we say about them.
final class ClassRules {
  private final Objects objects;
  private final Query<String, Standing> standings;

  ClassRules(Memo memo, Objects objects) {
    this.objects = objects;
    standings = memo.query(this::judge);
  }

  /// What a class is to us.
  sealed interface Standing {
    record Ours() implements Standing {}

    record OursRefused(Refusal why) implements Standing {}

    record Foreign(String controllerName) implements Standing {}

    record Missing() implements Standing {}
  }

  Standing standing(String className) {
    return standings.get(className);
  }

  private Standing judge(String className) {
    Optional<GatewayClass> found =
        objects.find(new ObjectRef(Kind.GATEWAY_CLASS, "", className), GatewayClass.class);
    if (found.isEmpty()) {
      return new Standing.Missing();
    }
    GatewayClass gatewayClass = found.get();
    if (!gatewayClass.controllerName().equals(GatewayClass.CONTROLLER)) {
      return new Standing.Foreign(gatewayClass.controllerName());
    }
    return gatewayClass
        .parametersRef()
        .<Standing>map(ref -> new Standing.OursRefused(parametersRef(ref.kind())))
        .orElseGet(Standing.Ours::new);
  }

  static Refusal parametersRef(Kind kind) {
    return new Refusal(
        "InvalidParameters",
        "parametersRef names " + kind + ", which Postern does not read. Remove parametersRef.");
  }

  /// The status, if the class is ours.
  Optional<ObjectStatus> status(ObjectRef ref) {
    return objects
        .find(ref, GatewayClass.class)
        .flatMap(gatewayClass ->
            conditions(gatewayClass)
                .map(conditions -> new ObjectStatus.OfGatewayClass(conditions, Features.NAMES)));
  }

  private Optional<List<Condition>> conditions(GatewayClass gatewayClass) {
    Conditions conditions = new Conditions(gatewayClass.metadata().generation());
    switch (standing(gatewayClass.metadata().name())) {
      case Standing.Ours() -> conditions.yes("Accepted", "");
      case Standing.OursRefused(Refusal why) ->
          conditions.no("Accepted", why.reason(), why.message());
      case Standing.Foreign _, Standing.Missing _ -> {
        return Optional.empty();
      }
    }
    return Optional.of(conditions.yes("SupportedVersion", "").list());
  }
}
