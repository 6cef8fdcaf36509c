package dev.postern.provider.directory;

import dev.postern.provider.Breath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/// Work on many items with all cores, the caller's thread among them.
final class Parallel {
  private static final int WORTHWHILE = 16;

  private Parallel() {}

  /// The results, in the order of the items.
  ///
  /// @param work must not throw
  static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    int helpers =
        items.size() < WORTHWHILE ? 0 : Math.min(8, Runtime.getRuntime().availableProcessors()) - 1;
    AtomicReferenceArray<R> results = new AtomicReferenceArray<>(items.size());
    AtomicInteger next = new AtomicInteger();
    Runnable loop =
        () -> {
          var breath = new Breath();
          for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
            results.set(i, work.apply(items.get(i)));
            breath.run();
          }
        };
    Thread[] threads = new Thread[helpers];
    for (int h = 0; h < helpers; h++) {
      threads[h] = new Thread(loop, "postern-directory-" + h);
      threads[h].setDaemon(true);
      threads[h].start();
    }
    loop.run();
    for (Thread thread : threads) {
      join(thread);
    }
    List<R> list = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      list.add(results.get(i));
    }
    return list;
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
