package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.httpListener;
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

  /** Less than this says nothing on a machine that does other things too. */
  private static final Duration NOISE = Duration.ofMillis(20);

  private static final int CLIENTS = 40;
  private static final int PER_SECOND = 50;
  private static final long BETWEEN_REQUESTS_NANOS = 20_000_000;

  @TempDir Path temp;

  private final HttpBackend one = HttpBackend.echo("one");
  private final HttpBackend two = HttpBackend.echo("two");
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger seen = new AtomicInteger();
  private final int port = Ports.free();
  private boolean servedLast;

  @Test
  void routesThatStayDoNotFeelThoseThatComeAndGo() throws Exception {
    ManifestFolder folder = new ManifestFolder(temp.resolve("served"));
    folder.put(
        "gateway.yaml", Manifests.gatewayClass(), Manifests.gateway(httpListener("http", port)));
    var changes = new RouteChanges(folder, one, two, failures);
    try (one;
        two;
        PosternProcess postern = PosternProcess.launched(folder, "--access-log", "off")) {
      rehearse();
      Duration before = p99(load(QUIET));
      Duration busy;
      try (ScheduledExecutorService changer = Executors.newScheduledThreadPool(2)) {
        changes.start(changer);
        changer.scheduleWithFixedDelay(this::look, 0, 100, TimeUnit.MILLISECONDS);
        busy = p99(load(LENGTH));
        changer.shutdownNow();
      }
      allAreServed(changes);
      Duration after = p99(load(QUIET));
      System.out.printf(
          "route churn: %d changes in %s, of one route %d seen, %d failed; p99 %s, quiet before %s,"
              + " after %s%n",
          changes.count(), LENGTH, seen.get(), failures.size(), busy, before, after);
      assertThat(failures).as("failed requests; %s", postern).isEmpty();
      assertThat(changes.count()).isGreaterThan((int) LENGTH.toSeconds() * (STRICT ? 49 : 40));
      assertThat(seen.get()).as("changes of one route while they went on").isPositive();
      // The one before is as warm as the changes find Postern; the one after tells of the machine.
      Duration quiet = STRICT || before.compareTo(after) > 0 ? before : after;
      Duration twice = quiet.multipliedBy(2);
      assertThat(busy)
          .as("p99 with changes; without: %s, %s", before, after)
          .isLessThanOrEqualTo(STRICT || twice.compareTo(NOISE) > 0 ? twice : NOISE);
      postern.assertNoStackTrace();
    }
  }

  /** Whether the route that changes most is served, and whether that is another than before. */
  private void look() {
    try {
      boolean now = status(RouteChanges.OFTEN) == 200;
      if (now != servedLast) {
        servedLast = now;
        seen.incrementAndGet();
      }
    } catch (RuntimeException e) {
      failures.add("the one who looks: " + e);
    }
  }

  /** Until everybody is warm: also this test's own hands, in a folder that nobody serves. */
  private void rehearse() {
    var changes =
        new RouteChanges(new ManifestFolder(temp.resolve("rehearsal")), one, two, failures);
    try (ScheduledExecutorService changer = Executors.newScheduledThreadPool(1)) {
      changes.start(changer);
      load(QUIET);
      changer.shutdownNow();
    }
  }

  private void allAreServed(RouteChanges changes) {
    for (int i = 0; i < RouteChanges.COMING_AND_GOING; i++) {
      int which = i;
      Awaitility.await(RouteChanges.comingAndGoing(i) + " is there: " + changes.there(i))
          .until(() -> status(which) == (changes.there(which) ? 200 : 404));
    }
  }

  private int status(int which) {
    try (RawHttp client = RawHttp.connect(port)) {
      return client
          .send(RawHttp.requestHead("GET", RouteChanges.comingAndGoing(which) + ".test", "/"))
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
              ask(
                  RouteChanges.staying(client % RouteChanges.STAYING) + ".test",
                  first,
                  took,
                  client * each,
                  each);
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
