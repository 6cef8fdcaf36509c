package dev.postern.app.admin;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Prints trees of maps, lists, texts, numbers and truth values in block style. Texts that a YAML
/// reader could take for something else are quoted as in JSON.
final class Yaml {
  /// Begins with a letter or slash and holds nothing that YAML gives a meaning.
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");

  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final StringBuilder out = new StringBuilder();

  private Yaml() {}

  /// The tree as one element of a list at the left margin.
  static String element(Object tree) {
    Yaml yaml = new Yaml();
    yaml.out.append("- ");
    yaml.write(tree, 1);
    return yaml.out.toString();
  }

  /// Writes behind what is already on the line, up to and with the line's end.
  private void write(Object tree, int depth) {
    switch (tree) {
      case Map<?, ?> map when !map.isEmpty() -> {
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (!first) {
            indent(depth);
          }
          first = false;
          scalar(entry.getKey().toString());
          out.append(':');
          value(entry.getValue(), depth);
        }
      }
      case Collection<?> list when !list.isEmpty() -> {
        boolean first = true;
        for (Object element : list) {
          if (!first) {
            indent(depth);
          }
          first = false;
          out.append("- ");
          write(element, depth + 1);
        }
      }
      case Map<?, ?> _ -> out.append("{}\n");
      case Collection<?> _ -> out.append("[]\n");
      case Number number -> out.append(number).append('\n');
      case Boolean truth -> out.append(truth).append('\n');
      default -> {
        scalar(tree.toString());
        out.append('\n');
      }
    }
  }

  private void value(Object value, int depth) {
    boolean block =
        (value instanceof Map<?, ?> map && !map.isEmpty())
            || (value instanceof Collection<?> list && !list.isEmpty());
    if (block) {
      out.append('\n');
      indent(depth + (value instanceof Map<?, ?> ? 1 : 0));
    } else {
      out.append(' ');
    }
    write(value, depth + (value instanceof Map<?, ?> ? 1 : 0));
  }

  private void indent(int depth) {
    out.repeat("  ", depth);
  }

  private void scalar(String text) {
    if (PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      out.append(text);
    } else {
      out.append(Json.quote(text));
    }
  }
}
