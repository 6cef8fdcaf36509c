package dev.postern.e2e.certificates;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.postern.e2e.fixture.EnvoyProcess;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the matrix over real sockets: one nginx shows each certificate on a port of its own,
 * and Postern, Envoy and `openssl s_client` try to reach it under the same rules.
 */
class CertificateMatrixIT {
  @TempDir static Path temp;

  private static final Map<String, Integer> targets = new LinkedHashMap<>();
  private static final int port = Ports.free();
  private static final int envoyPort = Ports.free();
  private static NginxProcess nginx;
  private static PosternProcess postern;
  private static Optional<EnvoyProcess> envoy = Optional.empty();

  @BeforeAll
  static void startAll() throws IOException {
    Openssl openssl = new Openssl(Files.createDirectories(temp.resolve("certificates")));
    ManifestFolder folder = new ManifestFolder(temp.resolve("manifests"));
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)));
    StringBuilder servers = new StringBuilder();
    for (Row row : Matrix.rows()) {
      Row.Shown shown = row.made().apply(openssl);
      int target = Ports.free();
      targets.put(row.id(), target);
      String trusted = pem(shown.trusted());
      Files.writeString(ca(row), trusted);
      Files.writeString(chain(row), pem(shown.chain()));
      servers.append(server(row, target, shown.chain().getFirst().key()));
      folder.put(
          row.id() + ".yaml",
          service(NS, row.id(), "tls:443"),
          slice(NS, row.id(), "tls", target),
          caConfigMap("ca-" + row.id(), trusted),
          backendTls(row.id(), row.id(), validation(row)),
          routeTo(row.id(), row.id() + ".test", row.id(), 443));
    }
    int[] some = targets.values().stream().mapToInt(Integer::intValue).limit(1).toArray();
    nginx =
        NginxProcess.serving(Files.createDirectories(temp.resolve("nginx")), servers + "", some);
    postern = PosternProcess.serving(folder);
    envoy = EnvoyProcess.program().map(program -> EnvoyProcess.serving(program, temp, resources()));
  }

  private static String validation(Row row) {
    String validation = trust(row.wantsUri() ? Row.GOOD : row.wanted(), "ca-" + row.id());
    return row.wantsUri()
        ? validation + "subjectAltNames:\n- type: URI\n  uri: " + row.wanted() + "\n"
        : validation;
  }

  private static String server(Row row, int target, Path key) {
    return """
    server {
      listen 127.0.0.1:%d ssl;
      ssl_certificate %s;
      ssl_certificate_key %s;
      ssl_ciphers DEFAULT:@SECLEVEL=0;
      return 200 "%s\\n";
    }
    """
        .formatted(target, chain(row), key, row.id());
  }

  private static String pem(List<Issued> certificates) {
    return certificates.stream().map(Issued::pem).collect(Collectors.joining());
  }

  private static Path ca(Row row) {
    return temp.resolve("ca." + row.id() + ".pem");
  }

  private static Path chain(Row row) {
    return temp.resolve("chain." + row.id() + ".pem");
  }

  /** What Envoy would be told by any Gateway that follows BackendTLSPolicy. */
  private static String resources() {
    StringBuilder clusters = new StringBuilder();
    StringBuilder hosts = new StringBuilder();
    for (Row row : Matrix.rows()) {
      clusters.append(
          """
          - name: %1$s
            type: STATIC
            load_assignment:
              cluster_name: %1$s
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: { socket_address: { address: 127.0.0.1, port_value: %2$d } }
            transport_socket:
              name: envoy.transport_sockets.tls
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                sni: %3$s
                common_tls_context:
                  tls_params: { tls_maximum_protocol_version: TLSv1_3 }
                  validation_context:
                    trusted_ca: { filename: %4$s }
                    match_typed_subject_alt_names:
                    - san_type: %5$s
                      matcher: { exact: "%6$s" }
          """
              .formatted(
                  row.id(),
                  targets.get(row.id()),
                  row.wantsUri() ? Row.GOOD : row.wanted(),
                  ca(row),
                  row.wantsUri() ? "URI" : "DNS",
                  row.wanted()));
      hosts.append(
          "- { name: %1$s, domains: [%1$s.test], routes: [{ match: { prefix: / }, route: { cluster: %1$s } }] }\n"
              .formatted(row.id()));
    }
    return """
    listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: %d } }
      filter_chains:
      - filters:
        - name: envoy.filters.network.http_connection_manager
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            stat_prefix: http
            http_filters:
            - name: envoy.filters.http.router
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            route_config:
              virtual_hosts:
    %s
    clusters:
    %s
    """
        .formatted(envoyPort, hosts.toString().indent(10).stripTrailing(), clusters);
  }

  @AfterAll
  static void stopAll() {
    envoy.ifPresent(EnvoyProcess::close);
    if (postern != null) {
      postern.close();
    }
    if (nginx != null) {
      nginx.close();
    }
  }

  static Stream<String> rows() {
    return Matrix.rows().stream().map(Row::id);
  }

  static Row row(String id) {
    return Matrix.rows().stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void posternSays(String id) {
    Row row = row(id);

    int status = RawHttp.get(port, id + ".test", "/").status();

    String said = logged(id);
    Verdict verdict = verdict(postern.stats(), "cluster.kube_default_" + id + "_443.");
    assertThat(verdict).as("%s: %s\n%s", row.words(), status, said).isEqualTo(row.postern());
    assertThat(status).isEqualTo(verdict == Verdict.YES ? 200 : 503);
    assertThat(said).contains(row.says());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void envoySays(String id) {
    assumeThat(envoy).as("Envoy").isPresent();
    Row row = row(id);

    int status = RawHttp.get(envoyPort, id + ".test", "/").status();

    Verdict verdict = verdict(envoy.orElseThrow().stats(), "cluster." + id + ".");
    assertThat(verdict).as("%s: %s", row.words(), status).isEqualTo(row.envoy());
    assertThat(status).isEqualTo(verdict == Verdict.YES ? 200 : 503);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void opensslSays(String id) {
    Row row = row(id);

    Openssl.Said said = Openssl.ask(targets.get(id), row.wanted(), ca(row));

    Verdict verdict = row.wantsUri() ? Verdict.CANNOT_ASK : Openssl.verdict(said);
    assertThat(verdict).as("%s: %s", row.words(), said.output()).isEqualTo(row.openssl());
  }

  /** The line of the access log. */
  private static String logged(String id) {
    String host = "\"" + id + ".test\"";
    assertThat(postern.awaitLine(host, Duration.ofSeconds(10))).as("%s is logged", id).isTrue();
    return postern.output().stream().filter(l -> l.contains(host)).findFirst().orElseThrow();
  }

  private static Verdict verdict(Map<String, Long> stats, String cluster) {
    List<Verdict> counted =
        Stream.of(Verdict.values())
            .filter(v -> !v.counter.isEmpty())
            .filter(v -> stats.getOrDefault(cluster + v.counter, 0L) > 0)
            .toList();
    assertThat(counted).as("what %s* counted", cluster).hasSize(1);
    return counted.getFirst();
  }
}
