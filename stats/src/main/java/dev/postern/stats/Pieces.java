package dev.postern.stats;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/// The pieces of many sources, one after the other, each source opened when the one before it has
/// ended. A stream's `flatMap` would hold all pieces of a source at once.
final class Pieces<T> implements Iterator<String> {
  private final Iterator<T> sources;
  private final Function<T, Iterator<String>> open;
  private Iterator<String> current = Collections.emptyIterator();
  private String next = "";

  Pieces(Iterator<T> sources, Function<T, Iterator<String>> open) {
    this.sources = sources;
    this.open = open;
  }

  /// One piece for each source; empty ones are left out.
  static <T> Iterator<String> of(Iterator<T> sources, Function<T, String> piece) {
    return new Pieces<>(sources, source -> Collections.singleton(piece.apply(source)).iterator());
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty()) {
      if (current.hasNext()) {
        next = current.next();
      } else if (sources.hasNext()) {
        current = open.apply(sources.next());
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String piece = next;
    next = "";
    return piece;
  }
}
