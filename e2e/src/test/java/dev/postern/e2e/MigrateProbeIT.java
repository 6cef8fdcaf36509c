package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.CommandRun;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** `postern migrate --probe` before a live nginx, and what it proposes, served by Postern. */
class MigrateProbeIT {
  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: shop
        annotations:
          nginx.ingress.kubernetes.io/backend-protocol: HTTPS
      spec:
        rules:
        - host: shop.example.com
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 443}}}}
      """;

  @TempDir Path temp;

  @Test
  void whatIsProposedHasTheBackendVerified() throws IOException {
    try (NginxProcess backend = nginx("backend");
        NginxProcess imposter = nginx("imposter")) {
      Path made = temp.resolve("made");
      String proposed = proposed(backend.tlsPort(), made);
      assertThat(proposed)
          .contains("kind: BackendTLSPolicy", "hostname: example.com", "BEGIN CERTIFICATE");

      assertThat(status(made, "", backend)).isEqualTo(200);
      assertThat(status(made, "", imposter)).as("without it nobody is verified").isEqualTo(200);
      assertThat(status(made, proposed, backend)).isEqualTo(200);
      assertThat(status(made, proposed, imposter)).isEqualTo(503);
    }
  }

  private NginxProcess nginx(String name) {
    return NginxProcess.walkThrough(temp.resolve(name), Certificates.selfSigned("example.com"));
  }

  /// What the report says would verify the one backend.
  @SuppressWarnings("unchecked") // JSON
  private String proposed(int backend, Path made) throws IOException {
    ManifestFolder cluster =
        new ManifestFolder(temp.resolve("cluster"))
            .put("ingress.yaml", INGRESS)
            .put("services.yaml", services(backend));
    Path report = temp.resolve("report.json");
    CommandRun run =
        CommandRun.of(
            "migrate",
            cluster.path().toString(),
            "--probe",
            "--out",
            made.toString(),
            "--report",
            report.toString());
    assertThat(run.out()).contains("default/shop:443", "it speaks TLS, and");
    var tree =
        (Map<String, Object>)
            new Load(LoadSettings.builder().build()).loadFromString(Files.readString(report));
    return ((List<Map<String, Object>>) tree.get("backends"))
        .getFirst()
        .get("manifests")
        .toString();
  }

  private static String services(int backend) {
    return Manifests.documents(
        Manifests.service(NS, "shop", "https:443"), Manifests.slice(NS, "shop", "https", backend));
  }

  /// Of a request to Postern, which serves what was made before that backend.
  private int status(Path made, String proposed, NginxProcess backend) throws IOException {
    int port = Ports.free();
    String manifests =
        Files.readString(made.resolve("manifests.yaml"))
            .replace("port: 80\n", "port: " + port + "\n")
            .replace(
                "  listeners:\n",
                "  addresses:\n  - type: IPAddress\n    value: 127.0.0.1\n  listeners:\n");
    ManifestFolder folder =
        new ManifestFolder(temp.resolve("served-" + port))
            .put("made.yaml", manifests)
            .put("services.yaml", services(backend.tlsPort()));
    if (!proposed.isEmpty()) {
      folder.put("proposed.yaml", proposed);
    }
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      int status = RawHttp.get(port, "shop.example.com", "/").status();
      postern.assertNoStackTrace();
      return status;
    }
  }
}
