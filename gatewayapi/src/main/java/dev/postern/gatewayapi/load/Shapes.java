package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.resource.Kind;
import java.util.List;

/// Shapes that several kinds share.
final class Shapes {
  private Shapes() {}

  static final Schema GROUP = Schema.text(0, 253, TextFormat.GROUP);
  static final Schema KIND = Schema.text(1, 63, TextFormat.KIND);
  static final Schema OBJECT_NAME = Schema.text(1, 253);
  static final Schema NAMESPACE = Schema.text(1, 63, TextFormat.DNS_LABEL);
  static final Schema SECTION_NAME = Schema.text(1, 253, TextFormat.DOMAIN);
  static final Schema PORT = Schema.whole(1, 65535);
  static final Schema HOSTNAME = Schema.text(1, 253, TextFormat.HOSTNAME);
  static final Schema PRECISE_HOSTNAME = Schema.text(1, 253, TextFormat.DOMAIN);
  static final Schema DURATION = Schema.text(TextFormat.DURATION);
  static final Schema OPTIONS = Schema.map(Schema.text(0, 4096), 16);

  /// A reference within the namespace: group, kind and name are all required.
  static Obj localRef() {
    return Schema.object()
        .required("group", GROUP)
        .required("kind", KIND)
        .required("name", OBJECT_NAME);
  }

  /// A reference to a Secret, unless it says something else, perhaps of another namespace.
  static Obj secretRef() {
    return Schema.object()
        .withDefault("group", GROUP, "")
        .withDefault("kind", KIND, "Secret")
        .required("name", OBJECT_NAME)
        .optional("namespace", NAMESPACE);
  }

  /// A reference to a Service, unless it says something else.
  static Obj backendRef() {
    return Schema.object()
        .withDefault("group", GROUP, "")
        .withDefault("kind", KIND, "Service")
        .required("name", OBJECT_NAME)
        .optional("namespace", NAMESPACE)
        .optional("port", PORT)
        .rule((ref, report) -> {
          if (ref.textOrEmpty("group").isEmpty()
              && ref.textOrEmpty("kind").equals("Service")
              && !ref.has("port")) {
            report.error("", 0, "a reference to a Service needs a port");
          }
        });
  }

  static Obj parentRef() {
    return Schema.object()
        .withDefault("group", GROUP, Kind.GATEWAY_API)
        .withDefault("kind", KIND, "Gateway")
        .optional("namespace", NAMESPACE)
        .required("name", OBJECT_NAME)
        .optional("sectionName", SECTION_NAME)
        .optional("port", PORT);
  }

  /// A label selector as the CRDs have it. The operator is checked here too, as everything that
  /// uses the selector would fail on it.
  static Obj labelSelector() {
    return Schema.object()
        .optional("matchLabels", Schema.map(Schema.TEXT, Schema.UNLIMITED))
        .optional(
            "matchExpressions",
            Schema.list(
                Schema.object()
                    .required("key", Schema.TEXT)
                    .required("operator", Schema.TEXT)
                    .optional("values", Schema.list(Schema.TEXT))
                    .rule(Shapes::checkRequirement)));
  }

  private static void checkRequirement(Fields requirement, Schema.Reporter report) {
    String operator = requirement.textOrEmpty("operator");
    boolean values = !requirement.items("values").isEmpty();
    switch (operator) {
      case "In", "NotIn" -> {
        if (!values) {
          report.error("values", 0, "the operator " + operator + " needs at least one value");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (values) {
          report.error("values", 0, "the operator " + operator + " takes no values");
        }
      }
      default ->
          report.error(
              "operator",
              0,
              "'"
                  + Checker.shown(operator)
                  + "' is not one of In, NotIn, Exists, DoesNotExist."
                  + Suggestion.sentence(
                      operator, List.of("In", "NotIn", "Exists", "DoesNotExist")));
    }
  }
}
