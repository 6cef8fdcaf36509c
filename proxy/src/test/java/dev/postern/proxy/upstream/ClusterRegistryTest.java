package dev.postern.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.Ir;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.dns.DnsEndpoints;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterRegistryTest {
  private static final BackendProtocol NO_FAST_CGI =
      _ -> {
        throw new UnsupportedOperationException();
      };

  private final Workers workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT);
  private final Worker worker = workers.all().getFirst();
  private final ClusterRegistry registry =
      new ClusterRegistry(
          workers,
          new StatStore(1),
          new NettyConnector(workers.transport(), NO_FAST_CGI),
          new UpstreamTlsContexts(InstantSource.system()),
          new DnsEndpoints(worker.loop(), workers.transport()));

  @AfterEach
  void stop() {
    registry.close();
    workers.close();
  }

  /// The request was matched by the routes of before, the loop was held up, and the cluster went.
  @Test
  void aRequestThatWasMatchedStillFindsTheClusterThatGoes() throws Exception {
    registry.update(withCluster());
    ClusterEntry matched = registry.entry("c");
    registry.update(Ir.EMPTY);
    Thread control = new Thread(registry::prune);
    CountDownLatch busy = new CountDownLatch(1);
    FutureTask<Boolean> request =
        new FutureTask<>(() -> {
          busy.countDown();
          // Until the control thread waits for this loop, and so did all that it does alone.
          while (control.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
          }
          return matched.on(worker) != null;
        });
    worker.loop().execute(request);
    busy.await();
    control.start();
    assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
    control.join();
    assertThat(worker.loop().submit(() -> matched.on(worker) == null).get()).isTrue();
  }

  private static Ir withCluster() {
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            Optional.empty(),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    return Ir.of(Map.of(), Map.of("c", cluster), Map.of());
  }
}
