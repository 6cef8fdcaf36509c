package dev.postern.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.report.Mark;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import dev.postern.stats.StatStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendHealthTest {
  private static final EndpointView ALIVE =
      new EndpointView(
          "127.0.0.1",
          80,
          "",
          new EndpointView.Connections(0, 0, 0),
          new EndpointView.Requests(0, 0, 0, 0, 0),
          false);

  @Test
  void aBackendThatIsVerifiedIsGood() {
    assertThat(health(new Trust.System(), new SubjectName.Dns("example.com")))
        .satisfies(good -> assertThat(good.mark()).isEqualTo(Mark.GOOD))
        .satisfies(good -> assertThat(good.troubles()).isEmpty());
  }

  @Test
  void aBackendThatNobodyVerifiesIsMarkedRed() {
    BackendHealth health = health(new Trust.Unverified(), new SubjectName.Any());

    assertThat(health.mark()).isEqualTo(Mark.BAD);
    assertThat(health.troubles()).singleElement().asString().startsWith("Anybody can pose as");
  }

  @Test
  void aBackendWhoseNameGoesUncheckedIsMarkedRed() {
    BackendHealth health = health(new Trust.System(), new SubjectName.Any());

    assertThat(health.mark()).isEqualTo(Mark.BAD);
    assertThat(health.troubles()).singleElement().asString().contains("its name is not verified");
  }

  private static BackendHealth health(Trust trust, SubjectName name) {
    Cluster cluster =
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            Optional.of(new UpstreamTls("example.com", trust, List.of(name))),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT);
    return BackendHealth.of(
        cluster, Map.of("c", new ClusterView("c", List.of(ALIVE))), new StatStore(1));
  }
}
