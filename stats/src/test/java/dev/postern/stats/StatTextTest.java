package dev.postern.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatTextTest {
  private static final String HISTOGRAM =
      "cluster.kube_default_nginx_8443.upstream_rq_time: P0(nan,1) P25(nan,3) P50(nan,5)"
          + " P75(nan,100) P90(nan,3600000) P95(nan,3600000) P99(nan,3600000)"
          + " P99.5(nan,3600000) P99.9(nan,3600000) P100(nan,3600000)\n";

  @Test
  void numbersComeSortedGroupByGroupAndHistogramsLast() {
    assertThat(text(StatFilter.ALL))
        .isEqualTo(
            """
            cluster.kube_default_nginx_8443.ssl.ciphers.TLS_AES_256_GCM_SHA384: 1
            cluster.kube_default_nginx_8443.ssl.curves.X25519: 1
            cluster.kube_default_nginx_8443.ssl.handshake: 1
            cluster.kube_default_nginx_8443.ssl.versions.TLSv1.3: 1
            cluster.kube_default_nginx_8443.upstream_cx_active: 1
            cluster.kube_default_nginx_8443.upstream_cx_total: 7
            cluster.kube_default_nginx_8443.upstream_rq_200: 11
            cluster.kube_default_nginx_8443.upstream_rq_204: 1
            cluster.kube_default_nginx_8443.upstream_rq_2xx: 12
            cluster.kube_default_php_9000.ssl.handshake: 0
            cluster.kube_default_php_9000.upstream_cx_active: 0
            cluster.kube_default_php_9000.upstream_cx_total: 0
            cluster.kube_default_php_9000.upstream_rq_2xx: 0
            http.http_8080.downstream_rq_5xx: 1
            http.http_8080.downstream_rq_active: 0
            listener.0.0.0.0_8080.downstream_cx_total: 5
            cluster.kube_default_nginx_8443.upstream_cx_connect_ms: No recorded values
            """
                + HISTOGRAM);
  }

  @Test
  void usedOnlyLeavesOutZerosAndEmptyHistograms() {
    assertThat(text(new StatFilter(name -> !name.contains(".ssl."), true)))
        .isEqualTo(
            """
            cluster.kube_default_nginx_8443.upstream_cx_active: 1
            cluster.kube_default_nginx_8443.upstream_cx_total: 7
            cluster.kube_default_nginx_8443.upstream_rq_200: 11
            cluster.kube_default_nginx_8443.upstream_rq_204: 1
            cluster.kube_default_nginx_8443.upstream_rq_2xx: 12
            http.http_8080.downstream_rq_5xx: 1
            listener.0.0.0.0_8080.downstream_cx_total: 5
            """
                + HISTOGRAM);
  }

  @Test
  void theFilterSeesWholeNamesOfHistogramsToo() {
    List<String> seen = new ArrayList<>();
    assertThat(
            text(
                new StatFilter(
                    name -> {
                      seen.add(name);
                      return name.endsWith("rq_time");
                    },
                    false)))
        .isEqualTo(HISTOGRAM);
    assertThat(seen)
        .contains(
            "listener.0.0.0.0_8080.downstream_cx_total",
            "cluster.kube_default_nginx_8443.upstream_rq_time");
  }

  @Test
  void anEmptyStorePrintsNothing() {
    assertThat(StatText.pieces(new StatStore(1), StatFilter.ALL)).isExhausted();
  }

  @Test
  void eachGroupIsItsOwnPieceAndReadOnlyWhenItsTurnComes() {
    StatStore store = Samples.store();
    var pieces = StatText.pieces(store, StatFilter.ALL);
    assertThat(pieces.next()).contains("kube_default_nginx_8443").doesNotContain("php");
    store.group("listener.0.0.0.0_8080", Samples.LISTENER).worker(0).increment(0);
    assertThat(Samples.join(pieces)).contains("listener.0.0.0.0_8080.downstream_cx_total: 6\n");
  }

  private static String text(StatFilter filter) {
    return Samples.join(StatText.pieces(Samples.store(), filter));
  }
}
