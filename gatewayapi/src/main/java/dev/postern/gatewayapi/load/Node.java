package dev.postern.gatewayapi.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A piece of a document, with the line where it stands. Trees are private to one loading, so they
/// may be changed: the checker prunes them and fills defaults in.
sealed interface Node {

  /// From 1; 0 for what a default put there.
  int line();

  /// An own copy, at any depth.
  Node copy();

  /// What a person calls it.
  String noun();

  /// Text, number, boolean or null.
  record Scalar(String text, ScalarType type, int line) implements Node {
    @Override
    public Node copy() {
      return this;
    }

    @Override
    public String noun() {
      return switch (type) {
        case TEXT -> "a text";
        case INTEGER, DECIMAL -> "a number";
        case BOOLEAN -> "a boolean";
        case NULL -> "null";
      };
    }
  }

  /// A sequence.
  record Items(List<Node> list, int line) implements Node {
    @Override
    public Node copy() {
      List<Node> copies = new ArrayList<>(list.size());
      for (Node item : list) {
        copies.add(item.copy());
      }
      return new Items(copies, line);
    }

    @Override
    public String noun() {
      return "a list";
    }
  }

  /// A mapping from text to nodes, in the order of the file.
  final class Fields implements Node {
    private static final int INDEX_FROM = 24;

    private final int line;
    private String[] keys = new String[6];
    private Node[] values = new Node[6];
    private int[] keyLines = new int[6];
    private int size;
    private @Nullable Map<String, Integer> index;

    Fields(int line) {
      this.line = line;
    }

    @Override
    public int line() {
      return line;
    }

    int size() {
      return size;
    }

    String key(int i) {
      return keys[i];
    }

    Node value(int i) {
      return values[i];
    }

    /// The line of the key, which may be above that of the value.
    int keyLine(int i) {
      return keyLines[i];
    }

    /// Its position, or -1.
    int find(String key) {
      if (index != null) {
        return index.getOrDefault(key, -1);
      }
      for (int i = 0; i < size; i++) {
        if (keys[i].equals(key)) {
          return i;
        }
      }
      return -1;
    }

    boolean has(String key) {
      return find(key) >= 0;
    }

    @Nullable Node get(String key) {
      int at = find(key);
      return at < 0 ? null : values[at];
    }

    /// Appends; the caller has made sure that the key is new.
    void add(String key, Node value, int keyLine) {
      if (size == keys.length) {
        keys = java.util.Arrays.copyOf(keys, size * 2);
        values = java.util.Arrays.copyOf(values, size * 2);
        keyLines = java.util.Arrays.copyOf(keyLines, size * 2);
      }
      keys[size] = key;
      values[size] = value;
      keyLines[size] = keyLine;
      if (index != null) {
        index.put(key, size);
      }
      size++;
      if (index == null && size >= INDEX_FROM) {
        Map<String, Integer> made = new HashMap<>();
        for (int i = 0; i < size; i++) {
          made.put(keys[i], i);
        }
        index = made;
      }
    }

    /// Puts an equal key in its place, so that all trees share the instance.
    void rename(int i, String equalKey) {
      keys[i] = equalKey;
    }

    /// Keeps the positions that are marked.
    void retain(boolean[] keep) {
      int to = 0;
      for (int i = 0; i < size; i++) {
        if (keep[i]) {
          keys[to] = keys[i];
          values[to] = values[i];
          keyLines[to] = keyLines[i];
          to++;
        }
      }
      size = to;
      if (index != null) {
        index.clear();
        for (int i = 0; i < size; i++) {
          index.put(keys[i], i);
        }
      }
    }

    @Override
    public Fields copy() {
      Fields made = new Fields(line);
      for (int i = 0; i < size; i++) {
        made.add(keys[i], values[i].copy(), keyLines[i]);
      }
      return made;
    }

    @Override
    public String noun() {
      return "a map";
    }

    /// The text of a field; null when it is absent or something else.
    @Nullable String text(String key) {
      return get(key) instanceof Scalar(String text, ScalarType type, int ignored)
              && type == ScalarType.TEXT
          ? text
          : null;
    }

    /// The text of a field, or empty.
    String textOrEmpty(String key) {
      String found = text(key);
      return found == null ? "" : found;
    }

    /// The number of a field that was checked to be one; 0 when it is absent.
    long number(String key) {
      return get(key) instanceof Scalar(String text, ScalarType type, int ignored)
              && type.isNumber()
          ? Numbers.parse(text)
          : 0;
    }

    /// Whether a field is a boolean that says yes.
    boolean isTrue(String key) {
      return get(key) instanceof Scalar scalar
          && scalar.type() == ScalarType.BOOLEAN
          && ScalarType.isTrue(scalar.text());
    }

    /// The items of a list field; empty when it is absent.
    List<Node> items(String key) {
      return get(key) instanceof Items items ? items.list() : List.of();
    }

    /// The maps in a list field that was checked to hold maps.
    List<Fields> maps(String key) {
      List<Node> items = items(key);
      List<Fields> maps = new ArrayList<>(items.size());
      for (Node item : items) {
        if (item instanceof Fields fields) {
          maps.add(fields);
        }
      }
      return maps;
    }

    /// A map field; null when it is absent or something else.
    @Nullable Fields map(String key) {
      return get(key) instanceof Fields fields ? fields : null;
    }
  }
}
