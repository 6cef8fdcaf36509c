package dev.postern.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatStoreTest {

  @Test
  void workersCountWithoutLosingAnything() throws InterruptedException {
    StatGroup group = new StatStore(4).group("cluster.x", Samples.CLUSTER);
    List<Thread> threads = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      StatCells cells = group.worker(worker);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 10_000; i++) {
                  cells.increment(0);
                  group.named("upstream_rq_200").increment();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(group.value(0)).isEqualTo(40_000);
    assertThat(group.named().get("upstream_rq_200").sum()).isEqualTo(40_000);
  }

  @Test
  void aGroupIsMadeOnceAndStartsAnewAfterItsRemoval() {
    StatStore store = new StatStore(1);
    StatGroup group = store.group("cluster.x", Samples.CLUSTER);
    group.worker(0).increment(0);
    assertThat(store.group("cluster.x", Samples.CLUSTER)).isSameAs(group);
    store.remove("cluster.x");
    assertThat(store.groups()).isEmpty();
    assertThat(store.group("cluster.x", Samples.CLUSTER).value(0)).isZero();
  }

  @Test
  void aValueOnABoundFallsIntoTheBucketBelowIt() {
    Histogram histogram = new Histogram();
    histogram.record(0);
    histogram.record(1);
    histogram.record(2);
    histogram.record(3_600_000);
    histogram.record(3_600_001);
    assertThat(histogram.counts())
        .containsExactly(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
    assertThat(histogram.sum()).isEqualTo(7_200_004);
  }

  @Test
  void quantilesAreSpreadEvenlyWithinABucket() {
    Histogram histogram = new Histogram();
    for (int i = 0; i < 100; i++) {
      histogram.record(200);
    }
    assertThat(new Quantiles(histogram).values())
        .containsExactly(100.0, 137.5, 175.0, 212.5, 235.0, 242.5, 248.5, 249.25, 249.85, 250.0);
    assertThat(Quantiles.text(249.25)).isEqualTo("249.25");
    assertThat(Quantiles.text(0.00049)).isEqualTo("0");
  }
}
