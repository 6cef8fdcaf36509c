package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.postern.e2e.fixture.Curl;
import dev.postern.e2e.fixture.EnvoyProcess;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One service for external authorization in gRPC is asked by Postern and by a real Envoy about the
 * same requests. What they tell it differs in nothing but what docs/http-routes.md says.
 */
class ExternalAuthEnvoyIT {
  private static final String HOST = "shop.test";
  private static final int MOST_OCTETS = 1000;

  /** What is different from one question to another, or with intent. */
  private static final List<String> OWN =
      List.of(
          "destination.address.socket_address.port_value",
          "source.address.socket_address.port_value",
          "request.time.seconds",
          "request.time.nanos",
          "request.http.id",
          "request.http.headers.x-request-id",
          "request.http.headers.x-forwarded-for",
          "request.http.headers.x-forwarded-host",
          "request.http.headers.x-forwarded-port",
          "request.http.headers.x-envoy-external-address");

  @TempDir static Path temp;

  private static final Recorder recorder = new Recorder();
  private static final int port = Ports.free();
  private static final int envoyPort = Ports.free();
  private static HttpBackend backend;
  private static Server service;
  private static PosternProcess postern;
  private static Optional<EnvoyProcess> envoy = Optional.empty();

  /** Lets everybody pass and keeps what it was asked. */
  private static final class Recorder extends AuthorizationGrpc.AuthorizationImplBase {
    private final BlockingQueue<CheckRequest> asked = new LinkedBlockingQueue<>();

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> answers) {
      asked.add(request);
      answers.onNext(CheckResponse.getDefaultInstance());
      answers.onCompleted();
    }
  }

  @BeforeAll
  static void startAll() throws IOException {
    backend = HttpBackend.echo("shop");
    service =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .addService(recorder)
            .build()
            .start();
    ManifestFolder folder = new ManifestFolder(temp.resolve("manifests"));
    folder.put(
        "all.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port)),
        backend("shop", backend.port()),
        backend("auth", service.getPort()),
        route(
            "shop",
            HOST,
            """
            - filters:
              - type: ExternalAuth
                externalAuth:
                  protocol: GRPC
                  backendRef: { name: auth, port: 80 }
                  grpc: {}
                  forwardBody: { maxSize: %d }
              backendRefs:
              - { name: shop, port: 80 }
            """
                .formatted(MOST_OCTETS)));
    postern = PosternProcess.serving(folder);
    envoy = EnvoyProcess.program().map(program -> EnvoyProcess.serving(program, temp, resources()));
  }

  @AfterAll
  static void stopAll() {
    envoy.ifPresent(EnvoyProcess::close);
    postern.close();
    service.shutdownNow();
    backend.close();
  }

  @Test
  void aGet() throws Exception {
    sameIsTold("/a/b?c=d&e", "-H", "X-A: 1", "-H", "X-A: 2");
  }

  @Test
  void aHostWithoutItsPort() throws Exception {
    sameIsTold("/", "-H", "Host: shop.test", "-H", "Cookie: a=1; b=2");
  }

  /** As RFC 9113 8.2.3 has it, and as a service that reads cookies expects it. */
  @Test
  void severalCookiesAreJoinedAsCookiesAre() throws Exception {
    String[] cookies = {"-H", "Cookie: a=1", "-H", "Cookie: b=2"};
    assertThat(told(port, "/", cookies)).containsEntry("request.http.headers.cookie", "a=1; b=2");
    assumeThat(envoy).isPresent();
    assertThat(told(envoyPort, "/", cookies))
        .containsEntry("request.http.headers.cookie", "a=1,b=2");
  }

  @Test
  void aGetOverHttp2() throws Exception {
    sameIsTold("/x", "--http2-prior-knowledge", "-H", "X-Empty;");
  }

  @Test
  void aBodyOfText() throws Exception {
    sameIsTold("/", "-d", "größe=1", "-H", "Content-Type: text/plain");
  }

  @Test
  void aBodyInChunks() throws Exception {
    sameIsTold(
        "/",
        "-d",
        "x".repeat(MOST_OCTETS),
        "-H",
        "Transfer-Encoding: chunked",
        "-H",
        "Content-Type: text/plain");
  }

  @Test
  void aBodyOverHttp2() throws Exception {
    sameIsTold("/", "--http2-prior-knowledge", "-d", "body");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedByBothAndNobodyIsAsked() throws Exception {
    for (String header : List.of("X-A: b", "Transfer-Encoding: chunked")) {
      for (int at : both()) {
        assertThat(Curl.status(HOST, at, "/", "-d", "x".repeat(MOST_OCTETS + 1), "-H", header))
            .as("%s at %d", header, at)
            .isEqualTo("413");
      }
    }
    assertThat(recorder.asked).isEmpty();
  }

  @Test
  void octetsThatAreNoTextAreTheRawBody() throws Exception {
    Path file = temp.resolve("octets");
    Files.write(file, new byte[] {'a', (byte) 0xff, 'b'});
    Map<String, String> by = told(port, "/", "--data-binary", "@" + file);
    assertThat(by)
        .containsEntry("request.http.raw_body", "a\\377b")
        .doesNotContainKey("request.http.body");
  }

  private void sameIsTold(String target, String... options) throws Exception {
    assumeThat(envoy).isPresent();
    Map<String, String> from = told(envoyPort, target, options);
    Map<String, String> by = told(port, target, options);
    assertThat(by).containsKeys(OWN.subList(0, 9).toArray(String[]::new));
    assertThat(by.get("request.http.id")).isEqualTo(by.get("request.http.headers.x-request-id"));
    TreeSet<String> names = new TreeSet<>(from.keySet());
    names.addAll(by.keySet());
    OWN.forEach(names::remove);
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String theirs = from.getOrDefault(name, "-").replace(":" + envoyPort, ":PORT");
      String ours = by.getOrDefault(name, "-").replace(":" + port, ":PORT");
      if (!theirs.equals(ours)) {
        differences.add(name + ": Envoy " + theirs + ", Postern " + ours);
      }
    }
    assertThat(differences).isEmpty();
  }

  private static List<Integer> both() {
    return envoy.isPresent() ? List.of(port, envoyPort) : List.of(port);
  }

  /** The fields of the question about a request, by their names. */
  private static Map<String, String> told(int at, String target, String... options)
      throws Exception {
    assertThat(Curl.status(HOST, at, target, options)).isEqualTo("200");
    CheckRequest asked = recorder.asked.poll(10, TimeUnit.SECONDS);
    assertThat(recorder.asked).isEmpty();
    Map<String, String> fields = new TreeMap<>();
    flatten("", asked.getAttributes(), fields);
    return fields;
  }

  private static void flatten(String prefix, Message message, Map<String, String> to) {
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      String name = prefix + field.getKey().getName();
      if (field.getKey().isMapField()) {
        for (Object entry : (List<?>) field.getValue()) {
          Message pair = (Message) entry;
          FieldDescriptor key = pair.getDescriptorForType().findFieldByName("key");
          FieldDescriptor value = pair.getDescriptorForType().findFieldByName("value");
          to.put(name + "." + pair.getField(key), pair.getField(value).toString());
        }
      } else if (field.getValue() instanceof Message inner) {
        flatten(name + ".", inner, to);
      } else {
        to.put(
            name,
            field.getValue() instanceof com.google.protobuf.ByteString octets
                ? com.google.protobuf.TextFormat.escapeBytes(octets)
                : field.getValue().toString());
      }
    }
  }

  private static String resources() {
    return """
    listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: %d } }
      filter_chains:
      - filters:
        - name: envoy.filters.network.http_connection_manager
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            stat_prefix: http
            use_remote_address: true
            http_filters:
            - name: envoy.filters.http.ext_authz
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                transport_api_version: V3
                grpc_service: { envoy_grpc: { cluster_name: auth }, timeout: 10s }
                with_request_body: { max_request_bytes: %d }
            - name: envoy.filters.http.router
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            route_config:
              virtual_hosts:
              - { name: all, domains: ["*"], routes: [{ match: { prefix: / }, route: { cluster: shop } }] }
    clusters:
    - name: shop
      type: STATIC
      load_assignment:
        cluster_name: shop
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }] }]
    - name: auth
      type: STATIC
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: { http2_protocol_options: {} }
      load_assignment:
        cluster_name: auth
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }] }]
    """
        .formatted(envoyPort, MOST_OCTETS, backend.port(), service.getPort());
  }
}
