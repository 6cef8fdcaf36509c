package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a flow collection that stands on one line, such as `[a, "b"]` or `{name: a, port: 80}`,
/// for [BlockReader]. It gives up, by a null, at scalars with anything but letters, digits and `. -
/// / _` outside quotes.
final class FlowReader {
  private final String text;
  private final int end;
  private final int line;
  private final NodeBudget budget;
  private int at;

  /// @param from where the opening bracket is
  /// @param end of the line
  FlowReader(String text, int from, int end, int line, NodeBudget budget) {
    this.text = text;
    this.at = from;
    this.end = end;
    this.line = line;
    this.budget = budget;
  }

  /// Behind what was read.
  int position() {
    return at;
  }

  /// The collection; null when it is not for this reader.
  @Nullable Node read(int depth) throws MalformedException {
    if (depth >= TreeReader.MAX_DEPTH) {
      return null;
    }
    budget.take(line);
    return switch (peek()) {
      case '[' -> items(depth);
      case '{' -> fields(depth);
      case '"', '\'' -> quoted();
      default -> plain();
    };
  }

  private char peek() {
    return at < end ? text.charAt(at) : '\n';
  }

  private void skipSpaces() {
    while (peek() == ' ') {
      at++;
    }
  }

  private boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private @Nullable Node items(int depth) throws MalformedException {
    List<Node> list = new ArrayList<>(2);
    at++;
    skipSpaces();
    if (take(']')) {
      return new Items(list, line);
    }
    do {
      skipSpaces();
      Node item = read(depth + 1);
      if (item == null) {
        return null;
      }
      list.add(item);
      skipSpaces();
    } while (take(','));
    return take(']') ? new Items(list, line) : null;
  }

  private @Nullable Node fields(int depth) throws MalformedException {
    Fields fields = new Fields(line);
    at++;
    skipSpaces();
    if (take('}')) {
      return fields;
    }
    do {
      skipSpaces();
      String key = word();
      if (key.isEmpty() || key.charAt(0) == '-' || fields.has(key) || !take(':') || !take(' ')) {
        return null;
      }
      skipSpaces();
      Node value = read(depth + 1);
      if (value == null) {
        return null;
      }
      fields.add(key, value, line);
      skipSpaces();
    } while (take(','));
    return take('}') ? fields : null;
  }

  private @Nullable Node quoted() {
    char quote = text.charAt(at);
    int close = text.indexOf(quote, at + 1);
    if (close < 0 || close >= end) {
      return null;
    }
    String inside = text.substring(at + 1, close);
    at = close + 1;
    char after = peek();
    boolean ends = after == ' ' || after == ',' || after == ']' || after == '}';
    return !ends || (quote == '"' && inside.indexOf('\\') >= 0)
        ? null
        : new Scalar(inside, ScalarType.TEXT, line);
  }

  private @Nullable Node plain() {
    String value = word();
    boolean mark = value.startsWith("-") || value.startsWith(".");
    skipSpaces();
    char after = peek();
    boolean ends = after == ',' || after == ']' || after == '}';
    return value.isEmpty() || mark || !ends
        ? null
        : new Scalar(value, ScalarType.ofPlain(value), line);
  }

  private String word() {
    int start = at;
    while (BlockReader.isKeyChar(peek())) {
      at++;
    }
    return text.substring(start, at);
  }
}
