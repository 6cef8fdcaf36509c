package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.worker.Coalescing.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a loop is told in the face of traffic that does better, worse or as well with pauses.
class CoalescingTest {
  private static final Window BUSY = window(0.7, 1_000);
  private static final Window LIGHT = window(0.4, 1_000);

  private final Coalescing coalescing = new Coalescing();

  @Test
  void aLoopThatIsNotBusyForHalfOfTheTimeNeverPauses() {
    assertThat(pausedIn(5_000, LIGHT, LIGHT)).isEmpty();
  }

  @Test
  void whatIsCheaperAndAsFastIsKeptAndTriedAgain() {
    List<Integer> paused = pausedIn(300, BUSY, window(0.6, 1_000));
    assertThat(paused).hasSizeBetween(230, 280);
    assertThat(paused.getFirst()).isLessThan(10);
    assertThat(paused.getLast()).isGreaterThan(290);
  }

  @Test
  void whatIsFasterAtTheSameCostIsKept() {
    assertThat(pausedIn(300, BUSY, window(0.77, 1_100))).hasSizeBetween(230, 280);
  }

  @Test
  void whatIsFasterAndDearerIsNotKept() {
    assertThat(pausedIn(300, BUSY, window(0.8, 1_100))).hasSizeLessThan(30);
  }

  @Test
  void whatMakesNoDifferenceIsNotKept() {
    assertThat(pausedIn(300, BUSY, BUSY)).hasSizeLessThan(30);
  }

  @Test
  void whatIsCheaperAndSlowerIsNotKept() {
    assertThat(pausedIn(300, BUSY, window(0.5, 950))).hasSizeLessThan(30);
  }

  @Test
  void whatIsMuchSlowerIsGivenUpAtOnceAndTriedEverMoreSeldom() {
    List<Integer> paused = pausedIn(4_000, BUSY, window(0.4, 500));
    // Two windows a try, after 1, 2, 4 and then every 8 s.
    assertThat(paused).hasSizeBetween(10, 18);
    assertThat(paused.get(2) - paused.get(1)).isBetween(95, 110);
    assertThat(paused.get(4) - paused.get(3)).isBetween(195, 210);
    assertThat(paused.getLast() - paused.get(paused.size() - 3)).isBetween(795, 815);
  }

  @Test
  void pausesThatBringNothingEndIt() {
    untilOn();
    pauses(1, 7);
    pauses(2, 1);
    pauses(0, 7);
    assertThat(coalescing.on()).isTrue();
    pauses(1, 1);
    assertThat(coalescing.on()).isFalse();
  }

  @Test
  void whenTrafficIsGoneItEndsAndIsTriedSoonAfterItComesBack() {
    pausedIn(500, BUSY, window(0.4, 500)); // refused, and held
    coalescing.window(new Window(Duration.ofSeconds(3).toNanos(), 1_000, 10));
    assertThat(pausedIn(10, BUSY, window(0.6, 1_000))).isNotEmpty();

    untilOn();
    coalescing.window(window(0.1, 100));
    assertThat(coalescing.on()).isFalse();
  }

  @Test
  void windowsInWhichNothingIsReceivedProveNothing() {
    assertThat(pausedIn(300, window(0.7, 0), window(0.6, 0))).hasSizeLessThan(30);
  }

  private void untilOn() {
    List<Integer> paused = pausedIn(40, BUSY, window(0.6, 1_000));
    assertThat(paused).isNotEmpty();
    assertThat(coalescing.on()).isTrue();
  }

  private void pauses(int events, int times) {
    for (int i = 0; i < times; i++) {
      coalescing.paused(events);
    }
  }

  /// In which of so many windows the loop pauses, if the traffic then is as given and else as
  /// given.
  private List<Integer> pausedIn(int windows, Window apart, Window together) {
    List<Integer> paused = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      if (coalescing.on()) {
        paused.add(i);
        coalescing.paused(5);
        coalescing.window(together);
      } else {
        coalescing.window(apart);
      }
    }
    return paused;
  }

  private static Window window(double share, long octets) {
    long nanos = Coalescing.WINDOW_NANOS;
    return new Window(nanos, (long) (share * nanos), octets);
  }
}
