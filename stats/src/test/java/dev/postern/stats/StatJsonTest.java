package dev.postern.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatJsonTest {
  private static final String SUPPORTED =
      "{\"histograms\":{\"supported_quantiles\":[0,25,50,75,90,95,99,99.5,99.9,100],"
          + "\"computed_quantiles\":[";

  @Test
  void numbersComeFirstAndHistogramsAreTheLastElement() {
    assertThat(
            text(
                Samples.store(),
                new StatFilter(name -> name.matches("cluster.*(cx_total|rq_time|_ms)"), false)))
        .isEqualTo(
            """
            {"stats":[{"name":"cluster.kube_default_nginx_8443.upstream_cx_total","value":7},
            {"name":"cluster.kube_default_php_9000.upstream_cx_total","value":0},
            """
                + SUPPORTED
                + """
                {"name":"cluster.kube_default_nginx_8443.upstream_cx_connect_ms","values":[]},
                {"name":"cluster.kube_default_nginx_8443.upstream_rq_time","values":[\
                {"interval":null,"cumulative":1},{"interval":null,"cumulative":3},\
                {"interval":null,"cumulative":5},{"interval":null,"cumulative":100},\
                {"interval":null,"cumulative":3600000},{"interval":null,"cumulative":3600000},\
                {"interval":null,"cumulative":3600000},{"interval":null,"cumulative":3600000},\
                {"interval":null,"cumulative":3600000},{"interval":null,"cumulative":3600000}]}]}}]}
                """);
  }

  @Test
  void histogramsOfSeveralGroupsAreSeparatedByCommas() {
    StatStore store = new StatStore(1);
    store.group("cluster.a", Samples.CLUSTER).histogram("h");
    store.group("cluster.b", Samples.CLUSTER);
    store.group("cluster.c", Samples.CLUSTER).histogram("h");
    assertThat(text(store, new StatFilter(name -> name.endsWith(".h"), false)))
        .isEqualTo(
            "{\"stats\":["
                + SUPPORTED
                + """
                {"name":"cluster.a.h","values":[]},
                {"name":"cluster.c.h","values":[]}]}}]}
                """);
  }

  @Test
  void aNameIsEscaped() {
    StatStore store = new StatStore(1);
    store.group("x\"\\\n\u00e9", Samples.LISTENER);
    assertThat(text(store, StatFilter.ALL))
        .startsWith(
            "{\"stats\":[{\"name\":\"x\\\"\\\\\\u000a\\u00e9.downstream_cx_total\",\"value\":0}");
  }

  private static String text(StatStore store, StatFilter filter) {
    return Samples.join(StatJson.pieces(store, filter));
  }
}
