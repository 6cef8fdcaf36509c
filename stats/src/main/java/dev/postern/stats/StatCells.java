package dev.postern.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// One worker's share of a group's numbers. Only that worker's thread may write; anybody may read.
/// No atomic instruction is used: readers may be a moment behind.
public final class StatCells {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] cells;

  StatCells(int size) {
    cells = new long[size];
  }

  /// Adds `n` (less than 0 for a gauge that falls) to the stat with that index.
  public void add(int stat, long n) {
    CELL.setOpaque(cells, stat, cells[stat] + n);
  }

  /// Adds 1.
  public void increment(int stat) {
    CELL.setOpaque(cells, stat, cells[stat] + 1);
  }

  long get(int stat) {
    return (long) CELL.getOpaque(cells, stat);
  }
}
