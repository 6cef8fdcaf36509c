package dev.postern.stats;

import dev.postern.stats.StatSchema.Stat;
import dev.postern.stats.StatSchema.Type;
import java.util.Iterator;
import java.util.List;

/// A small store with one of everything.
final class Samples {
  static final StatSchema CLUSTER =
      new StatSchema(
          List.of(
              new Stat("upstream_cx_total", Type.COUNTER),
              new Stat("upstream_cx_active", Type.GAUGE),
              new Stat("upstream_rq_2xx", Type.COUNTER),
              new Stat("ssl.handshake", Type.COUNTER)));

  static final StatSchema LISTENER =
      new StatSchema(List.of(new Stat("downstream_cx_total", Type.COUNTER)));

  static final StatSchema HTTP =
      new StatSchema(
          List.of(
              new Stat("downstream_rq_5xx", Type.COUNTER),
              new Stat("downstream_rq_active", Type.GAUGE)));

  private Samples() {}

  static StatStore store() {
    StatStore store = new StatStore(2);
    StatGroup nginx = store.group("cluster.kube_default_nginx_8443", CLUSTER);
    nginx.worker(0).add(0, 3);
    nginx.worker(1).add(0, 4);
    nginx.worker(1).increment(1);
    nginx.worker(0).add(2, 12);
    nginx.worker(0).increment(3);
    nginx.named("upstream_rq_200").add(11);
    nginx.named("upstream_rq_204").add(1);
    nginx.named("ssl.versions.TLSv1.3").increment();
    nginx.named("ssl.ciphers.TLS_AES_256_GCM_SHA384").increment();
    nginx.named("ssl.curves.X25519").increment();
    nginx.histogram("upstream_rq_time").record(2);
    nginx.histogram("upstream_rq_time").record(4);
    nginx.histogram("upstream_rq_time").record(80);
    nginx.histogram("upstream_rq_time").record(4_000_000);
    nginx.histogram("upstream_cx_connect_ms");
    store.group("cluster.kube_default_php_9000", CLUSTER);
    store.group("http.http_8080", HTTP).worker(0).increment(0);
    store.group("listener.0.0.0.0_8080", LISTENER).worker(0).add(0, 5);
    return store;
  }

  static String join(Iterator<String> pieces) {
    StringBuilder text = new StringBuilder();
    pieces.forEachRemaining(text::append);
    return text.toString();
  }
}
