package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a field may hold, as data. Limits are those of the Gateway API's CRDs (v1.6, experimental
/// channel, whose fields include all of the standard one) and of Kubernetes' core types.
sealed interface Schema {

  /// The shapes are shared by whoever refers to them, so an unlimited end is a number too.
  int UNLIMITED = Integer.MAX_VALUE;

  /// A check beyond shape, on a part of the tree whose shape is right and whose defaults are filled
  /// in. It reports what is wrong, by paths below the part.
  @FunctionalInterface
  interface Rule<N extends Node> {
    void check(N node, Reporter report);
  }

  /// Where a rule reports: by path below the part that it checks, such as `[1].name`, empty for the
  /// part itself, and by line, 0 for that of the part.
  interface Reporter {
    void error(String field, int line, String message);

    void warning(String field, int line, String message);
  }

  /// A rule as the API server evaluates it, for the kinds whose definition is ours.
  ///
  /// @param rule an expression in CEL
  record Cel(String rule, String message) {}

  /// Text. Lengths count characters, not bytes.
  ///
  /// @param hidden whether messages must not show the value
  record Text(int min, int max, @Nullable TextFormat format, List<String> oneOf, boolean hidden)
      implements Schema {}

  /// Whole numbers.
  record Whole(long min, long max, List<Long> oneOf) implements Schema {}

  record Bool() implements Schema {}

  /// Anything; what is not looked at.
  record Anything() implements Schema {}

  /// What somebody else's gateway does and Postern does not: who writes it is told so.
  ///
  /// @param advice what follows and what to do, in whole sentences
  record NotHonoured(String advice) implements Schema {}

  /// A whole number, or text of that form.
  record WholeOrText() implements Schema {}

  /// A list.
  ///
  /// @param keys the fields that together tell one map of the list from another
  /// @param set whether no two items may be equal
  record ListOf(
      Schema items,
      int min,
      int max,
      List<String> keys,
      boolean set,
      List<Rule<Items>> rules,
      List<Cel> cel)
      implements Schema {

    ListOf uniqueBy(String... fields) {
      return new ListOf(items, min, max, List.of(fields), set, rules, cel);
    }

    ListOf distinct() {
      return new ListOf(items, min, max, keys, true, rules, cel);
    }

    /// The CEL of what a rule checks.
    ListOf cel(String expression, String message) {
      List<Cel> all = new ArrayList<>(cel);
      all.add(new Cel(expression, message));
      return new ListOf(items, min, max, keys, set, rules, List.copyOf(all));
    }

    ListOf rule(Rule<Items> rule) {
      List<Rule<Items>> all = new ArrayList<>(rules);
      all.add(rule);
      return new ListOf(items, min, max, keys, set, List.copyOf(all), cel);
    }
  }

  /// A map with free keys.
  record MapOf(Schema values, int max, List<Rule<Fields>> rules) implements Schema {
    MapOf rule(Rule<Fields> rule) {
      List<Rule<Fields>> all = new ArrayList<>(rules);
      all.add(rule);
      return new MapOf(values, max, List.copyOf(all));
    }
  }

  /// A field of a map with known fields.
  record Field(String name, Schema schema, boolean required, @Nullable Node defaultValue) {}

  /// What a field is for, where the definition or a table of the documentation is made from it.
  ///
  /// @param refused whether a value in it is understood and deliberately not followed
  record Doc(String text, boolean refused) {}

  /// Built once, by the chained methods, and not changed afterwards.
  final class Obj implements Schema {
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final List<Field> toFill = new ArrayList<>();
    private final List<Rule<Fields>> rules = new ArrayList<>();
    private final List<Cel> cel = new ArrayList<>();
    private final Map<String, Doc> docs = new HashMap<>();
    private String last = "";

    Obj required(String name, Schema schema) {
      return add(new Field(name, schema, true, null));
    }

    Obj optional(String name, Schema schema) {
      return add(new Field(name, schema, false, null));
    }

    Obj withDefault(String name, Schema schema, Node value) {
      return add(new Field(name, schema, false, value));
    }

    Obj withDefault(String name, Schema schema, String value) {
      return withDefault(name, schema, new Scalar(value, ScalarType.TEXT, 0));
    }

    Obj withDefault(String name, Schema schema, long value) {
      return withDefault(name, schema, new Scalar(Long.toString(value), ScalarType.INTEGER, 0));
    }

    /// Fields that exist and that nobody here looks at.
    Obj ignored(String... names) {
      for (String name : names) {
        optional(name, ANYTHING);
      }
      return this;
    }

    /// Fields that somebody else's gateway honours; see [NotHonoured].
    Obj notHonoured(String advice, String... names) {
      for (String name : names) {
        optional(name, new NotHonoured(advice));
      }
      return this;
    }

    Obj rule(Rule<Fields> rule) {
      rules.add(rule);
      return this;
    }

    /// The CEL of what a rule checks.
    Obj cel(String expression, String message) {
      cel.add(new Cel(expression, message));
      return this;
    }

    /// What the field that was added last is for.
    Obj doc(String text) {
      docs.put(last, new Doc(text, false));
      return this;
    }

    /// Why a value in the field that was added last is not followed, so that the hop fails closed.
    Obj refused(String text) {
      docs.put(last, new Doc(text, true));
      return this;
    }

    private Obj add(Field field) {
      last = field.name();
      fields.put(field.name(), field);
      if (field.required() || field.defaultValue() != null) {
        toFill.add(field);
      }
      return this;
    }

    @Nullable Field field(String name) {
      return fields.get(name);
    }

    Set<String> names() {
      return new LinkedHashSet<>(fields.keySet());
    }

    /// What to say or to fill in when it is absent.
    List<Field> toFill() {
      return toFill;
    }

    List<Rule<Fields>> rules() {
      return rules;
    }

    List<Cel> cel() {
      return cel;
    }

    @Nullable Doc docOf(String name) {
      return docs.get(name);
    }
  }

  Schema ANYTHING = new Anything();
  Schema BOOL = new Bool();
  Schema WHOLE_OR_TEXT = new WholeOrText();
  Schema HIDDEN_TEXT = new Text(0, UNLIMITED, null, List.of(), true);
  Schema TEXT = new Text(0, UNLIMITED, null, List.of(), false);

  static Obj object() {
    return new Obj();
  }

  static ListOf list(Schema items, int min, int max) {
    return new ListOf(items, min, max, List.of(), false, List.of(), List.of());
  }

  static ListOf list(Schema items) {
    return list(items, 0, UNLIMITED);
  }

  static MapOf map(Schema values, int max) {
    return new MapOf(values, max, List.of());
  }

  static Text text(int min, int max) {
    return new Text(min, max, null, List.of(), false);
  }

  static Text text(int min, int max, TextFormat format) {
    return new Text(min, max, format, List.of(), false);
  }

  static Text text(TextFormat format) {
    return new Text(0, UNLIMITED, format, List.of(), false);
  }

  static Text oneOf(String... values) {
    return new Text(0, UNLIMITED, null, List.of(values), false);
  }

  static Whole whole(long min, long max) {
    return new Whole(min, max, List.of());
  }

  static Whole oneOf(long... values) {
    return new Whole(Long.MIN_VALUE + 1, Long.MAX_VALUE, Arrays.stream(values).boxed().toList());
  }

  /// The value of a default that is a map: `name, value, name, value ...`.
  static Fields mapValue(Object... namesAndValues) {
    Fields fields = new Fields(0);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Node value =
          namesAndValues[i + 1] instanceof Node node
              ? node
              : new Scalar(namesAndValues[i + 1].toString(), ScalarType.TEXT, 0);
      fields.add(namesAndValues[i].toString(), value, 0);
    }
    return fields;
  }

  /// The value of a default that is a list.
  static Items listValue(Node... items) {
    return new Items(new ArrayList<>(List.of(items)), 0);
  }
}
