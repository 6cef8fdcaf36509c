package dev.postern.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterEntryTest {
  private static final BackendProtocol NO_FAST_CGI =
      _ -> {
        throw new UnsupportedOperationException();
      };

  private static final UpstreamTls TLS =
      new UpstreamTls(
          "a.test", new UpstreamTls.Trust.System(), List.of(new UpstreamTls.SubjectName.Any()));

  private final Workers workers = new Workers(2, Timeouts.DEFAULT, Limits.DEFAULT);
  private final UpstreamTlsContexts contexts = new UpstreamTlsContexts(InstantSource.system());
  private final ClusterEntry entry =
      new ClusterEntry(
          "c",
          new StatStore(2).group("cluster.c", ClusterStat.SCHEMA),
          new NettyConnector(workers.transport(), NO_FAST_CGI),
          contexts,
          2);

  @AfterEach
  void stop() {
    workers.close();
  }

  @Test
  void aChangeIsInForceOnEveryLoopBeforeAnyOfThemWasTold() {
    Worker one = workers.all().get(0);
    Worker other = workers.all().get(1);
    entry.spec(spec(1));
    assertThat(ports(one)).containsExactly(1);
    assertThat(ports(other)).containsExactly(1);
    entry.spec(spec(2));
    assertThat(ports(one)).containsExactly(2);
    assertThat(ports(other)).containsExactly(2);
    entry.spec(null);
    assertThat(entry.on(one)).isNull();
    assertThat(entry.on(other)).isNull();
  }

  @Test
  void anEndpointThatStaysKeepsWhatIsKnownOfIt() {
    Worker worker = workers.all().get(0);
    entry.spec(spec(1, 2));
    WorkerCluster cluster = entry.on(worker);
    assertThat(cluster).isNotNull();
    Endpoint second = cluster.endpoints().get(1);
    entry.spec(spec(2, 3));
    assertThat(entry.on(worker)).isSameAs(cluster);
    assertThat(cluster.endpoints().get(0)).isSameAs(second);
  }

  /// As in a rolling update of one replica.
  @Test
  void theOnlyEndpointIsChosenAlthoughOneThatIsGoneWasTried() {
    Worker worker = workers.all().get(0);
    entry.spec(spec(1));
    WorkerCluster cluster = entry.on(worker);
    assertThat(cluster).isNotNull();
    Endpoint gone = cluster.endpoints().getFirst();
    assertThat(cluster.choose(List.of(gone), null)).isNull();
    entry.spec(spec(2));
    assertThat(entry.on(worker)).isSameAs(cluster);
    assertThat(cluster.choose(List.of(gone), null)).isSameAs(cluster.endpoints().getFirst());
  }

  @Test
  void aConnectionThatIsThroughAfterItsClusterWentKeepsNoTlsContext() {
    Worker worker = workers.all().get(0);
    ClusterSpec spec = spec(Optional.of(TLS), 1);
    entry.spec(spec);
    WorkerCluster cluster = entry.on(worker);
    assertThat(cluster).isNotNull();
    Endpoint endpoint = cluster.endpoints().getFirst();
    assertThat(cluster.tlsContext(spec, endpoint, false)).isNotNull();
    assertThat(contexts.size()).isEqualTo(1);
    entry.spec(null);
    entry.refresh(worker);
    assertThat(cluster.tlsContext(spec, endpoint, true)).isNotNull();
    assertThat(contexts.size()).isZero();
  }

  @Test
  void aClusterWhoseTlsChangedKeepsTheNewContextForItsNextConnections() {
    Worker worker = workers.all().get(0);
    ClusterSpec before = spec(Optional.of(TLS), 1);
    entry.spec(before);
    WorkerCluster cluster = entry.on(worker);
    assertThat(cluster).isNotNull();
    assertThat(cluster.tlsContext(before, cluster.endpoints().getFirst(), false)).isNotNull();
    UpstreamTls other = new UpstreamTls("b.test", TLS.trust(), TLS.names());
    ClusterSpec after = spec(Optional.of(other), 1);
    entry.spec(after);
    assertThat(entry.on(worker)).isSameAs(cluster);
    Endpoint endpoint = cluster.endpoints().getFirst();
    assertThat(cluster.tlsContext(after, endpoint, false))
        .isNotNull()
        .isSameAs(cluster.tlsContext(after, endpoint, false));
    assertThat(contexts.size()).isEqualTo(1);
  }

  private List<Integer> ports(Worker worker) {
    WorkerCluster cluster = entry.on(worker);
    assertThat(cluster).isNotNull();
    return cluster.endpoints().stream().map(e -> e.where().port()).toList();
  }

  private static ClusterSpec spec(Integer... ports) {
    return spec(Optional.empty(), ports);
  }

  private static ClusterSpec spec(Optional<UpstreamTls> tls, Integer... ports) {
    return new ClusterSpec(
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            tls,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT),
        List.of(ports).stream().map(p -> new LoadAssignment.Endpoint("127.0.0.1", p)).toList());
  }
}
