package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a loop is told in the face of traffic that does better, worse or as well with pauses.
class CoalescingTest {
  private static final LoopWindow BUSY = window(0.7, 100_000, 300);
  private static final LoopWindow LIGHT = window(0.4, 100_000, 300);
  private static final LoopWindow CHEAPER = window(0.6, 100_000, 300);
  private static final LoopWindow MUCH_SLOWER = window(0.4, 50_000, 150);

  private final Coalescing coalescing = new Coalescing();

  @Test
  void aLoopThatIsNotBusyForHalfOfTheTimeNeverPauses() {
    assertThat(pausedIn(5_000, LIGHT, LIGHT)).isEmpty();
  }

  @Test
  void whatIsCheaperAndAsFastIsKeptAndTriedAgain() {
    List<Integer> paused = pausedIn(1_000, BUSY, CHEAPER);
    assertThat(paused).hasSizeBetween(900, 965);
    assertThat(paused.getFirst()).isLessThan(10);
    assertThat(paused.getLast()).isGreaterThan(990);
  }

  @Test
  void whatIsFasterAtTheSameCostIsKept() {
    assertThat(pausedIn(300, BUSY, window(0.76, 110_000, 330))).hasSizeBetween(270, 295);
  }

  @Test
  void whatIsALittleFasterAndALittleCheaperIsKept() {
    assertThat(pausedIn(300, BUSY, window(0.7, 103_000, 309))).hasSizeBetween(270, 295);
  }

  @Test
  void whatIsALittleCheaperAloneIsNotKept() {
    assertTriedButNotKept(BUSY, window(0.68, 100_000, 300));
  }

  @Test
  void aPauseIsAThirdOfWhatARequestTakesAndNoLongerThan200Micros() {
    assertThat(pauseWhere(Duration.ofNanos(300_000))).isEqualTo(100_000);
    assertThat(pauseWhere(Duration.ofMillis(50))).isEqualTo(200_000);
  }

  @Test
  void whereRequestsAreShortThereIsNone() {
    assertThat(pausedIn(2_000, requestsOf(Duration.ofNanos(110_000)), CHEAPER)).isEmpty();
  }

  @Test
  void whenTheyTakeLongerItIsTriedAfterAll() {
    pausedIn(200, requestsOf(Duration.ofNanos(110_000)), CHEAPER);
    assertThat(pausedIn(1_000, BUSY, CHEAPER)).isNotEmpty();
  }

  @Test
  void streamsHave80Micros() {
    pausedIn(40, window(0.7, 100_000, 2), window(0.6, 100_000, 2));
    assertThat(coalescing.pauseNanos()).isEqualTo(80_000);
  }

  private static long pauseWhere(Duration each) {
    var coalescing = new Coalescing();
    for (int i = 0; i < 100 && coalescing.pauseNanos() == 0; i++) {
      coalescing.window(requestsOf(each));
    }
    return coalescing.pauseNanos();
  }

  private static LoopWindow requestsOf(Duration each) {
    return window(0.7, 100_000, 300, each);
  }

  @Test
  void whatIsFasterAndDearerIsNotKept() {
    assertTriedButNotKept(BUSY, window(0.8, 110_000, 330));
  }

  @Test
  void whatMakesNoDifferenceIsNotKept() {
    assertTriedButNotKept(BUSY, BUSY);
  }

  @Test
  void whatIsCheaperAndSlowerIsNotKept() {
    assertTriedButNotKept(BUSY, window(0.5, 95_000, 285));
  }

  @Test
  void requestsThatGetFewerDoNotHideBehindALargeBody() {
    assertTriedButNotKept(BUSY, window(0.5, 100_000, 100));
  }

  @Test
  void fewRequestsSayNothingBesideStreams() {
    assertThat(pausedIn(300, window(0.7, 100_000, 2), window(0.6, 100_000, 1)))
        .hasSizeBetween(270, 295);
  }

  @Test
  void whatDidBetterInFewWindowsAloneIsNotKept() {
    List<LoopWindow> together =
        List.of(window(0.25, 300_000, 900), BUSY, BUSY, BUSY, window(0.3, 150_000, 450), BUSY);
    int next = 0;
    int paused = 0;
    for (int i = 0; i < 60; i++) {
      if (coalescing.pauseNanos() > 0) {
        coalescing.window(together.get(next++ % together.size()));
        paused++;
      } else {
        coalescing.window(BUSY);
      }
    }
    assertThat(paused).isBetween(2, 10);
  }

  @Test
  void aLoopThatIsBusyWithDatagramsIsNotJudgedByTheFewOctetsBeside() {
    assertTriedButNotKept(window(0.7, 300, 1), window(0.6, 900, 1));
    assertTriedButNotKept(window(0.7, 0, 0), window(0.6, 900, 1));
  }

  @Test
  void whatIsNoLongerBusyForHalfOfTheTimeWithoutPausesPausesNoMore() {
    untilOn();
    assertThat(pausedIn(600, LIGHT, window(0.3, 100_000, 300))).hasSizeBetween(270, 310);
    assertThat(coalescing.pauseNanos()).isZero();
  }

  @Test
  void whatIsMuchSlowerIsGivenUpAtOnceAndTriedEverMoreSeldom() {
    assertTriedEverMoreSeldom(pausedIn(4_000, BUSY, MUCH_SLOWER), 2);
  }

  @Test
  void pausesThatKeepNearlyAllTrafficAwayAreNoEndOfTraffic() {
    assertTriedEverMoreSeldom(pausedIn(4_000, BUSY, window(0.1, 15_000, 45)), 1);
  }

  /// After 1, 2, 4 and then every 8 s.
  private static void assertTriedEverMoreSeldom(List<Integer> paused, int windowsEach) {
    assertThat(paused).hasSizeBetween(5 * windowsEach, 8 * windowsEach);
    for (int i = 1; i < 5; i++) {
      int gap = paused.get(i * windowsEach) - paused.get(i * windowsEach - 1);
      int windows = 100 * Math.min(8, 1 << (i - 1));
      assertThat(gap).isBetween(windows - 5, windows + 10);
    }
  }

  @Test
  void whenMuchLessComesThroughItIsTriedAnew() {
    untilOn();
    LoopWindow fewClients = window(0.3, 15_000, 45);
    assertThat(pausedIn(300, BUSY, fewClients)).hasSizeBetween(5, 15);
    assertThat(coalescing.pauseNanos()).isZero();
  }

  @Test
  void aMomentWithLessDoesNotEndIt() {
    untilOn();
    for (int i = 0; i < 20; i++) {
      assertThat(pausedIn(4, BUSY, window(0.3, 15_000, 45))).hasSize(4);
      assertThat(pausedIn(1, BUSY, CHEAPER)).hasSize(1);
    }
  }

  @Test
  void whenTrafficIsGoneItEndsAndIsTriedSoonAfterItComesBack() {
    pausedIn(500, BUSY, MUCH_SLOWER); // refused, and held
    coalescing.window(quiet(Duration.ofSeconds(3)));
    assertThat(pausedIn(10, BUSY, CHEAPER)).isNotEmpty();

    untilOn();
    coalescing.window(window(0.1, 10_000, 30));
    assertThat(coalescing.pauseNanos()).isZero();
  }

  @Test
  void trafficInBurstsIsNotTriedInEach() {
    int paused = 0;
    for (int i = 0; i < 20; i++) {
      paused += pausedIn(15, BUSY, MUCH_SLOWER).size();
      coalescing.window(quiet(Duration.ofMillis(150)));
    }
    assertThat(paused).isBetween(2, 8); // in 6 s: at once, after 1 and after 3
  }

  private void assertTriedButNotKept(LoopWindow apart, LoopWindow together) {
    assertThat(pausedIn(300, apart, together)).hasSizeBetween(2, 29);
  }

  private void untilOn() {
    assertThat(pausedIn(40, BUSY, CHEAPER)).isNotEmpty();
    assertThat(coalescing.pauseNanos()).isPositive();
  }

  /// In which of so many windows the loop pauses, if the traffic then is as given and else as
  /// given.
  private List<Integer> pausedIn(int windows, LoopWindow apart, LoopWindow together) {
    List<Integer> paused = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      if (coalescing.pauseNanos() > 0) {
        paused.add(i);
        coalescing.window(together);
      } else {
        coalescing.window(apart);
      }
    }
    return paused;
  }

  private static LoopWindow quiet(Duration time) {
    return new LoopWindow(time.toNanos(), 1_000, 10, 0, 0);
  }

  private static LoopWindow window(double share, long octets, long requests) {
    return window(share, octets, requests, Duration.ofMillis(1));
  }

  /// @param each how long a request was under way
  private static LoopWindow window(double share, long octets, long requests, Duration each) {
    long nanos = Pausing.WINDOW_NANOS;
    return new LoopWindow(
        nanos, (long) (share * nanos), octets, requests, requests * each.toNanos());
  }
}
