package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.grpcRouteTo;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.GrpcJavaServer;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * gRPC through a route without a hint anywhere: no appProtocol, a port name that says nothing.
 *
 * <p>The headline is {@code go-tls}: grpc-go, which demands ALPN, behind a BackendTLSPolicy and a
 * GRPCRoute.
 */
class GrpcHopIT {
  private static final String BACKEND = "backend.example";
  private static final Metadata.Key<String> PEER =
      Metadata.Key.of("peer", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir static Path temp;

  private static final Certificates authority = Certificates.authority("Authority");
  private static final Map<String, GrpcClient> clients = new LinkedHashMap<>();
  private static final List<AutoCloseable> running = new ArrayList<>();
  private static final int port = Ports.free();
  private static PosternProcess postern;

  @BeforeAll
  static void startAll() {
    Certificates leaf = authority.leafFor(BACKEND);
    Peers peers = new Peers(temp.resolve("peers"));
    GrpcJavaServer javaPlain = GrpcJavaServer.plain();
    GrpcJavaServer javaTls = GrpcJavaServer.tls(leaf);
    running.add(javaPlain);
    running.add(javaTls);
    ManifestFolder folder = new ManifestFolder(temp.resolve("manifests"));
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port)),
        caConfigMap("ca", authority.certificatePem()));
    backend(folder, "go", peers.add("grpc"), "", "");
    backend(folder, "go-tls", peers.add("grpc", leaf), "", trust(BACKEND, "ca"));
    backend(folder, "java", javaPlain.port(), "", "");
    backend(folder, "java-tls", javaTls.port(), "", trust(BACKEND, "ca"));
    backend(folder, "gone", Ports.free(), "", "");
    // A plain HTTPRoute takes gRPC too, when the Service says what it speaks.
    int go = peers.add("grpc");
    folder.put(
        "http-route.yaml",
        service(NS, "http-route", "p:80:kubernetes.io/h2c"),
        slice(NS, "http-route", "p", go),
        routeTo("http-route", "http-route.test", "http-route", 80));
    running.add(peers.start());
    postern = PosternProcess.serving(folder);
    running.add(postern);
    for (String name : List.of("go", "go-tls", "java", "java-tls", "gone", "http-route")) {
      GrpcClient client = new GrpcClient(port, name + ".test");
      clients.put(name, client);
      running.add(client);
    }
  }

  private static void backend(
      ManifestFolder folder, String name, int target, String hint, String validation) {
    List<String> documents =
        new ArrayList<>(
            List.of(
                service(NS, name, "p:80" + hint),
                slice(NS, name, "p", target),
                grpcRouteTo(name, name + ".test", name, 80)));
    if (!validation.isEmpty()) {
      documents.add(backendTls(name, name, validation));
    }
    folder.put(name + ".yaml", documents.toArray(String[]::new));
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
  }

  static Stream<String> backends() {
    return Stream.of("go", "go-tls", "java", "java-tls", "http-route");
  }

  private static GrpcClient client(String backend) {
    return clients.get(backend);
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  @Test
  void aServerThatDemandsAlpnIsReachedOverTlsWithoutAHint() {
    assertThat(client("go-tls").unary("Tell", "")).contains("sni=" + BACKEND, "alpn=h2");
    assertThat(stat("go-tls", "ssl.handshake")).isPositive();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void unary(String backend) {
    for (int i = 0; i < 50; i++) {
      assertThat(client(backend).unary("Tell", "x")).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void serverStreaming(String backend) {
    assertThat(client(backend).serverStream("Count", "")).isEqualTo(numbers(100));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void clientStreaming(String backend) throws Exception {
    List<String> messages = numbers(1_000);
    int length = String.join("", messages).length();
    assertThat(client(backend).clientStream("Collect", messages)).isEqualTo("" + length);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void bidirectionalStreaming(String backend) throws Exception {
    assertThat(client(backend).bidi("Echo", numbers(1_000))).isEqualTo(numbers(1_000));
  }

  /** Answers come while the client has not ended its side. */
  @ParameterizedTest
  @MethodSource("backends")
  void aDialogueIsNotHeldBack(String backend) {
    GrpcClient.Answers answers = new GrpcClient.Answers();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(
            client(backend)
                .channel()
                .newCall(GrpcClient.method("Echo", MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
            answers);
    for (int i = 1; i <= 20; i++) {
      requests.onNext("word " + i);
      int heard = i;
      Awaitility.await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> answers.soFar().size() == heard);
    }
    requests.onCompleted();
    assertThat(answers.done).succeedsWithin(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aMessageOf3MiBComesBack(String backend) throws Exception {
    String large = "0123456789abcdef".repeat(3 << 16);
    assertThat(client(backend).bidi("Echo", List.of(large, "small")))
        .containsExactly(large, "small");
  }

  /**
   * grpc-java gives a call up that ended before its request, and may send the end of that request
   * behind.
   */
  @Test
  void callsThatAreRefusedBeforeTheyAreAskedCostNoOtherItsConnection() throws Exception {
    try (GrpcClient client = new GrpcClient(port, "nobody.test");
        ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Callable<Set<Code>>> all =
          Collections.nCopies(
              4,
              () -> {
                Set<Code> codes = EnumSet.noneOf(Code.class);
                for (int i = 0; i < 1000; i++) {
                  codes.add(failure(() -> client.unary("Tell", "")).getCode());
                }
                return codes;
              });
      for (Future<Set<Code>> codes : callers.invokeAll(all)) {
        assertThat(codes.get()).containsExactly(Code.UNIMPLEMENTED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theStatusOfTheBackendArrives(String backend) {
    Status status = failure(() -> client(backend).unary("Fail", ""));
    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).isEqualTo("as asked");
    assertThat(failure(() -> client(backend).unary("Nothing", "")).getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aDeadlineEndsTheCall(String backend) {
    long start = System.nanoTime();
    Status status = failure(() -> client(backend).unary("Sleep", "", 300));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(10).toNanos());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCancelledCallFreesItsStream(String backend) {
    ClientCall<String, String> call =
        client(backend)
            .channel()
            .newCall(GrpcClient.method("Sleep", MethodType.UNARY), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage("");
    call.halfClose();
    String active = "upstream_rq_active";
    Awaitility.await().until(() -> stat(backend, active) > 0);
    call.cancel("enough", null);
    Awaitility.await().until(() -> stat(backend, active) == 0);
  }

  /** Of the cluster: a GRPCRoute without a hint has one of its own, apart from HTTPRoutes. */
  private static long stat(String backend, String name) {
    String own = backend.equals("http-route") ? "" : "_h2";
    return postern.stat("cluster.kube_default_" + backend + "_80" + own + "." + name);
  }

  @Test
  void trailersOfTheBackendArrive() {
    for (String backend : List.of("go", "go-tls")) {
      AtomicReference<Metadata> headers = new AtomicReference<>();
      AtomicReference<Metadata> trailers = new AtomicReference<>();
      ClientInterceptor capture = MetadataUtils.newCaptureMetadataInterceptor(headers, trailers);
      Channel channel = ClientInterceptors.intercept(client(backend).channel(), capture);
      ClientCalls.blockingUnaryCall(
          channel, GrpcClient.method("Tell", MethodType.UNARY), CallOptions.DEFAULT, "");
      assertThat(trailers.get().get(PEER)).isEqualTo("grpc-go");
    }
  }

  @Test
  void manyStreamsShareFewConnections() throws Exception {
    long before = stat("go-tls", "upstream_cx_total");
    List<GrpcClient.Answers> all = new ArrayList<>();
    List<StreamObserver<String>> requests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      GrpcClient.Answers answers = new GrpcClient.Answers();
      all.add(answers);
      requests.add(
          ClientCalls.asyncBidiStreamingCall(
              client("go-tls")
                  .channel()
                  .newCall(
                      GrpcClient.method("Echo", MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
              answers));
      requests.getLast().onNext("hello");
    }
    Awaitility.await().until(() -> all.stream().allMatch(a -> a.soFar().size() == 1));
    assertThat(stat("go-tls", "upstream_cx_total") - before).isLessThan(4);
    requests.forEach(StreamObserver::onCompleted);
    for (GrpcClient.Answers answers : all) {
      assertThat(answers.done).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void aBackendThatIsGoneIsUnavailable() {
    assertThat(failure(() -> client("gone").unary("Tell", "")).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aCallThatNoRouteTakesIsUnimplemented() {
    try (GrpcClient lost = new GrpcClient(port, "nobody.test")) {
      assertThat(failure(() -> lost.unary("Tell", "")).getCode())
          .isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  private static Status failure(Runnable call) {
    StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, call::run);
    assertThat(e).isNotNull();
    return e.getStatus();
  }
}
