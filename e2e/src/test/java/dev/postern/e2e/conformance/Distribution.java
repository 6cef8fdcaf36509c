package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * 500 requests, ten at a time: each backend gets its share, give or take five percent of all, in
 * one of ten rounds; the measure that the suite takes.
 */
final class Distribution {
  private static final int REQUESTS = 500;
  private static final int AT_A_TIME = 10;
  private static final int ROUNDS = 10;
  private static final double TOLERANCE = 0.05;

  private Distribution() {}

  /**
   * @param shares by backend; one with 0 gets nothing
   */
  static void of(Supplier<String> request, Map<String, Double> shares) {
    for (int round = 1; ; round++) {
      Map<String, AtomicInteger> counts = counts(request);
      try {
        assertThat(shares.keySet()).as("%s", counts).containsAll(counts.keySet());
        shares.forEach((backend, share) ->
            assertThat(counts.getOrDefault(backend, new AtomicInteger()).get() / (double) REQUESTS)
                .as("the share of %s of %s", backend, counts)
                .isBetween(share == 0 ? 0 : share - TOLERANCE, share == 0 ? 0 : share + TOLERANCE));
        return;
      } catch (AssertionError e) {
        if (round == ROUNDS) {
          throw e;
        }
      }
    }
  }

  /** Who answered how often. */
  static Map<String, AtomicInteger> counts(Supplier<String> request) {
    Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    Semaphore turns = new Semaphore(AT_A_TIME);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < REQUESTS; i++) {
        turns.acquireUninterruptibly();
        var unused =
            clients.submit(() -> {
              try {
                counts.computeIfAbsent(request.get(), any -> new AtomicInteger()).incrementAndGet();
              } catch (RuntimeException e) {
                counts.computeIfAbsent(e.toString(), any -> new AtomicInteger()).incrementAndGet();
              } finally {
                turns.release();
              }
            });
      }
    }
    return counts;
  }
}
