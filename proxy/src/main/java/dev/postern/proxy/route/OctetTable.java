package dev.postern.proxy.route;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// A hash table from octets to entries, built once: linear probing, at most half full.
final class OctetTable<E extends OctetTable.Entry> {
  private final @Nullable Entry[] slots;
  private final int shift;
  private final int size;

  /// What can be found. The hash is the caller's: it knows in which direction it reads.
  abstract static class Entry {
    final byte[] key;
    final int hash;

    Entry(byte[] key, int hash) {
      this.key = key;
      this.hash = hash;
    }
  }

  /// Of several entries with one key the first is kept.
  OctetTable(Collection<E> entries) {
    int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(entries.size() * 2));
    shift = 32 - bits;
    slots = new @Nullable Entry[1 << bits];
    int kept = 0;
    for (E entry : entries) {
      kept += put(entry) ? 1 : 0;
    }
    size = kept;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @SuppressWarnings("unchecked") // only an E is ever put
  @Nullable E find(int hash, byte[] bytes, int offset, int length) {
    int at = slot(hash);
    Entry entry;
    while ((entry = slots[at]) != null) {
      if (entry.hash == hash && is(entry, bytes, offset, length)) {
        return (E) entry;
      }
      at = (at + 1) & (slots.length - 1);
    }
    return null;
  }

  private boolean put(E entry) {
    int at = slot(entry.hash);
    Entry there;
    while ((there = slots[at]) != null) {
      if (there.hash == entry.hash && is(there, entry.key, 0, entry.key.length)) {
        return false;
      }
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = entry;
    return true;
  }

  private static boolean is(Entry entry, byte[] bytes, int offset, int length) {
    byte[] key = entry.key;
    return key.length == length && Arrays.equals(key, 0, length, bytes, offset, offset + length);
  }

  private int slot(int hash) {
    return (hash * 0x9E3779B9) >>> shift;
  }
}
