package dev.postern.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StatPrometheusTest {

  @Test
  void whatVariesIsALabelAndEveryFamilyHasOneTypeLine() {
    assertThat(text(Samples.store(), new StatFilter(n -> !n.contains("rq_time"), false)))
        .startsWith(
            """
            # TYPE envoy_cluster_ssl_ciphers counter
            envoy_cluster_ssl_ciphers{envoy_ssl_cipher="TLS_AES_256_GCM_SHA384",envoy_cluster_name="kube_default_nginx_8443"} 1
            # TYPE envoy_cluster_ssl_curves counter
            envoy_cluster_ssl_curves{envoy_ssl_curve="X25519",envoy_cluster_name="kube_default_nginx_8443"} 1
            # TYPE envoy_cluster_ssl_handshake counter
            envoy_cluster_ssl_handshake{envoy_cluster_name="kube_default_nginx_8443"} 1
            envoy_cluster_ssl_handshake{envoy_cluster_name="kube_default_php_9000"} 0
            # TYPE envoy_cluster_ssl_versions counter
            envoy_cluster_ssl_versions{envoy_ssl_version="TLSv1.3",envoy_cluster_name="kube_default_nginx_8443"} 1
            # TYPE envoy_cluster_upstream_cx_active gauge
            envoy_cluster_upstream_cx_active{envoy_cluster_name="kube_default_nginx_8443"} 1
            envoy_cluster_upstream_cx_active{envoy_cluster_name="kube_default_php_9000"} 0
            # TYPE envoy_cluster_upstream_cx_connect_ms histogram
            """)
        .endsWith(
            """
            envoy_cluster_upstream_cx_connect_ms_count{envoy_cluster_name="kube_default_nginx_8443"} 0
            # TYPE envoy_cluster_upstream_cx_total counter
            envoy_cluster_upstream_cx_total{envoy_cluster_name="kube_default_nginx_8443"} 7
            envoy_cluster_upstream_cx_total{envoy_cluster_name="kube_default_php_9000"} 0
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="kube_default_nginx_8443"} 11
            envoy_cluster_upstream_rq{envoy_response_code="204",envoy_cluster_name="kube_default_nginx_8443"} 1
            # TYPE envoy_cluster_upstream_rq_xx counter
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="kube_default_nginx_8443"} 12
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="kube_default_php_9000"} 0
            # TYPE envoy_http_downstream_rq_active gauge
            envoy_http_downstream_rq_active{envoy_http_conn_manager_prefix="http_8080"} 0
            # TYPE envoy_http_downstream_rq_xx counter
            envoy_http_downstream_rq_xx{envoy_response_code_class="5",envoy_http_conn_manager_prefix="http_8080"} 1
            # TYPE envoy_listener_downstream_cx_total counter
            envoy_listener_downstream_cx_total{envoy_listener_address="0.0.0.0_8080"} 5
            """);
  }

  @Test
  void aHistogramHasCumulativeBucketsASumAndACount() {
    List<String> lines =
        text(Samples.store(), new StatFilter(n -> n.contains("rq_time"), false)).lines().toList();
    String name = "envoy_cluster_upstream_rq_time";
    String label = "envoy_cluster_name=\"kube_default_nginx_8443\"";
    assertThat(lines)
        .hasSize(1 + 20 + 2)
        .startsWith(
            "# TYPE " + name + " histogram",
            name + "_bucket{" + label + ",le=\"0.5\"} 0",
            name + "_bucket{" + label + ",le=\"1\"} 0",
            name + "_bucket{" + label + ",le=\"5\"} 2",
            name + "_bucket{" + label + ",le=\"10\"} 2")
        .contains(name + "_bucket{" + label + ",le=\"100\"} 3")
        .endsWith(
            name + "_bucket{" + label + ",le=\"3600000\"} 3",
            name + "_bucket{" + label + ",le=\"+Inf\"} 4",
            name + "_sum{" + label + "} 4000086",
            name + "_count{" + label + "} 4");
  }

  @Test
  void aFamilyWithoutALineHasNoTypeLineEither() {
    assertThat(text(Samples.store(), new StatFilter(n -> n.contains("cx_"), true)))
        .isEqualTo(
            """
            # TYPE envoy_cluster_upstream_cx_active gauge
            envoy_cluster_upstream_cx_active{envoy_cluster_name="kube_default_nginx_8443"} 1
            # TYPE envoy_cluster_upstream_cx_total counter
            envoy_cluster_upstream_cx_total{envoy_cluster_name="kube_default_nginx_8443"} 7
            # TYPE envoy_listener_downstream_cx_total counter
            envoy_listener_downstream_cx_total{envoy_listener_address="0.0.0.0_8080"} 5
            """);
  }

  @Test
  void namesAreValidAndLabelValuesEscapedWhateverTheGroupIsCalled() {
    StatStore store = new StatStore(1);
    store.group("cluster.a\"b\\c\nd", Samples.LISTENER);
    store.group("sërver-1 x", Samples.LISTENER);
    assertThat(text(store, StatFilter.ALL))
        .isEqualTo(
            """
            # TYPE envoy_cluster_downstream_cx_total counter
            envoy_cluster_downstream_cx_total{envoy_cluster_name="a\\"b\\\\c\\nd"} 0
            # TYPE envoy_s_rver_1_x_downstream_cx_total counter
            envoy_s_rver_1_x_downstream_cx_total 0
            """);
  }

  @Test
  void aCertificatesNameIsALabel() {
    assertThat(StatTags.ofName("ssl.certificate.default/web.expiration_unix_time_seconds"))
        .isEqualTo(
            new StatTags(
                "ssl.certificate.expiration_unix_time_seconds",
                "envoy_tls_certificate=\"default/web\""));
  }

  @Test
  void noFamilyIsPrintedTwice() {
    List<String> types =
        text(Samples.store(), StatFilter.ALL).lines().filter(line -> line.startsWith("#")).toList();
    assertThat(types).hasSameSizeAs(new TreeSet<>(types)).hasSize(13);
  }

  private static String text(StatStore store, StatFilter filter) {
    return Samples.join(StatPrometheus.pieces(store, filter));
  }
}
