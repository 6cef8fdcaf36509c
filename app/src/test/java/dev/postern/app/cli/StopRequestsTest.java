package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StopRequestsTest {
  /** Near the largest, as nanoTime() may begin anywhere. */
  private static final long BEGIN = Long.MAX_VALUE - 1_000;

  @Test
  void aSignalThatIsSentTwiceIsOneRequestAndALaterOneEndsAtOnce() {
    var requests = new StopRequests();
    long same = StopRequests.SAME.toNanos();
    assertThat(requests.isEndAtOnce(BEGIN)).isFalse();
    assertThat(requests.isEndAtOnce(BEGIN + 500)).isFalse();
    assertThat(requests.isEndAtOnce(BEGIN + same)).isFalse();
    assertThat(requests.isEndAtOnce(BEGIN + same + 1)).isTrue();
  }
}
