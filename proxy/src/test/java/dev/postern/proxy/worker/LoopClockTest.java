package dev.postern.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoopClockTest {

  @Test
  @Timeout(20)
  void timeStandsStillInARoundAndGoesOnInTheNext() {
    try (Workers workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT)) {
      Worker worker = workers.all().getFirst();
      long before = System.nanoTime();
      long[] first = twoLooks(worker);
      long[] second;
      do {
        second = twoLooks(worker); // the round may go on for a task more
      } while (second[0] == first[1]);
      assertThat(first[0]).isEqualTo(first[1]).isGreaterThanOrEqualTo(before);
      assertThat(second[0]).isEqualTo(second[1]).isGreaterThan(first[1]);
      assertThat(System.nanoTime()).isGreaterThanOrEqualTo(second[1]);
    }
  }

  /// In one round, some time apart.
  private static long[] twoLooks(Worker worker) {
    return CompletableFuture.supplyAsync(
            () -> {
              long one = worker.clock().nanos();
              long start = System.nanoTime();
              while (System.nanoTime() - start < 100_000) {
                Thread.onSpinWait();
              }
              return new long[] {one, worker.clock().nanos()};
            },
            worker.loop())
        .join();
  }
}
