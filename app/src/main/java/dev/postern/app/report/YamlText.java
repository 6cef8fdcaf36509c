package dev.postern.app.report;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Maps, lists, strings, numbers and truth values as block style YAML.
public final class YamlText {
  /// What needs no quotes in any YAML version: words that could not be a number, date or sign.
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*+(?: [A-Za-z0-9_./()-]++)*+");

  /// A line that a literal block keeps as it is.
  private static final Pattern LINE = Pattern.compile("[!-~](?:[ -~]*[!-~])?");

  private static final Set<String> NOT_PLAIN =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final StringBuilder out = new StringBuilder();

  private YamlText() {}

  /// The text, with a line end.
  public static String of(Object tree) {
    var text = new YamlText();
    text.value(tree, "", false);
    return text.out.toString();
  }

  private void value(Object value, String indent, boolean afterDash) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> map(map, indent, afterDash);
      case List<?> list when !list.isEmpty() -> list(list, indent);
      case Map<?, ?> _ -> out.append("{}\n");
      case List<?> _ -> out.append("[]\n");
      case Number number -> out.append(number).append('\n');
      case Boolean truth -> out.append(truth).append('\n');
      default -> {
        String text = value.toString();
        if (isLines(text)) {
          out.append("|\n");
          text.lines().forEach(line -> out.append(indent).append("  ").append(line).append('\n'));
        } else {
          out.append(scalar(text)).append('\n');
        }
      }
    }
  }

  private void map(Map<?, ?> map, String indent, boolean afterDash) {
    boolean first = afterDash;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(first ? "" : indent).append(scalar(String.valueOf(entry.getKey()))).append(':');
      first = false;
      Object value = entry.getValue();
      boolean block = isBlock(value);
      out.append(block ? "\n" : " ");
      value(value, block && value instanceof Map ? indent + "  " : indent, false);
    }
  }

  private void list(List<?> list, String indent) {
    for (Object element : list) {
      out.append(indent).append("- ");
      value(element, indent + "  ", true);
    }
  }

  private static boolean isBlock(Object value) {
    return switch (value) {
      case Map<?, ?> map -> !map.isEmpty();
      case List<?> list -> !list.isEmpty();
      default -> false;
    };
  }

  /// Such as PEM.
  private static boolean isLines(String text) {
    return text.endsWith("\n")
        && text.indexOf('\n') < text.length() - 1
        && text.lines().allMatch(line -> LINE.matcher(line).matches());
  }

  private static String scalar(String text) {
    boolean plain =
        PLAIN.matcher(text).matches()
            && !NOT_PLAIN.contains(text.toLowerCase(java.util.Locale.ROOT));
    return plain ? text : JsonText.quoted(text);
  }
}
