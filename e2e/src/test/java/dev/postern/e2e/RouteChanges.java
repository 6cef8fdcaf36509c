package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fifty changes a second in one folder: routes that come and go beside routes that stay and change
 * only who serves them. One thread at a time.
 */
final class RouteChanges {
  static final int STAYING = 8;
  static final int COMING_AND_GOING = 60;

  /** The route that changes most. */
  static final int OFTEN = 0;

  private static final long BETWEEN_MILLIS = 20;

  private final ManifestFolder folder;
  private final HttpBackend one;
  private final HttpBackend two;
  private final Queue<String> failures;
  private final Random random = new Random(42);
  private final boolean[] there = new boolean[COMING_AND_GOING];
  private final boolean[] alone = new boolean[STAYING];
  private final AtomicInteger count = new AtomicInteger();

  /**
   * @param failures takes what goes wrong with a change
   */
  RouteChanges(ManifestFolder folder, HttpBackend one, HttpBackend two, Queue<String> failures) {
    this.failures = failures;
    this.folder = folder;
    this.one = one;
    this.two = two;
    for (int i = 0; i < STAYING; i++) {
      folder.put(staying(i) + ".yaml", objects(staying(i), one, two));
    }
  }

  static String staying(int which) {
    return "stays-" + which;
  }

  static String comingAndGoing(int which) {
    return "goes-" + which;
  }

  void start(ScheduledExecutorService changer) {
    var unused =
        changer.scheduleAtFixedRate(
            () -> change(changer), 0, BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
  }

  int count() {
    return count.get();
  }

  /** Whether a route that comes and goes is in the folder. */
  boolean there(int which) {
    return there[which];
  }

  /** The end of all changes may interrupt one, which is no failure. */
  private void change(ScheduledExecutorService changer) {
    try {
      change();
    } catch (RuntimeException e) {
      if (!changer.isShutdown()) {
        failures.add("change: " + e);
      }
    }
  }

  /** Adds or takes a route, or changes who serves one of any kind. */
  private void change() {
    if (random.nextInt(4) == 0) {
      int which = random.nextInt(STAYING);
      String name = staying(which);
      alone[which] = !alone[which];
      folder.put(name + ".yaml", alone[which] ? objects(name, one) : objects(name, two, one));
    } else {
      int which = random.nextInt(4) == 0 ? OFTEN : random.nextInt(COMING_AND_GOING);
      String name = comingAndGoing(which);
      if (there[which]) {
        folder.delete(name + ".yaml");
      } else {
        folder.put(name + ".yaml", objects(name, one));
      }
      there[which] = !there[which];
    }
    count.incrementAndGet();
  }

  private static String[] objects(String name, HttpBackend... backends) {
    return new String[] {
      service(NS, name, "web:80"),
      Manifests.documents(
          Arrays.stream(backends)
              .map(backend -> slice(NS, name, "web", backend.port()))
              .toArray(String[]::new)),
      routeTo(name, name + ".test", name, 80)
    };
  }
}
