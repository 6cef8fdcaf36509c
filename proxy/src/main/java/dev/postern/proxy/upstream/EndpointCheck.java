package dev.postern.proxy.upstream;

import dev.postern.ir.HealthCheck;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatGroup;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks one endpoint again and again whether it is well. Each time over a connection of its own, so
/// that it also learns whether new ones are accepted; they count in `upstream_cx_*`. On one loop.
final class EndpointCheck {
  private static final Logger log = LoggerFactory.getLogger(EndpointCheck.class);

  /// The first check comes within this time, so that not all start at once.
  private static final long SPREAD_MILLIS = 1000;

  private final Worker worker;
  private final ClusterEntry cluster;
  private final HostHealth host;
  private final HealthCheck how;
  private volatile boolean stopped;
  private int inARow;

  EndpointCheck(Worker worker, ClusterEntry cluster, HostHealth host, HealthCheck how) {
    this.worker = worker;
    this.cluster = cluster;
    this.host = host;
    this.how = how;
  }

  /// From any thread.
  void start() {
    worker
        .loop()
        .execute(() ->
            again(
                worker.random().nextLong(Math.min(SPREAD_MILLIS, how.interval().toMillis()) + 1)));
  }

  /// From any thread.
  void stop() {
    stopped = true;
  }

  private void again(long millis) {
    if (!stopped && !worker.loop().isShuttingDown()) {
      var _ = worker.loop().schedule(this::check, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void check() {
    WorkerCluster here = stopped ? null : cluster.on(worker);
    if (here == null) {
      return;
    }
    count("attempt");
    HealthProbe.start(here, host, how, this::done);
  }

  /// @param problem empty when all is well
  private void done(String problem) {
    if (stopped) {
      return;
    }
    boolean well = problem.isEmpty();
    count(well ? "success" : "failure");
    if (well == host.failedCheck()) {
      inARow++;
      if (inARow >= (well ? how.healthyThreshold() : how.unhealthyThreshold())) {
        inARow = 0;
        host.failedCheck(!well);
        log.info(
            "{}: endpoint {}:{} is {}{}",
            cluster.name(),
            host.where().address(),
            host.where().port(),
            well ? "well again" : "not well: ",
            problem);
      }
    } else {
      inARow = 0;
    }
    again(Math.max(1, how.interval().toMillis()));
  }

  private void count(String what) {
    StatGroup stats = cluster.stats();
    stats.named("health_check." + what).increment();
  }
}
