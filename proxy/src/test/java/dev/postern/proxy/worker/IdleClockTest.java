package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleClockTest {
  private static final long START = 1_000_000;

  private final IdleClock clock = new IdleClock();

  @Test
  void nothingMovesFromTheStartOn() {
    clock.start(START);
    assertThat(clock.idleNanos(START + 10)).isEqualTo(10);
    assertThat(clock.idleNanos(START + 30)).isEqualTo(30);
  }

  @Test
  void whatMovesCountsFromTheNextSweepOn() {
    clock.start(START);
    assertThat(clock.idleNanos(START + 10)).isEqualTo(10);
    clock.moved();
    assertThat(clock.idleNanos(START + 20)).isZero();
    assertThat(clock.idleNanos(START + 30)).isEqualTo(10);
  }

  @Test
  void withoutAStartTheFirstSweepIsIt() {
    assertThat(clock.idleNanos(START)).isZero();
    assertThat(clock.idleNanos(START + 10)).isEqualTo(10);
  }

  @Test
  void aStartForgetsWhatMovedBefore() {
    clock.moved();
    clock.start(START);
    assertThat(clock.idleNanos(START + 10)).isEqualTo(10);
  }
}
