package dev.postern.proxy.hpack;

/// The fields that a peer had us remember (RFC 7541 2.3.2), the youngest first.
final class DynamicTable {
  /// What the peer may use at most, as Postern says nothing else (RFC 9113 6.5.2).
  static final int MAX_SIZE = 4096;

  private static final int MASK = MAX_SIZE / TableEntry.OVERHEAD - 1;

  private final TableEntry[] ring = new TableEntry[MASK + 1];
  private int youngest;
  private int count;
  private int size;
  private int limit = MAX_SIZE;

  int count() {
    return count;
  }

  /// @param back from 0, less than [#count]
  TableEntry entry(int back) {
    return ring[(youngest - back) & MASK];
  }

  /// An entry that is larger than the table only empties it.
  void add(TableEntry entry) {
    int more = entry.size();
    evict(limit - more);
    if (more <= limit) {
      youngest = (youngest + 1) & MASK;
      ring[youngest] = entry;
      count++;
      size += more;
    }
  }

  /// @param octets at most [#MAX_SIZE]
  void limit(int octets) {
    limit = octets;
    evict(octets);
  }

  @SuppressWarnings("NullAway") // what is forgotten is not read again
  private void evict(int room) {
    while (count > 0 && size > room) {
      int oldest = (youngest - count + 1) & MASK;
      size -= ring[oldest].size();
      ring[oldest] = null;
      count--;
    }
  }
}
