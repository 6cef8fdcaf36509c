package dev.postern.gatewayapi.memo;

import java.util.HashSet;
import java.util.Set;

/// Something that can be read and that remembers who read it. Equal only to itself.
abstract class Node {
  final Memo memo;

  /// The computation that read this last; saves most duplicates in its list of dependencies.
  long readBy;

  long changedAt;
  private Set<Computed> readers = Set.of();

  Node(Memo memo) {
    this.memo = memo;
  }

  /// Brings the value up to date.
  abstract void refresh();

  /// Takes this out of its family and lets go of what it reads, if nobody reads it.
  abstract void forgetIfUnread();

  final boolean isUnread() {
    return readers.isEmpty();
  }

  final void addReader(Computed reader) {
    if (readers.isEmpty()) {
      readers = Set.of(reader);
      return;
    }
    if (readers.size() == 1 && !(readers instanceof HashSet)) {
      if (readers.contains(reader)) {
        return;
      }
      readers = new HashSet<>(readers);
    }
    readers.add(reader);
  }

  final void removeReader(Computed reader) {
    if (readers instanceof HashSet) {
      readers.remove(reader);
    } else if (readers.contains(reader)) {
      readers = Set.of();
    }
    if (readers.isEmpty()) {
      memo.orphaned(this);
    }
  }

  final void suspectReaders() {
    for (Computed reader : readers) {
      reader.suspect(this);
    }
  }
}
