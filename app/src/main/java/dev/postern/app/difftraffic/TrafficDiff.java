package dev.postern.app.difftraffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks two gateways the same and compares what they say.
public final class TrafficDiff {
  /// So many requests without a connection are enough to know.
  private static final int PATIENCE = 20;

  private final GatewayClient before;
  private final GatewayClient now;
  private final Comparison comparison;
  private final boolean twice;
  private final Progress progress;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger different = new AtomicInteger();
  private final AtomicInteger unreached = new AtomicInteger();

  /// Hears of every request that was compared, from any thread.
  @FunctionalInterface
  public interface Progress {
    void asked(int soFar, int different);
  }

  /// What came of one request.
  public record Compared(RecordedRequest request, List<Difference> differences) {}

  /// What came of all of them.
  ///
  /// @param compared in the order of the requests
  /// @param notReached why a gateway could not be reached, each reason once
  public record Result(List<Compared> compared, Set<String> notReached) {
    /// Those of which the answers differ.
    public List<Compared> different() {
      return compared.stream().filter(each -> !each.differences().isEmpty()).toList();
    }
  }

  /// @param twice whether the old gateway is asked a second time, and what differs between its own
  ///   two answers is not held against the new one
  public TrafficDiff(
      GatewayClient before,
      GatewayClient now,
      Comparison comparison,
      boolean twice,
      Progress progress) {
    this.before = before;
    this.now = now;
    this.comparison = comparison;
    this.twice = twice;
    this.progress = progress;
  }

  /// Blocks. Ends early when a gateway cannot be reached again and again.
  ///
  /// @param concurrency how many requests are under way at once
  public Result compare(List<RecordedRequest> requests, int concurrency)
      throws InterruptedException {
    try (ExecutorService workers = Executors.newFixedThreadPool(concurrency)) {
      List<Future<One>> under = new ArrayList<>();
      requests.forEach(request -> under.add(workers.submit(() -> one(request))));
      List<Compared> compared = new ArrayList<>();
      Set<String> notReached = new TreeSet<>();
      for (Future<One> future : under) {
        One one = future.get();
        if (one.asked()) {
          compared.add(one.compared());
        }
        notReached.addAll(one.notReached());
      }
      return new Result(compared, notReached);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private record One(Compared compared, boolean asked, List<String> notReached) {}

  private One one(RecordedRequest request) {
    if (unreached.get() >= PATIENCE) {
      return new One(new Compared(request, List.of()), false, List.of());
    }
    Answer first = before.ask(request);
    Answer second = now.ask(request);
    List<String> notReached = new ArrayList<>();
    note(before, first, notReached);
    note(now, second, notReached);
    List<Difference> differences = comparison.of(first, second);
    if (twice && !differences.isEmpty()) {
      differences = without(differences, comparison.of(first, before.ask(request)));
    }
    int found = differences.isEmpty() ? different.get() : different.incrementAndGet();
    progress.asked(asked.incrementAndGet(), found);
    return new One(new Compared(request, differences), true, notReached);
  }

  private void note(GatewayClient asked, Answer answer, List<String> notReached) {
    if (answer instanceof Answer.Unreached(String why)) {
      notReached.add(asked.gateway() + ": " + why);
      unreached.incrementAndGet();
    }
  }

  /// Leaves out what the old gateway is not sure of itself.
  private static List<Difference> without(List<Difference> differences, List<Difference> noise) {
    return differences.stream()
        .filter(each -> noise.stream().noneMatch(other -> isOfTheSame(each, other)))
        .toList();
  }

  private static boolean isOfTheSame(Difference one, Difference other) {
    return one instanceof Difference.Header header
        ? other instanceof Difference.Header noise && header.name().equalsIgnoreCase(noise.name())
        : one.getClass() == other.getClass();
  }
}
