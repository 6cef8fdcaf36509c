package dev.postern.proxy.socket;

/// How much of something there was since its worker began. For the worker's thread alone.
public final class Tally {
  private long total;

  public void add(int more) {
    total += more;
  }

  public long total() {
    return total;
  }
}
