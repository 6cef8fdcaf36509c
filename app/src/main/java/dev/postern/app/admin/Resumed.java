package dev.postern.app.admin;

import java.util.Iterator;

/// What was taken from the front of an iterator, and then the rest of it.
final class Resumed implements Iterator<String> {
  private final String start;
  private final Iterator<String> rest;
  private boolean started;

  Resumed(String start, Iterator<String> rest) {
    this.start = start;
    this.rest = rest;
  }

  @Override
  public boolean hasNext() {
    return !started || rest.hasNext();
  }

  @Override
  public String next() {
    if (started) {
      return rest.next();
    }
    started = true;
    return start;
  }
}
