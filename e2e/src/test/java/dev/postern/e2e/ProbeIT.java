package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.CommandRun;
import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.GrpcJavaServer;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.OpensslServer;
import dev.postern.e2e.fixture.PhpFpmProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * `postern probe` before servers that people run, and the manifests that it prints, served by
 * Postern.
 */
class ProbeIT {
  @TempDir static Path temp;

  private static Certificates certificate;
  private static NginxProcess nginx;

  @BeforeAll
  static void start() {
    certificate = Certificates.selfSigned("example.com");
    nginx = NginxProcess.walkThrough(temp.resolve("nginx"), certificate);
  }

  @AfterAll
  static void stop() {
    nginx.close();
  }

  /// A folder of what the probe printed, with a Gateway and that route.
  private static ManifestFolder folder(CommandRun probe, int port, String route) {
    return new ManifestFolder(temp.resolve("manifests-" + port))
        .put("probed.yaml", probe.out())
        .put(
            "gateway.yaml",
            Manifests.gatewayClass(),
            Manifests.gateway(Manifests.httpListener("http", port)),
            route);
  }

  private static String local(int backend) {
    return "127.0.0.1:" + backend;
  }

  /// Serves what the probe prints for nginx's port, with a route, and asks for a page.
  private static void assertServed(int backend, boolean tls) {
    CommandRun probe = CommandRun.of("probe", local(backend), "-o", "yaml");
    assertThat(probe.exit()).isZero();
    assertThat(probe.out()).contains("appProtocol: " + (tls ? "https" : "http") + "\n");

    int port = Ports.free();
    String service = "backend-" + backend;
    String route = Manifests.routeTo("web", "example.com", service, backend);
    try (PosternProcess postern = PosternProcess.serving(folder(probe, port, route))) {
      assertThat(RawHttp.get(port, "example.com", "/").status()).as(postern + "").isEqualTo(200);
      assertThat(postern.clusterStat(service, backend, "ssl.handshake")).isEqualTo(tls ? 1 : 0);
    }
  }

  @Test
  void whatIsPrintedForHttpsWithASelfSignedCertificateMakesItWork() {
    assertServed(nginx.tlsPort(), true);
  }

  @Test
  void whatIsPrintedForPlainHttpMakesItWork() {
    assertServed(nginx.plainPort(), false);
  }

  @Test
  void whatIsPrintedForGrpcMakesItWork() {
    try (GrpcJavaServer server = GrpcJavaServer.plain()) {
      assertThat(CommandRun.of("probe", local(server.port())).out())
          .contains("HTTP/2 (h2c, prior knowledge), gRPC, without TLS")
          .contains("no health service (grpc-status 12)");
      CommandRun probe = CommandRun.of("probe", local(server.port()), "-o", "yaml");
      assertThat(probe.out()).contains("appProtocol: kubernetes.io/h2c");

      int port = Ports.free();
      ManifestFolder folder =
          folder(
              probe,
              port,
              Manifests.grpcRouteTo(
                  "grpc", "grpc.example", "backend-" + server.port(), server.port()));
      try (PosternProcess postern = PosternProcess.serving(folder);
          GrpcClient client = new GrpcClient(port, "grpc.example")) {
        assertThat(client.unary("Tell", "")).as(postern + "").contains("grpc-java");
      }
    }
  }

  @Test
  void grpcOverTlsIsFoundBehindAlpn() {
    try (GrpcJavaServer server = GrpcJavaServer.tls(certificate)) {
      assertThat(CommandRun.of("probe", local(server.port())).out())
          .contains("speaks TLS, HTTP/2, gRPC", "h2 chosen from h2, http/1.1")
          .contains("appProtocol: https", "hostname: example.com");
    }
  }

  @Test
  void phpFpmIsFastCgi() {
    try (PhpFpmProcess php = PhpFpmProcess.start(temp)) {
      CommandRun probe = CommandRun.of("probe", local(php.port()));
      assertThat(probe.exit()).isZero();
      assertThat(probe.out())
          .contains("speaks FastCGI, without TLS", "appProtocol: postern.dev/fcgi");
    }
  }

  @Test
  void opensslThatDemandsAClientCertificateIsUnderstood() {
    Certificates clients = Certificates.authority("Clients");
    try (OpensslServer server =
        OpensslServer.demanding(temp.resolve("openssl"), certificate, clients)) {
      assertThat(CommandRun.of("probe", local(server.port())).out())
          .contains("client certificate  demanded", "kind: BackendConnectionPolicy");
    }
  }
}
