package dev.postern.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.Ir;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.dns.DnsEndpoints;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterRegistryTest {
  private static final BackendProtocol NO_FAST_CGI =
      _ -> {
        throw new UnsupportedOperationException();
      };

  private final Workers workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT);
  private final Worker worker = workers.all().getFirst();
  private final DnsDiscovery dns = new DnsEndpoints(worker.loop(), workers.transport());
  private final ClusterRegistry registry =
      new ClusterRegistry(
          workers,
          new StatStore(1),
          new NettyConnector(workers.transport(), NO_FAST_CGI),
          new UpstreamTlsContexts(InstantSource.system()),
          this::watch);

  /// What requests met while a cluster changed.
  private final List<ClusterSpec> met = new ArrayList<>();

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

  /// An IP address is answered at once, from within the change: it would be spoken to in plaintext.
  @Test
  void aHostIsNeverSpokenToAsTheOneBeforeItWas() {
    registry.update(ir(new Discovery.StrictDns("127.0.0.1", 80), Optional.empty()));
    ClusterSpec before = registry.entry("c").spec();
    UpstreamTls tls =
        new UpstreamTls(
            "b.test",
            new UpstreamTls.Trust.System(),
            List.of(new UpstreamTls.SubjectName.Dns("b.test")));
    registry.update(ir(new Discovery.StrictDns("127.0.0.2", 443), Optional.of(tls)));
    assertThat(met.getLast()).isEqualTo(before);
    assertThat(registry.entry("c").spec())
        .isEqualTo(
            new ClusterSpec(
                cluster(new Discovery.StrictDns("127.0.0.2", 443), Optional.of(tls)),
                List.of(new LoadAssignment.Endpoint("127.0.0.2", 443))));
  }

  private AutoCloseable watch(
      String hostname, int port, Consumer<List<LoadAssignment.Endpoint>> onChange) {
    AutoCloseable watch = dns.watch(hostname, port, onChange);
    met.add(registry.entry("c").spec());
    return watch;
  }

  private static Ir withCluster() {
    return ir(new Discovery.Eds(), Optional.empty());
  }

  private static Ir ir(Discovery discovery, Optional<UpstreamTls> tls) {
    return Ir.of(Map.of(), Map.of("c", cluster(discovery, tls)), Map.of());
  }

  private static Cluster cluster(Discovery discovery, Optional<UpstreamTls> tls) {
    return new Cluster(
        "c",
        discovery,
        new UpstreamProtocol.Http1(),
        tls,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        Cluster.DEFAULT_IDLE_TIMEOUT,
        CircuitBreakers.DEFAULT,
        OutlierDetection.DEFAULT);
  }
}
