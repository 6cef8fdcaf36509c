package dev.postern.ir;

import java.util.List;

/// Changes to the headers of a message: first `remove`, then `set` (replaces every field of that
/// name), then `add` (appends one more field). Names are lower case.
public record HeaderMutation(List<HeaderValue> set, List<HeaderValue> add, List<String> remove) {

  /// Changes nothing.
  public static final HeaderMutation NONE = new HeaderMutation(List.of(), List.of(), List.of());

  /// One header field.
  ///
  /// @param name lower case
  public record HeaderValue(String name, String value) {}

  public HeaderMutation {
    set = List.copyOf(set);
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }

  /// Whether there is nothing to change.
  public boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }
}
