package dev.postern.gatewayapi.memo;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Something that can be read and that remembers who read it. Equal only to itself.
///
/// There are some twenty nodes for each route, most of them with one or two readers: a few are kept
/// in an array, and only many in a set.
abstract class Node {
  private static final int FEW = 8;

  final Memo memo;

  /// The computation that read this last; saves most duplicates in its list of dependencies.
  long readBy;

  long changedAt;
  private Computed[] few = Computed.NOBODY;
  private int size;
  private @Nullable Set<Computed> many;

  Node(Memo memo) {
    this.memo = memo;
  }

  /// Brings the value up to date.
  abstract void refresh();

  /// Takes this out of its family and lets go of what it reads, if nobody reads it.
  abstract void forgetIfUnread();

  final boolean isUnread() {
    return many == null ? size == 0 : many.isEmpty();
  }

  final void addReader(Computed reader) {
    if (many != null) {
      many.add(reader);
    } else if (find(reader) < 0) {
      add(reader);
    }
  }

  private void add(Computed reader) {
    if (size == FEW) {
      Set<Computed> all = new HashSet<>(Arrays.asList(few).subList(0, size));
      all.add(reader);
      many = all;
      few = Computed.NOBODY;
      size = 0;
      return;
    }
    if (size == few.length) {
      few = Arrays.copyOf(few, size == 0 ? 1 : size * 2);
    }
    few[size++] = reader;
  }

  final void removeReader(Computed reader) {
    if (many != null) {
      many.remove(reader);
    } else {
      int at = find(reader);
      if (at >= 0) {
        few[at] = few[size - 1];
        size--;
        few = Arrays.copyOf(few, size);
      }
    }
    if (isUnread()) {
      memo.orphaned(this);
    }
  }

  private int find(Computed reader) {
    for (int i = 0; i < size; i++) {
      if (few[i].equals(reader)) {
        return i;
      }
    }
    return -1;
  }

  final void suspectReaders() {
    if (many != null) {
      for (Computed reader : many) {
        reader.suspect(this);
      }
      return;
    }
    for (int i = 0; i < size; i++) {
      few[i].suspect(this);
    }
  }
}
