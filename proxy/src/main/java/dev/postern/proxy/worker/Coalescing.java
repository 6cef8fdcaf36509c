package dev.postern.proxy.worker;

import java.util.concurrent.TimeUnit;

/// Says whether a loop that finds nothing to do pauses for a moment before it waits, so that what
/// comes meanwhile is handled together, as a network card does with its interrupts. Being woken for
/// each event costs the loop and its peers more than many an event itself; but a pause makes what
/// comes wait, and where few requests are under way the peers then wait as well.
///
/// So it is tried, and only while the loop is busy for half of the time: by turns it pauses for a
/// window and does not for the next ([CoalescingTrial]). What did better is kept for three seconds,
/// unless the traffic changes; what did not is tried again after one, two, four and then every
/// eight.
///
/// The longer requests are under way anyway, the longer is a pause: a third of that on average, and
/// 200 us at most. Where that would be less than the system adds to each, there is none.
///
/// For the loop's thread alone.
final class Coalescing implements Pausing {
  private static final double QUIET_SHARE = 0.2;
  private static final double BUSY_SHARE = 0.5;

  /// After so much time without traffic nothing that was found out counts any more.
  private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MOST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long LEAST_NANOS = TimeUnit.MICROSECONDS.toNanos(40);
  private static final int OF_A_REQUEST = 3;

  /// Where there are few requests for what comes, as with WebSockets.
  private static final long WITHOUT_REQUESTS_NANOS = TimeUnit.MICROSECONDS.toNanos(80);

  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long SHORT_HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONG_HOLD_NANOS = TimeUnit.SECONDS.toNanos(8);

  /// With so many windows in a row with much less in them than in the trial, the traffic is
  /// another.
  private static final int OTHER_TRAFFIC = 5;

  private boolean on;
  private long pauseNanos;
  private boolean trying;
  private CoalescingTrial trial = new CoalescingTrial();

  /// Until it may be tried.
  private long held = SETTLE_NANOS;

  private long nextHold = SHORT_HOLD_NANOS;
  private long quiet;
  private int less;

  @Override
  public long pauseNanos() {
    return on ? pauseNanos : 0;
  }

  @Override
  public void window(LoopWindow window) {
    if (window.share() < QUIET_SHARE) {
      calm(window);
      return;
    }
    quiet = 0;
    held -= window.nanos();
    if (trying) {
      tried(window);
      return;
    }
    if (on) {
      less = trial.isMuchMoreThan(window) ? less + 1 : 0;
      if (less == OTHER_TRAFFIC) {
        held = 0;
      }
    }
    if (held <= 0 && (on || window.share() >= BUSY_SHARE)) {
      trying = true;
      on = false;
      trial = new CoalescingTrial();
    }
  }

  private void tried(LoopWindow window) {
    if (!on) {
      trial.apart(window);
      pauseNanos = fitting(trial.apart());
      on = pauseNanos >= LEAST_NANOS;
      if (!on) {
        refuse();
      }
      return;
    }
    trial.together(window);
    on = false;
    if (trial.isMuchSlower()) {
      refuse();
    } else if (trial.isOver()) {
      if (trial.apart().share() >= BUSY_SHARE && trial.isBetter()) {
        keep();
      } else {
        refuse();
      }
    }
  }

  private static long fitting(LoopWindow apart) {
    return CoalescingTrial.requestsCount(apart)
        ? Math.min(apart.requestNanos() / apart.requests() / OF_A_REQUEST, MOST_NANOS)
        : WITHOUT_REQUESTS_NANOS;
  }

  /// Next to nothing was done: there is no traffic, or pauses kept it away.
  private void calm(LoopWindow window) {
    if (trying && on) {
      refuse();
      return;
    }
    quiet += window.nanos();
    trying = false;
    on = false;
    held = Math.max(held - window.nanos(), SETTLE_NANOS);
    if (quiet >= FORGOTTEN_NANOS) {
      held = SETTLE_NANOS;
      nextHold = SHORT_HOLD_NANOS;
    }
  }

  private void keep() {
    trying = false;
    on = true;
    less = 0;
    held = KEPT_NANOS;
    nextHold = SHORT_HOLD_NANOS;
  }

  private void refuse() {
    trying = false;
    on = false;
    held = nextHold;
    nextHold = Math.min(2 * nextHold, LONG_HOLD_NANOS);
  }
}
