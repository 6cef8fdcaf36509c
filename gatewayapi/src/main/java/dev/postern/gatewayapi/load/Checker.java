package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Field;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Walks one object along its schema as an API server does: drops what is unknown (with a warning),
/// drops nulls, fills defaults in, checks shapes and then, where the shape is right, the rules. It
/// goes on after a problem, so that a person sees all of them at once.
final class Checker {
  private static final int SHOWN = 60;

  private final String file;
  private final Optional<ObjectRef> object;
  private final FileFindings findings;
  private final StringBuilder path = new StringBuilder();
  private int errors;
  private String firstError = "";

  Checker(String file, ObjectRef object, FileFindings findings) {
    this.file = file;
    this.object = Optional.of(object);
    this.findings = findings;
  }

  /// How many errors it found so far.
  int errors() {
    return errors;
  }

  /// What it found first; empty for nothing.
  String firstError() {
    return firstError;
  }

  void error(String field, int line, String message) {
    if (errors++ == 0) {
      firstError = field.isEmpty() ? message : field + ": " + message;
    }
    add(Severity.ERROR, field, line, message);
  }

  void warning(String field, int line, String message) {
    add(Severity.WARNING, field, line, message);
  }

  private void add(Severity severity, String field, int line, String message) {
    findings.add(
        new Finding(
            severity, object, field, Optional.of(line > 0 ? file + ":" + line : file), message));
  }

  /// Checks a whole object.
  void check(Fields root, Obj schema) {
    path.setLength(0);
    check(root, schema, root.line());
  }

  /// @param line where to point at when the node itself came from a default
  private boolean check(Node node, Schema schema, int line) {
    // Not a pattern switch: its bootstrap costs more than all of the checks of a small folder, and
    // a program that has just started runs it slowly.
    if (schema instanceof Schema.Text text) {
      return text(node, text, line);
    }
    if (schema instanceof Obj obj) {
      return node instanceof Fields fields ? object(fields, obj, line) : wrong(node, "a map", line);
    }
    if (schema instanceof Schema.ListOf list) {
      return node instanceof Items items ? list(items, list, line) : wrong(node, "a list", line);
    }
    if (schema instanceof Schema.Whole whole) {
      return whole(node, whole, line);
    }
    if (schema instanceof Schema.MapOf map) {
      return node instanceof Fields fields ? map(fields, map, line) : wrong(node, "a map", line);
    }
    if (schema instanceof Schema.NotHonoured(String advice)) {
      if (isFalse(node)) {
        return true;
      }
      warning(path.toString(), line, "Postern does not honour this field. " + advice);
      return true;
    }
    if (schema instanceof Schema.Bool) {
      return isType(node, ScalarType.BOOLEAN) || wrong(node, "true or false", line);
    }
    return !(schema instanceof Schema.WholeOrText)
        || isType(node, ScalarType.TEXT)
        || isType(node, ScalarType.INTEGER)
        || wrong(node, "a number or a text", line);
  }

  /// What is turned off explicitly is as nobody here does it.
  private static boolean isFalse(Node node) {
    return node instanceof Scalar scalar
        && scalar.type() == ScalarType.BOOLEAN
        && !ScalarType.isTrue(scalar.text());
  }

  private static boolean isType(Node node, ScalarType type) {
    return node instanceof Scalar scalar && scalar.type() == type;
  }

  private boolean object(Fields fields, Obj schema, int line) {
    int before = errors;
    int end = path.length();
    boolean[] keep = new boolean[fields.size()];
    boolean dropped = false;
    for (int i = 0; i < fields.size(); i++) {
      String key = fields.key(i);
      Field field = schema.field(key);
      if (field == null) {
        warning(
            at(key), fields.keyLine(i), findings.isFull() ? "no such field" : unknown(key, schema));
      } else if (!isNull(fields.value(i))) {
        keep[i] = true;
        fields.rename(i, field.name());
        push(field.name());
        check(fields.value(i), field.schema(), orElse(fields.keyLine(i), line));
        path.setLength(end);
      }
      dropped |= !keep[i];
    }
    if (dropped) {
      fields.retain(keep);
    }
    for (Field field : schema.toFill()) {
      if (!fields.has(field.name())) {
        fill(fields, field, line);
      }
    }
    if (errors != before) {
      return false;
    }
    for (Schema.Rule<Fields> rule : schema.rules()) {
      rule.check(fields, reporter(line));
    }
    return errors == before;
  }

  private static String unknown(String key, Obj schema) {
    return "no such field: '"
        + shown(key)
        + "' is ignored."
        + Suggestion.sentence(key, schema.names());
  }

  private void fill(Fields fields, Field field, int line) {
    Node value = field.defaultValue();
    if (value == null) {
      error(at(field.name()), line, "'" + field.name() + "' is missing");
      return;
    }
    Node own = value.copy();
    fields.add(field.name(), own, 0);
    if (!(own instanceof Scalar)) {
      int end = path.length();
      push(field.name());
      check(own, field.schema(), line);
      path.setLength(end);
    }
  }

  private boolean list(Items items, Schema.ListOf schema, int line) {
    int before = errors;
    int size = items.list().size();
    if (size < schema.min()) {
      error(path.toString(), line, "needs at least " + counted(schema.min(), "item"));
    }
    if (size > schema.max()) {
      error(path.toString(), line, "has " + size + " items; " + schema.max() + " are allowed");
    }
    int end = path.length();
    for (int i = 0; i < size && i < schema.max(); i++) {
      Node item = items.list().get(i);
      path.append('[').append(i).append(']');
      check(item, schema.items(), orElse(item.line(), line));
      path.setLength(end);
    }
    if (errors != before) {
      return false;
    }
    if (!schema.keys().isEmpty() && size > 1) {
      uniqueKeys(items, schema.keys(), line);
    }
    if (schema.set() && size > 1) {
      distinct(items, line);
    }
    for (Schema.Rule<Items> rule : schema.rules()) {
      rule.check(items, reporter(line));
    }
    return errors == before;
  }

  private void uniqueKeys(Items items, List<String> keys, int line) {
    Map<List<String>, Integer> seen = new HashMap<>();
    for (int i = 0; i < items.list().size(); i++) {
      Fields fields = (Fields) items.list().get(i);
      List<String> key =
          keys.stream()
              .map(name -> fields.get(name) instanceof Scalar scalar ? scalar.text() : "")
              .toList();
      Integer first = seen.putIfAbsent(key, i);
      if (first != null) {
        error(
            path + "[" + i + "]",
            orElse(fields.line(), line),
            "has the same "
                + String.join(" and ", keys)
                + " ('"
                + shown(String.join("', '", key))
                + "') as item ["
                + first
                + "]; each may be there once");
      }
    }
  }

  private void distinct(Items items, int line) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < items.list().size(); i++) {
      if (items.list().get(i) instanceof Scalar scalar && !seen.add(scalar.text())) {
        error(
            path + "[" + i + "]",
            orElse(scalar.line(), line),
            "'" + shown(scalar.text()) + "' is in the list twice");
      }
    }
  }

  private boolean map(Fields fields, Schema.MapOf schema, int line) {
    int before = errors;
    if (fields.size() > schema.max()) {
      error(
          path.toString(),
          line,
          "has " + fields.size() + " entries; " + schema.max() + " are allowed");
    }
    int end = path.length();
    boolean[] keep = new boolean[fields.size()];
    boolean dropped = false;
    for (int i = 0; i < fields.size(); i++) {
      keep[i] = !isNull(fields.value(i));
      dropped |= !keep[i];
      if (keep[i]) {
        path.append('[').append(fields.key(i)).append(']');
        check(fields.value(i), schema.values(), orElse(fields.keyLine(i), line));
        path.setLength(end);
      }
    }
    if (dropped) {
      fields.retain(keep);
    }
    if (errors != before) {
      return false;
    }
    for (Schema.Rule<Fields> rule : schema.rules()) {
      rule.check(fields, reporter(line));
    }
    return errors == before;
  }

  private boolean text(Node node, Schema.Text schema, int line) {
    if (!(node instanceof Scalar scalar) || isNull(node)) {
      return wrong(node, "a text", line);
    }
    String text = scalar.text();
    if (scalar.type() != ScalarType.TEXT && schema.hidden()) {
      error(path.toString(), line, "must be a text, and this is " + scalar.noun() + ". Add quotes");
      return false;
    }
    if (scalar.type() != ScalarType.TEXT) {
      error(
          path.toString(),
          line,
          "must be a text, and "
              + shown(text)
              + " without quotes is "
              + scalar.noun()
              + ". Write \""
              + shown(text)
              + "\"");
      return false;
    }
    if (!schema.oneOf().isEmpty() && !schema.oneOf().contains(text)) {
      error(
          path.toString(),
          line,
          "'"
              + shown(text)
              + "' is not one of "
              + String.join(", ", schema.oneOf())
              + "."
              + Suggestion.sentence(text, schema.oneOf()));
      return false;
    }
    int length = text.length();
    if (length > schema.max()) {
      length = text.codePointCount(0, length);
    }
    if (length > schema.max()) {
      error(
          path.toString(), line, "has " + length + " characters; " + schema.max() + " are allowed");
      return false;
    }
    if (length < schema.min()) {
      error(
          path.toString(),
          line,
          length == 0
              ? "must not be empty"
              : "needs at least " + counted(schema.min(), "character"));
      return false;
    }
    if (schema.format() != null && !schema.format().matches(text)) {
      error(path.toString(), line, "'" + shown(text) + "' must be " + schema.format().words());
      return false;
    }
    return true;
  }

  private boolean whole(Node node, Schema.Whole schema, int line) {
    if (!(node instanceof Scalar scalar)) {
      return wrong(node, "a number", line);
    }
    if (!scalar.type().isNumber()) {
      boolean quoted =
          scalar.type() == ScalarType.TEXT
              && !scalar.text().isEmpty()
              && ScalarType.ofPlain(scalar.text()).isNumber();
      error(
          path.toString(),
          line,
          quoted
              ? "must be a number; write " + shown(scalar.text()) + " without quotes"
              : "must be a number, and '" + shown(scalar.text()) + "' is " + scalar.noun());
      return false;
    }
    long value = Numbers.parse(scalar.text());
    if (value == Long.MIN_VALUE) {
      error(
          path.toString(), line, "must be a whole number, and " + shown(scalar.text()) + " is not");
      return false;
    }
    if (!schema.oneOf().isEmpty() && !schema.oneOf().contains(value)) {
      error(path.toString(), line, value + " is not one of " + joined(schema.oneOf()));
      return false;
    }
    if (value < schema.min() || value > schema.max()) {
      error(path.toString(), line, value + " is out of range: " + range(schema));
      return false;
    }
    return true;
  }

  private boolean wrong(Node node, String expected, int line) {
    error(path.toString(), line, "must be " + expected + ", and this is " + node.noun());
    return false;
  }

  private Schema.Reporter reporter(int partLine) {
    return new Schema.Reporter() {
      @Override
      public void error(String field, int line, String message) {
        Checker.this.error(below(field), orElse(line, partLine), message);
      }

      @Override
      public void warning(String field, int line, String message) {
        Checker.this.warning(below(field), orElse(line, partLine), message);
      }
    };
  }

  private String below(String field) {
    return field.isEmpty() || field.startsWith("[") ? path + field : at(field);
  }

  private void push(String name) {
    if (!path.isEmpty()) {
      path.append('.');
    }
    path.append(name);
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static boolean isNull(Node node) {
    return node instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
  }

  private static int orElse(int line, int other) {
    return line > 0 ? line : other;
  }

  private static String range(Schema.Whole schema) {
    return schema.max() == Long.MAX_VALUE
        ? "at least " + schema.min() + " is allowed"
        : schema.min() + " to " + schema.max() + " are allowed";
  }

  private static String joined(List<Long> values) {
    return String.join(", ", values.stream().map(String::valueOf).toList());
  }

  private static String counted(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /// A value within a message: short, on one line.
  static String shown(String text) {
    String cut = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    StringBuilder clean = new StringBuilder(cut.length());
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      clean.append(Character.isISOControl(c) ? '?' : c);
    }
    return clean.toString();
  }
}
