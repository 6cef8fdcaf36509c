package dev.postern.gatewayapi.resource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The lines of an object's fields, found by path. Ten thousand routes are loaded to look up a few,
/// so this is the object's tree in four flat arrays, about ten bytes a field, and not a map of
/// paths.
public final class FieldLines {
  public static final FieldLines NONE = new Builder(0).build();

  private static final int LIMIT = Character.MAX_VALUE;

  private final int base;

  /// Field names in pre-order; null for an item of a list.
  private final @Nullable String[] names;

  /// Lines after the base.
  private final char[] offsets;

  /// Where the subtree of each ends.
  private final char[] ends;

  private FieldLines(int base, @Nullable String[] names, char[] offsets, char[] ends) {
    this.base = base;
    this.names = names;
    this.offsets = offsets;
    this.ends = ends;
  }

  /// From paths such as `spec.rules[0].name`.
  public static FieldLines of(Map<String, Integer> lines) {
    int base = lines.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    Builder builder = new Builder(base);
    lines.forEach((path, line) -> {
      builder.field(path, line);
      builder.end();
    });
    return builder.build();
  }

  /// The line of a field such as `spec.rules[0].name` or `metadata.labels[app]`, or of the nearest
  /// one around it; 0 where none is known.
  public int find(String path) {
    int line = 0;
    int from = 0;
    int to = names.length;
    int at = 0;
    while (at < path.length()) {
      if (path.charAt(at) == '.') {
        at++;
      }
      int best = -1;
      int bestEnd = at;
      int item = 0;
      for (int i = from; i < to; i = ends[i]) {
        String name = names[i];
        int end = name == null ? matchItem(path, at, item++) : matchName(path, at, name);
        if (end > bestEnd) {
          best = i;
          bestEnd = end;
        }
      }
      if (best < 0) {
        return line;
      }
      line = base + offsets[best];
      from = best + 1;
      to = ends[best];
      at = bestEnd;
    }
    return line;
  }

  /// Where the path goes on after this name, or -1.
  private static int matchName(String path, int at, String name) {
    int end = at + name.length();
    if (path.startsWith(name, at) && isBoundary(path, end)) {
      return end;
    }
    return at < path.length()
            && path.charAt(at) == '['
            && path.startsWith(name, at + 1)
            && end + 1 < path.length()
            && path.charAt(end + 1) == ']'
        ? end + 2
        : -1;
  }

  private static int matchItem(String path, int at, int index) {
    String item = "[" + index + "]";
    return path.startsWith(item, at) ? at + item.length() : -1;
  }

  private static boolean isBoundary(String path, int at) {
    return at == path.length() || path.charAt(at) == '.' || path.charAt(at) == '[';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldLines that
        && base == that.base
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(ends, that.ends)
        && Arrays.equals(names, that.names);
  }

  @Override
  public int hashCode() {
    return 31 * base + Arrays.hashCode(offsets);
  }

  @Override
  public String toString() {
    return "lines of " + names.length + " fields";
  }

  /// Takes a tree in pre-order.
  public static final class Builder {
    private final int base;
    private final List<@Nullable String> names = new ArrayList<>();
    private final StringBuilder offsets = new StringBuilder();
    private final StringBuilder ends = new StringBuilder();
    private final List<Integer> open = new ArrayList<>();

    /// @param base the object's first line
    public Builder(int base) {
      this.base = base;
    }

    /// Opens a field.
    public void field(String name, int line) {
      open(name, line);
    }

    /// Opens an item of a list.
    public void item(int line) {
      open(null, line);
    }

    private void open(@Nullable String name, int line) {
      // What is too far away to be stored takes the line of what is around it.
      open.add(names.size() < LIMIT ? names.size() : -1);
      if (names.size() < LIMIT) {
        names.add(name);
        offsets.append((char) Math.min(LIMIT, Math.max(0, line - base)));
        ends.append((char) 0);
      }
    }

    /// Closes what was opened last.
    public void end() {
      int last = open.removeLast();
      if (last >= 0) {
        ends.setCharAt(last, (char) names.size());
      }
    }

    /// What was taken in; everything must be closed.
    public FieldLines build() {
      return new FieldLines(
          base,
          names.toArray(new @Nullable String[0]),
          offsets.toString().toCharArray(),
          ends.toString().toCharArray());
    }
  }
}
