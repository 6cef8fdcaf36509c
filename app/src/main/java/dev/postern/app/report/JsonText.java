package dev.postern.app.report;

import java.util.List;
import java.util.Map;

/// Maps, lists, strings, numbers and truth values as indented JSON.
public final class JsonText {
  private final StringBuilder out = new StringBuilder();

  private JsonText() {}

  /// The text, with a line end.
  public static String of(Object tree) {
    var text = new JsonText();
    text.value(tree, "\n");
    return text.out.append('\n').toString();
  }

  private void value(Object value, String newLine) {
    switch (value) {
      case Map<?, ?> map -> map(map, newLine);
      case List<?> list -> list(list, newLine);
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      default -> out.append(quoted(value.toString()));
    }
  }

  private void map(Map<?, ?> map, String newLine) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator).append(newLine).append("  ");
      out.append(quoted(String.valueOf(entry.getKey()))).append(": ");
      value(entry.getValue(), newLine + "  ");
      separator = ",";
    }
    out.append(newLine).append('}');
  }

  private void list(List<?> list, String newLine) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    String separator = "[";
    for (Object element : list) {
      out.append(separator).append(newLine).append("  ");
      value(element, newLine + "  ");
      separator = ",";
    }
    out.append(newLine).append(']');
  }

  /// A JSON string, which is a YAML string too.
  static String quoted(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          // What a terminal would obey, and what YAML forbids.
          if (Character.isISOControl(c)
              || c >= 0xfffe
              || (Character.isSurrogate(c) && !paired(text, i))) {
            quoted.append(String.format("\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean paired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
