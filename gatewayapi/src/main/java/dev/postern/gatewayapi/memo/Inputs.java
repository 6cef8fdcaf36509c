package dev.postern.gatewayapi.memo;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Values by key that are set from outside.
public final class Inputs<K, V> {
  private final Memo memo;
  private final V absent;
  private final Map<K, Cell> cells = new HashMap<>();
  private final Function<K, Cell> make = Cell::new;

  Inputs(Memo memo, V absent) {
    this.memo = memo;
    this.absent = absent;
  }

  /// The value; a rule that asks is derived anew when it changes.
  public V get(K key) {
    Cell cell = cells.computeIfAbsent(key, make);
    memo.noteRead(cell);
    return cell.value;
  }

  /// The value, without taking note of who asks.
  public V peek(K key) {
    Cell cell = cells.get(key);
    return cell == null ? absent : cell.value;
  }

  /// Sets the value. Setting an equal one changes nothing.
  public void set(K key, V value) {
    Cell cell = cells.computeIfAbsent(key, make);
    if (!cell.value.equals(value)) {
      cell.value = value;
      cell.changedAt = memo.nextRevision();
      cell.suspectReaders();
    }
    cell.forgetIfUnread();
  }

  private final class Cell extends Node {
    private final K key;
    private V value = absent;

    Cell(K key) {
      super(Inputs.this.memo);
      memo.grow(1);
      this.key = key;
    }

    @Override
    void refresh() {}

    @Override
    void forgetIfUnread() {
      if (isUnread() && value.equals(absent)) {
        if (cells.remove(key, this)) {
          memo.grow(-1);
        }
      }
    }
  }
}
