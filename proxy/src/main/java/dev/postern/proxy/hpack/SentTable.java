package dev.postern.proxy.hpack;

/// What stands in the peer's table, as far as it has to be known: the sizes of entries, which are
/// numbered from 1 on in the order in which they were sent (RFC 7541 4).
final class SentTable {
  private static final int MASK = HpackEncoder.MAX_TABLE / TableEntry.OVERHEAD - 1;

  private final int[] sizes = new int[MASK + 1];
  private long youngest;
  private int count;
  private int size;
  private int limit = HpackEncoder.MAX_TABLE;

  int limit() {
    return limit;
  }

  void limit(int octets) {
    limit = octets;
    evict(octets);
  }

  /// Whether that entry is still there.
  boolean has(long entry) {
    return entry > youngest - count && entry > 0;
  }

  /// How the peer knows that entry.
  int index(long entry) {
    return (int) (StaticTable.SIZE + 1 + youngest - entry);
  }

  /// Whether a name and a value of so many octets are worth their place.
  boolean fits(int octets) {
    return octets + TableEntry.OVERHEAD <= limit / 2;
  }

  /// @return the entry's number
  long add(int octets) {
    int more = octets + TableEntry.OVERHEAD;
    evict(limit - more);
    youngest++;
    sizes[(int) youngest & MASK] = more;
    count++;
    size += more;
    return youngest;
  }

  private void evict(int room) {
    while (count > 0 && size > room) {
      size -= sizes[(int) (youngest - count + 1) & MASK];
      count--;
    }
  }
}
