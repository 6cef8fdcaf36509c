package dev.postern.app.serve;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Has the whole heap collected before what is no more has piled up in it.
///
/// The parallel collector empties the young generation, and moves what outlived that a few times to
/// the old one, which it lets grow until the heap is as large as it may be: half of the memory.
/// What a change of the configuration replaces ends there, so a gateway would get larger with each.
/// Here the old generation is collected once it holds twice of what was left the last time, and a
/// little more. Other collectors see to that by themselves.
public final class HeapWatch {
  private static final String PARALLEL_OLD = "PS Old Gen";
  private static final long EVERY_SECONDS = 10;

  /// So much may come without a collection, however little there is.
  private static final long ROOM_OCTETS = 32L << 20;

  /// What the old generation held when it was first looked at.
  private long first;

  private HeapWatch() {}

  /// Watches for as long as the process lives, in a thread that does not keep it alive. To be
  /// called once the first configuration is in force: most of what there is then stays.
  public static void start() {
    HeapWatch watch = new HeapWatch();
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heap-watch").factory());
    var _ =
        thread.scheduleWithFixedDelay(watch::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().equals(PARALLEL_OLD)) {
        look(pool);
      }
    }
  }

  private void look(MemoryPoolMXBean old) {
    long used = old.getUsage().getUsed();
    MemoryUsage left = old.getCollectionUsage();
    boolean collected = left != null && left.getUsed() > 0;
    if (!collected && first == 0) {
      first = used;
    }
    if (due(used, collected ? left.getUsed() : first)) {
      System.gc();
    }
  }

  /// @param used octets in the old generation
  /// @param left of these after it was last collected, or at first
  static boolean due(long used, long left) {
    return used > 2 * left + ROOM_OCTETS;
  }
}
