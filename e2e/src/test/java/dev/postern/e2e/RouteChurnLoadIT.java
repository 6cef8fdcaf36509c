package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Routes and endpoints come and go fifty times a second beside routes that stay under a steady
 * load.
 *
 * <p>A request counts from when it was due, so that a client that had to wait is not forgotten.
 * What the machine itself does to the figures, quiet stretches before and after show. Somebody else
 * looks whether the changes are served meanwhile, and at the end all of them must be.
 *
 * <p>{@code -Dpostern.routechurn.seconds=120} is a longer run for a machine that does nothing else:
 * then the p99 is that of all its requests, and no noise is forgiven.
 */
class RouteChurnLoadIT {
  private static final String SECONDS = "postern.routechurn.seconds";
  private static final boolean STRICT = System.getProperty(SECONDS) != null;
  private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger(SECONDS, 10));
  private static final Duration QUIET = STRICT ? LENGTH.dividedBy(4) : Duration.ofSeconds(4);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(20);

  /** Less than this says nothing on a machine that does other things too. */
  private static final Duration NOISE = Duration.ofMillis(20);

  private static final int CLIENTS = 40;
  private static final int PER_SECOND = 50;
  private static final long BETWEEN_REQUESTS_NANOS = 20_000_000;
  private static final int STAYING = 8;
  private static final int COMING_AND_GOING = 60;

  /** The route that changes most. */
  private static final int OFTEN = 0;

  @TempDir Path temp;

  private final HttpBackend one = HttpBackend.echo("one");
  private final HttpBackend two = HttpBackend.echo("two");
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Random random = new Random(42);
  private final boolean[] there = new boolean[COMING_AND_GOING];
  private final boolean[] alone = new boolean[STAYING];
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger seen = new AtomicInteger();
  private final int port = Ports.free();
  private ManifestFolder folder;
  private boolean servedLast;

  @Test
  void routesThatStayDoNotFeelThoseThatComeAndGo() throws Exception {
    folder = new ManifestFolder(temp);
    folder.put(
        "gateway.yaml", Manifests.gatewayClass(), Manifests.gateway(httpListener("http", port)));
    for (int i = 0; i < STAYING; i++) {
      folder.put("stays-" + i + ".yaml", objects("stays-" + i, one, two));
    }
    try (one;
        two;
        PosternProcess postern = PosternProcess.serving(folder, "--access-log", "off")) {
      load(QUIET); // until everybody is warm
      Duration before = p99(load(QUIET));
      Duration busy;
      try (ScheduledExecutorService changer = Executors.newScheduledThreadPool(2)) {
        changer.scheduleAtFixedRate(
            this::change, 0, BETWEEN_CHANGES.toMillis(), TimeUnit.MILLISECONDS);
        changer.scheduleWithFixedDelay(this::look, 0, 100, TimeUnit.MILLISECONDS);
        busy = p99(load(LENGTH));
        changer.shutdownNow();
      }
      allChangesAreServed();
      Duration after = p99(load(QUIET));
      System.out.printf(
          "route churn: %d changes in %s, of one route %d seen, %d failed; p99 %s, quiet before %s,"
              + " after %s%n",
          changes.get(), LENGTH, seen.get(), failures.size(), busy, before, after);
      assertThat(failures).as("failed requests; %s", postern).isEmpty();
      assertThat(changes.get()).isGreaterThan((int) LENGTH.toSeconds() * (STRICT ? 49 : 40));
      assertThat(seen.get()).as("changes of one route while they went on").isPositive();
      Duration quiet = before.compareTo(after) > 0 ? before : after;
      Duration twice = quiet.multipliedBy(2);
      assertThat(busy)
          .as("p99 with changes; without: %s, %s", before, after)
          .isLessThanOrEqualTo(STRICT || twice.compareTo(NOISE) > 0 ? twice : NOISE);
      postern.assertNoStackTrace();
    }
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

  /** Adds or takes a route, or changes who serves one of any kind. */
  private void change() {
    try {
      if (random.nextInt(4) == 0) {
        int which = random.nextInt(STAYING);
        String name = "stays-" + which;
        alone[which] = !alone[which];
        folder.put(name + ".yaml", alone[which] ? objects(name, one) : objects(name, two, one));
      } else {
        int which = random.nextInt(4) == 0 ? OFTEN : random.nextInt(COMING_AND_GOING);
        String name = "goes-" + which;
        if (there[which]) {
          folder.delete(name + ".yaml");
        } else {
          folder.put(name + ".yaml", objects(name, one));
        }
        there[which] = !there[which];
      }
      changes.incrementAndGet();
    } catch (RuntimeException e) {
      failures.add("change: " + e);
    }
  }

  /** Whether the route that changes most is served, and whether that is another than before. */
  private void look() {
    try {
      boolean now = status(OFTEN) == 200;
      if (now != servedLast) {
        servedLast = now;
        seen.incrementAndGet();
      }
    } catch (RuntimeException e) {
      failures.add("the one who looks: " + e);
    }
  }

  private void allChangesAreServed() {
    for (int i = 0; i < COMING_AND_GOING; i++) {
      int which = i;
      Awaitility.await("goes-" + i + " is there: " + there[i])
          .until(() -> status(which) == (there[which] ? 200 : 404));
    }
  }

  private int status(int which) {
    try (RawHttp client = RawHttp.connect(port)) {
      return client
          .send(RawHttp.requestHead("GET", "goes-" + which + ".test", "/"))
          .response("GET")
          .status();
    }
  }

  /** 2,000 requests a second. Returns what each took, in nanoseconds. */
  private long[] load(Duration length) {
    int each = Math.toIntExact(length.toNanos() / BETWEEN_REQUESTS_NANOS);
    long[] took = new long[CLIENTS * each];
    long start = System.nanoTime();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        var unused =
            clients.submit(() -> {
              long first = start + client * BETWEEN_REQUESTS_NANOS / CLIENTS;
              ask("stays-" + client % STAYING + ".test", first, took, client * each, each);
            });
      }
    }
    return took;
  }

  private void ask(String host, long first, long[] took, int offset, int count) {
    String request = RawHttp.requestHead("GET", host, "/");
    try (RawHttp client = RawHttp.connect(port)) {
      for (int i = 0; i < count; i++) {
        long due = first + i * BETWEEN_REQUESTS_NANOS;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        RawResponse response = client.send(request).response("GET");
        took[offset + i] = System.nanoTime() - due;
        if (response.status() != 200) {
          failures.add(host + ": " + response);
        }
      }
    } catch (RuntimeException e) {
      failures.add(host + ": " + e);
    }
  }

  /** The p99 of the median second: a machine that does other things has bad seconds. */
  private static Duration p99(long[] took) {
    if (STRICT) {
      long[] all = took.clone();
      Arrays.sort(all);
      return Duration.ofNanos(all[Math.toIntExact(all.length * 99L / 100)]);
    }
    int each = took.length / CLIENTS;
    long[] seconds = new long[each / PER_SECOND];
    for (int second = 0; second < seconds.length; second++) {
      long[] all = new long[CLIENTS * PER_SECOND];
      for (int client = 0; client < CLIENTS; client++) {
        System.arraycopy(
            took, client * each + second * PER_SECOND, all, client * PER_SECOND, PER_SECOND);
      }
      Arrays.sort(all);
      seconds[second] = all[all.length * 99 / 100];
    }
    Arrays.sort(seconds);
    return Duration.ofNanos(seconds[seconds.length / 2]);
  }
}
