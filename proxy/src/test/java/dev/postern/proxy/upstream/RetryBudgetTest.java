package dev.postern.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.Cluster;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How many requests may be repeated ones, by a clock of the test.
class RetryBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = 1;

  @Test
  void aShareOfTheRequestsMayBeRepeated() {
    RetryBudget budget = budget(20, 0);
    request(budget, 50);
    assertThat(spent(budget)).isEqualTo(10);
    request(budget, 10);
    assertThat(spent(budget)).isEqualTo(2);
  }

  @Test
  void someMayBeRepeatedWhateverTheShareInEachOfTheirIntervals() {
    RetryBudget budget = budget(20, 3);
    request(budget, 1);
    assertThat(spent(budget)).isEqualTo(3);
    now += SECOND;
    assertThat(spent(budget)).isEqualTo(3);
  }

  @Test
  void whatIsLongPastCountsNoMore() {
    RetryBudget budget = budget(50, 0);
    request(budget, 10);
    assertThat(spent(budget)).isEqualTo(5);
    now += 10 * SECOND;
    request(budget, 10);
    assertThat(spent(budget)).isEqualTo(5);
    now += 100 * SECOND;
    assertThat(spent(budget)).isZero();
  }

  @Test
  void noneMayBeWhereThePercentageIsZero() {
    RetryBudget budget = budget(0, 0);
    request(budget, 1000);
    assertThat(spent(budget)).isZero();
  }

  private RetryBudget budget(int percent, int least) {
    return new RetryBudget(
        new Cluster.RetryBudget(percent, Duration.ofSeconds(10), least, Duration.ofSeconds(1)),
        now);
  }

  private void request(RetryBudget budget, int times) {
    for (int i = 0; i < times; i++) {
      budget.requested(now);
    }
  }

  private int spent(RetryBudget budget) {
    int times = 0;
    while (times < 1000 && budget.spend(now)) {
      times++;
    }
    return times;
  }
}
