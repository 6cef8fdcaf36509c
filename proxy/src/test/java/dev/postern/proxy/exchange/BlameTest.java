package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A request that no FastCGI application can be sent is its client's fault: nobody else has to
/// answer for it, and no other application can be sent it.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BlameTest {
  private static final FastCgiOptions PHP =
      new FastCgiOptions(
          FastCgiOptions.Parameters.STANDARD,
          "/srv",
          Optional.empty(),
          "index.php",
          List.of(),
          List.of(),
          FastCgiOptions.DEFAULT_MAX_SPOOLED_OCTETS);
  private static final int MORE_THAN_ENDS_IN_EJECTION = 20;

  private final Gate gate = new Gate();
  private final ServerSocket one = new ServerSocket(0, 99, InetAddress.getLoopbackAddress());
  private final ServerSocket other = new ServerSocket(0, 99, InetAddress.getLoopbackAddress());

  BlameTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    gate.close();
    one.close();
    other.close();
  }

  @Test
  void itIsNotRepeatedAndNoBackendIsLeftOut() throws Exception {
    applications("c").forward(Tries.retrying(3, 500));
    for (int i = 0; i < MORE_THAN_ENDS_IN_EJECTION; i++) {
      assertThat(Curl.get(gate, Curl.HTTP1, "/a%00b").status()).isEqualTo(400);
    }
    assertThat(gate.count(ClusterStat.UPSTREAM_RQ_RETRY)).isZero();
    assertThat(gate.count(ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL)).isZero();
  }

  @Test
  void norIsAMirror() throws Exception {
    try (Backend backend = Backend.answering(200)) {
      applications("m").to(backend.port()).forward(mirrored());
      for (int i = 0; i < MORE_THAN_ENDS_IN_EJECTION; i++) {
        assertThat(Curl.get(gate, Curl.HTTP1, "/a%00b").status()).isEqualTo(200);
      }
      Gate.await(() ->
          gate.count("m", ClusterStat.UPSTREAM_RQ_MIRROR_DROPPED) == MORE_THAN_ENDS_IN_EJECTION);
      assertThat(gate.count("m", ClusterStat.OUTLIER_EJECTIONS_ENFORCED_TOTAL)).isZero();
    }
  }

  private Gate applications(String cluster) {
    return gate.cluster(
        cluster, new UpstreamProtocol.FastCgi(PHP), one.getLocalPort(), other.getLocalPort());
  }

  private static ForwardOptions mirrored() {
    return new ForwardOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(
            new ForwardOptions.RequestMirror(new WeightedBackend.Destination.ToCluster("m"), 1, 1)),
        Optional.empty());
  }
}
