package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Cel;
import dev.postern.gatewayapi.load.Schema.Doc;
import dev.postern.gatewayapi.load.Schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The CustomResourceDefinition of a kind of ours, made from the schema that its files are checked
 * with.
 */
final class CrdText {
  private static final Dump YAML =
      new Dump(
          DumpSettings.builder()
              .setDefaultFlowStyle(FlowStyle.BLOCK)
              .setWidth(100)
              .setDereferenceAliases(true)
              .build());

  private CrdText() {}

  static String of(KindTable.Entry entry, String plural, String shortName, String description) {
    String kind = entry.kind().kind();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", plural + "." + entry.kind().group());
    metadata.put("labels", Map.of("gateway.networking.k8s.io/policy", "Direct"));
    Map<String, Object> names = new LinkedHashMap<>();
    names.put("kind", kind);
    names.put("listKind", kind + "List");
    names.put("plural", plural);
    names.put("singular", kind.toLowerCase(Locale.ROOT));
    names.put("shortNames", List.of(shortName));
    names.put("categories", List.of("postern"));
    Map<String, Object> version = new LinkedHashMap<>();
    version.put("name", entry.versions().getFirst());
    version.put("served", true);
    version.put("storage", true);
    version.put("subresources", Map.of("status", Map.of()));
    version.put(
        "additionalPrinterColumns",
        List.of(column("Protocol", "string", ".spec.protocol"), column("Age", "date", AGE)));
    version.put("schema", Map.of("openAPIV3Schema", root(entry, description)));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("group", entry.kind().group());
    spec.put("names", names);
    spec.put("scope", "Namespaced");
    spec.put("versions", List.of(version));
    Map<String, Object> crd = new LinkedHashMap<>();
    crd.put("apiVersion", "apiextensions.k8s.io/v1");
    crd.put("kind", "CustomResourceDefinition");
    crd.put("metadata", metadata);
    crd.put("spec", spec);
    return "# Made from the schema in the sources by ./dev golden.\n" + YAML.dumpToString(crd);
  }

  private static final String AGE = ".metadata.creationTimestamp";

  private static Map<String, Object> column(String name, String type, String path) {
    Map<String, Object> column = new LinkedHashMap<>();
    column.put("name", name);
    column.put("type", type);
    column.put("jsonPath", path);
    return column;
  }

  private static Map<String, Object> root(KindTable.Entry entry, String description) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("apiVersion", Map.of("type", "string"));
    properties.put("kind", Map.of("type", "string"));
    properties.put("metadata", Map.of("type", "object"));
    properties.put("spec", tree("What the policy says.", entry.schema().field("spec").schema()));
    properties.put("status", status());
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("description", description);
    root.put("type", "object");
    root.put("required", List.of("spec"));
    root.put("properties", properties);
    return root;
  }

  private static Map<String, Object> tree(String description, Schema schema) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (!description.isEmpty()) {
      tree.put("description", description);
    }
    switch (schema) {
      case Schema.Obj obj -> object(tree, obj);
      case Schema.ListOf list -> list(tree, list);
      case Schema.MapOf map -> {
        tree.put("type", "object");
        limit(tree, "maxProperties", map.max());
        tree.put("additionalProperties", tree("", map.values()));
      }
      case Schema.Text text -> text(tree, text);
      case Schema.Whole whole -> {
        tree.put("type", "integer");
        tree.put("format", whole.max() <= Integer.MAX_VALUE ? "int32" : "int64");
        tree.put("minimum", whole.min());
        tree.put("maximum", whole.max());
      }
      case Schema.Bool ignored -> tree.put("type", "boolean");
      case Schema.WholeOrText ignored -> tree.put("x-kubernetes-int-or-string", true);
      case Schema.Anything ignored ->
          throw new IllegalStateException("a field of ours needs a shape: " + description);
      case Schema.NotHonoured ignored ->
          throw new IllegalStateException("we honour our own fields: " + description);
    }
    return tree;
  }

  private static void object(Map<String, Object> tree, Schema.Obj obj) {
    tree.put("type", "object");
    List<String> required = new ArrayList<>();
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String name : obj.names()) {
      Field field = obj.field(name);
      Doc doc = obj.docOf(name);
      if (doc == null) {
        throw new IllegalStateException("nothing says what the field " + name + " is for");
      }
      if (field.required()) {
        required.add(name);
      }
      Map<String, Object> property = tree(doc.text(), field.schema());
      if (field.defaultValue() != null) {
        property.put("default", plain(field.defaultValue()));
      }
      properties.put(name, property);
    }
    if (!required.isEmpty()) {
      tree.put("required", required);
    }
    tree.put("properties", properties);
    validations(tree, obj.cel());
  }

  private static void list(Map<String, Object> tree, Schema.ListOf list) {
    tree.put("type", "array");
    tree.put("minItems", list.min());
    limit(tree, "maxItems", list.max());
    if (!list.keys().isEmpty()) {
      tree.put("x-kubernetes-list-type", "map");
      tree.put("x-kubernetes-list-map-keys", list.keys());
    } else {
      tree.put("x-kubernetes-list-type", list.set() ? "set" : "atomic");
    }
    tree.put("items", tree("", list.items()));
    validations(tree, list.cel());
  }

  private static void text(Map<String, Object> tree, Schema.Text text) {
    tree.put("type", "string");
    if (!text.oneOf().isEmpty()) {
      tree.put("enum", text.oneOf());
      return;
    }
    if (text.min() > 0) {
      tree.put("minLength", text.min());
    }
    limit(tree, "maxLength", text.max());
    if (text.format() != null) {
      tree.put("pattern", text.format().pattern());
    }
  }

  private static void limit(Map<String, Object> tree, String name, int limit) {
    if (limit != Schema.UNLIMITED) {
      tree.put(name, limit);
    }
  }

  private static void validations(Map<String, Object> tree, List<Cel> rules) {
    List<Object> all = new ArrayList<>();
    for (Cel cel : rules) {
      Map<String, Object> rule = new LinkedHashMap<>();
      rule.put("rule", cel.rule());
      rule.put("message", cel.message());
      all.add(rule);
    }
    if (!all.isEmpty()) {
      tree.put("x-kubernetes-validations", all);
    }
  }

  private static Object plain(Node node) {
    return switch (node) {
      case Scalar scalar ->
          scalar.type() == ScalarType.INTEGER ? Long.valueOf(scalar.text()) : scalar.text();
      case Items items -> items.list().stream().map(CrdText::plain).toList();
      case Fields fields -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
          map.put(fields.key(i), plain(fields.value(i)));
        }
        yield map;
      }
    };
  }

  /** PolicyStatus as the Gateway API has it (GEP-713). */
  private static Object status() {
    Schema.Obj reference =
        Schema.object()
            .optional("group", Shapes.GROUP)
            .doc("The API group of the object.")
            .optional("kind", Shapes.KIND)
            .doc("The kind of the object.")
            .optional("namespace", Shapes.NAMESPACE)
            .doc("The namespace of the object.")
            .required("name", Shapes.OBJECT_NAME)
            .doc("The name of the object.")
            .optional("sectionName", Shapes.SECTION_NAME)
            .doc("A section of the object.")
            .optional("port", Shapes.PORT)
            .doc("A port of the object.");
    Map<String, Object> lastChange = new LinkedHashMap<>();
    lastChange.put("description", "When the condition changed last.");
    lastChange.put("type", "string");
    lastChange.put("format", "date-time");
    Map<String, Object> condition =
        tree(
            "",
            Schema.object()
                .required("type", Schema.text(1, 316))
                .doc("What is judged, such as Accepted.")
                .required("status", Schema.oneOf("True", "False", "Unknown"))
                .doc("Whether it is so.")
                .required("reason", Schema.text(1, 1024))
                .doc("Why, in one word.")
                .required("message", Schema.text(0, 32768))
                .doc("Why, and what to do.")
                .optional("observedGeneration", Schema.whole(0, Long.MAX_VALUE))
                .doc("The generation of the policy that was judged."));
    @SuppressWarnings("unchecked")
    Map<String, Object> properties = (Map<String, Object>) condition.get("properties");
    properties.put("lastTransitionTime", lastChange);
    condition.put("required", List.of("type", "status", "reason", "message", "lastTransitionTime"));
    Map<String, Object> ancestor =
        tree(
            "",
            Schema.object()
                .required("ancestorRef", reference)
                .doc("The Gateway through which the policy takes effect.")
                .required("controllerName", Schema.text(1, 253))
                .doc("Who says it.")
                .required("conditions", Schema.list(Schema.object(), 1, 8).uniqueBy("type"))
                .doc("How the policy stands there."));
    @SuppressWarnings("unchecked")
    Map<String, Map<String, Object>> parts =
        (Map<String, Map<String, Object>>) ancestor.get("properties");
    parts.get("conditions").put("items", condition);
    Map<String, Object> ancestors = new LinkedHashMap<>();
    ancestors.put("type", "array");
    ancestors.put("maxItems", 16);
    ancestors.put("x-kubernetes-list-type", "atomic");
    ancestors.put("items", ancestor);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("description", "What came of the policy, for each Gateway that needs it.");
    status.put("type", "object");
    status.put("properties", Map.of("ancestors", ancestors));
    return status;
  }
}
