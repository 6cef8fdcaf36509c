package dev.postern.proxy.worker;

/// Pairs of windows, one without pauses and one with them.
///
/// What comes through is measured in octets and, where there are enough, in requests: a few large
/// bodies must not hide that many small requests wait. How much comes differs from window to window
/// whatever is done, so most pairs must agree: by chance alone one trial in twenty would have so
/// many.
final class CoalescingTrial {
  private static final int PAIRS = 10;
  private static final int AGREEING = 8;

  /// With fewer without pauses, requests say nothing.
  private static final double ENOUGH_REQUESTS_PER_SECOND = 1_700;

  /// With fewer without pauses, the loop is at work on something else, such as datagrams.
  private static final double ENOUGH_OCTETS_PER_SECOND = 1_000_000;

  private static final double MUCH_LESS = 0.5;
  private static final double MUCH_SLOWER = 0.8;
  private static final double SLOWER = 0.97;

  /// Of the cost for each of the speed.
  private static final double BETTER = 0.95;

  private LoopWindow apart = new LoopWindow(0, 0, 0, 0, 0);
  private LoopWindow together = apart;
  private LoopWindow last = apart;
  private int pairs;
  private int slower;
  private int better;

  /// A window without pauses, after which one with them follows.
  void apart(LoopWindow window) {
    apart = apart.plus(window);
    last = window;
  }

  void together(LoopWindow window) {
    together = together.plus(window);
    pairs++;
    double speed = speed(last, window);
    if (speed < MUCH_SLOWER) {
      slower++;
    }
    if (cost(last, window) < speed) {
      better++;
    }
  }

  /// All that came without pauses.
  LoopWindow apart() {
    return apart;
  }

  boolean isOver() {
    return pairs == PAIRS;
  }

  /// So much, and from the start, that there is no need to go on.
  boolean isMuchSlower() {
    return pairs > 1 && slower == pairs;
  }

  /// Cheaper and not slower, faster and not dearer, or somewhat of both.
  boolean isBetter() {
    if (perSecond(apart.octets(), apart) < ENOUGH_OCTETS_PER_SECOND) {
      return false;
    }
    double speed = speed(apart, together);
    double cost = cost(apart, together);
    return better >= AGREEING && speed >= SLOWER && cost <= 1 && cost <= BETTER * speed;
  }

  /// Whether with pauses twice as much came through as there.
  boolean isMuchMoreThan(LoopWindow window) {
    return speed(together, window) < MUCH_LESS;
  }

  /// Of what comes through, by the measure by which it is less.
  private static double speed(LoopWindow before, LoopWindow after) {
    double time = (double) before.nanos() / after.nanos();
    double octets = time * after.octets() / before.octets();
    return requestsCount(before)
        ? Math.min(octets, time * after.requests() / before.requests())
        : octets;
  }

  /// Of what comes through, by the measure by which it is more.
  private static double cost(LoopWindow before, LoopWindow after) {
    double cpu = (double) after.cpuNanos() / before.cpuNanos();
    double octets = cpu * before.octets() / after.octets();
    return requestsCount(before)
        ? Math.max(octets, cpu * before.requests() / after.requests())
        : octets;
  }

  static boolean requestsCount(LoopWindow window) {
    return perSecond(window.requests(), window) >= ENOUGH_REQUESTS_PER_SECOND;
  }

  private static double perSecond(long count, LoopWindow window) {
    return count * 1e9 / window.nanos();
  }
}
