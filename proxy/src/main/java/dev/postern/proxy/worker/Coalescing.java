package dev.postern.proxy.worker;

import java.util.concurrent.TimeUnit;

/// Says whether a loop that finds nothing to do pauses for a moment before it waits, so that what
/// comes meanwhile is handled together, as a network card does with its interrupts. Being woken for
/// each event costs the loop and its peers more than many an event itself; but a pause makes what
/// comes wait, and where few requests are under way the peers then wait as well.
///
/// So it is tried, and only while the loop is busy for half of the time: by turns it pauses for a
/// window and does not for the next. It stays with what is cheaper if that is not slower, and with
/// what is faster if that is not dearer; after a while it is tried again.
///
/// For the loop's thread alone.
final class Coalescing {
  /// How long a pause is, at least. The system adds what it thinks fit: 50 us of slack (prctl(2),
  /// PR_SET_TIMERSLACK) and its time to wake up.
  static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(80);

  /// How long a window is, at least.
  static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /// A window so long, or less busy than that, has next to no traffic.
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final double QUIET_SHARE = 0.2;

  private static final double BUSY_SHARE = 0.5;
  private static final int PAIRS = 6;

  /// Of windows.
  private static final int SETTLE = 5;

  private static final int SHORT_HOLD = 100;
  private static final int LONG_HOLD = 800;

  private static final double MUCH_SLOWER = 0.8;
  private static final double SLOWER = 0.97;
  private static final double FASTER = 1.05;
  private static final double CHEAPER = 0.95;

  /// Pauses in a row that brought one event or none.
  private static final int VAIN = 8;

  /// What a loop did in a stretch of time.
  ///
  /// @param nanos how long that was
  /// @param cpuNanos of its thread
  /// @param octets received
  record Window(long nanos, long cpuNanos, long octets) {
    static final Window NONE = new Window(0, 0, 0);

    Window plus(Window other) {
      return new Window(nanos + other.nanos, cpuNanos + other.cpuNanos, octets + other.octets);
    }

    private double share() {
      return (double) cpuNanos / nanos;
    }

    private double rate() {
      return (double) octets / nanos;
    }

    private double cost() {
      return (double) cpuNanos / octets;
    }
  }

  private boolean on;
  private boolean trying;

  /// Windows until it may be tried.
  private int held = SETTLE;

  private int nextHold = SHORT_HOLD;
  private int pairs;
  private int vain;
  private Window apart = Window.NONE;
  private Window together = Window.NONE;

  /// Whether the loop is to pause.
  boolean on() {
    return on;
  }

  /// After a pause.
  ///
  /// @param events that came meanwhile
  void paused(int events) {
    if (events > 1) {
      vain = 0;
    } else if (++vain == VAIN) {
      refuse();
    }
  }

  /// A stretch of time is over.
  void window(Window window) {
    if (window.nanos() > QUIET_NANOS || window.share() < QUIET_SHARE) {
      forget();
    } else if (trying) {
      tried(window);
    } else if (held > 0) {
      held--;
    } else if (on || window.share() >= BUSY_SHARE) {
      trying = true;
      on = false;
      pairs = 0;
      apart = Window.NONE;
      together = Window.NONE;
    }
  }

  private void tried(Window window) {
    if (!on) {
      apart = apart.plus(window);
      on = true;
      return;
    }
    together = together.plus(window);
    on = false;
    pairs++;
    double speed = together.rate() / apart.rate();
    if (pairs > 1 && speed < MUCH_SLOWER) {
      refuse();
    } else if (pairs == PAIRS) {
      double cost = together.cost() / apart.cost();
      if ((cost <= CHEAPER && speed >= SLOWER) || (speed >= FASTER && cost <= 1)) {
        keep();
      } else {
        refuse();
      }
    }
  }

  private void keep() {
    trying = false;
    on = true;
    vain = 0;
    held = SHORT_HOLD;
    nextHold = SHORT_HOLD;
  }

  private void refuse() {
    trying = false;
    on = false;
    vain = 0;
    held = nextHold;
    nextHold = Math.min(2 * nextHold, LONG_HOLD);
  }

  /// What was found out held for traffic that is no more.
  private void forget() {
    trying = false;
    on = false;
    vain = 0;
    held = SETTLE;
    nextHold = SHORT_HOLD;
  }
}
