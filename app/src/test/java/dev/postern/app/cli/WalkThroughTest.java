package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.demo.DemoFolder;
import dev.postern.app.demo.SampleBackend;
import dev.postern.app.demo.SelfSigned;
import dev.postern.app.serve.Postern;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's world, served in this process. */
class WalkThroughTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final BlockingQueue<Long> rounds = new LinkedBlockingQueue<>();
  private SampleBackend backend;
  private DemoFolder manifests;
  private Postern postern;
  private int port;

  @BeforeEach
  void start() throws IOException {
    SelfSigned identity = SelfSigned.forDnsName("example.com", Duration.ofDays(1));
    backend = SampleBackend.start(identity);
    port = FreePorts.any();
    manifests = DemoFolder.write(folder, port, backend, identity.pem());
    postern = serve();
  }

  private Postern serve() throws IOException {
    var announcer = new Announcer(new PrintStream(printed, true, StandardCharsets.UTF_8)::println);
    var options =
        new Postern.Options(
            List.of(folder), 1, Optional.empty(), new InetSocketAddress(LOOPBACK, 0), List.of());
    return Postern.start(
        options,
        round -> {
          announcer.onRound(round);
          rounds.add(round.now().version());
        });
  }

  @AfterEach
  void stop() {
    postern.close();
    backend.close();
  }

  @Test
  void aPolicyThatGoesAndComesBackAHundredTimesIsObeyedByTheNextRequest() throws Exception {
    assertThat(get()).startsWith("HTTP/1.1 200").contains("reached it by: TLSv1.3");
    Path off = folder.resolve("policy.yaml.off");
    rounds.clear();

    for (int i = 0; i < 100; i++) {
      Files.move(manifests.policy(), off);
      awaitRound();
      assertThat(get()).as("without, %d", i).startsWith("HTTP/1.1 400").contains("HTTPS port");
      Files.move(off, manifests.policy());
      awaitRound();
      assertThat(get()).as("with, %d", i).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aNameThatTheCertificateDoesNotHaveGets503AndTheReasonStaysInside() throws Exception {
    rewritePolicy("hostname: example.com", "hostname: wrong.example");

    assertThat(get()).startsWith("HTTP/1.1 503").doesNotContain("wrong.example");
  }

  @Test
  void aTrustThatIsMissingGets500AndIsAnnouncedOnceAndSolvedOnce() throws Exception {
    rewritePolicy("name: ca", "name: nothing");

    assertThat(get()).startsWith("HTTP/1.1 500");
    assertThat(lines("✗ BackendTLSPolicy default/nginx-tls-policy on Gateway"))
        .hasSize(2)
        .anyMatch(line -> line.contains("ResolvedRefs is False, InvalidCACertificateRef"))
        .allMatch(line -> line.endsWith("policy.yaml:3"));

    rewritePolicy("name: nothing", "name: ca");

    assertThat(get()).startsWith("HTTP/1.1 200");
    assertThat(lines("✓ BackendTLSPolicy")).hasSize(2);
    assertThat(lines("~ BackendTLSPolicy default/nginx-tls-policy")).hasSize(2);
  }

  @Test
  void whatIsServedIsSaidWithItsUrl() {
    assertThat(lines("listening on"))
        .containsExactly(
            "listening on http://localhost:%d/  kgateway-system/http/http  for example.com"
                .formatted(port));
    assertThat(Announcer.ready(postern))
        .isEqualTo(
            "ready: 1 gateway, 1 route, 1 backend; admin http://%s:%d/"
                .formatted(LOOPBACK.getHostAddress(), postern.adminAddress().getPort()));
  }

  @Test
  void aPortThatIsTakenIsSaidAndTheOthersGoOn() throws Exception {
    try (var taken = new ServerSocket(0)) {
      String gateway = Files.readString(folder.resolve("gateway.yaml"));
      String second =
          """
              - name: second
                protocol: HTTP
                port: %d
                allowedRoutes:
                  namespaces:
                    from: All
          """
              .formatted(taken.getLocalPort());
      rounds.clear();
      replace(folder.resolve("gateway.yaml"), gateway.stripTrailing() + "\n" + second);
      awaitRound();

      assertThat(get()).startsWith("HTTP/1.1 200");
      assertThat(lines("✗ Gateway kgateway-system/http listener second"))
          .isNotEmpty()
          .anyMatch(line -> line.contains("Programmed is False"));
      assertThat(postern.snapshot().listenerErrors()).hasSize(1);
    }
  }

  @Test
  void aFileThatIsNoYamlIsReportedAndTheRestGoesOn() throws Exception {
    rounds.clear();
    replace(folder.resolve("broken.yaml"), "a: [b\n");
    awaitRound();

    assertThat(lines("✗")).singleElement().asString().contains("broken.yaml:", "not YAML");
    assertThat(get()).startsWith("HTTP/1.1 200");

    Files.delete(folder.resolve("broken.yaml"));
    awaitRound();

    assertThat(lines("✓ solved")).hasSize(1);
  }

  @Test
  void drainingFinishesWhatIsInFlightAndTakesNothingNew() throws Exception {
    try (var slow = new Socket(LOOPBACK, port)) {
      slow.getOutputStream()
          .write("POST / HTTP/1.1\r\nHost: example.com\r\n".getBytes(StandardCharsets.US_ASCII));
      slow.getOutputStream()
          .write("Content-Length: 4\r\n\r\nab".getBytes(StandardCharsets.US_ASCII));
      awaitStat("http.kgateway-system_http_http.downstream_rq_active");
      Thread drain = Thread.ofPlatform().start(() -> assertThat(postern.drain(PATIENCE)).isTrue());
      awaitRefusal();
      slow.getOutputStream().write("cd".getBytes(StandardCharsets.US_ASCII));

      String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200");
      assertThat(drain.join(PATIENCE)).isTrue();
    }
  }

  private void awaitStat(String name) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!admin("/stats?usedonly").contains("downstream_rq_active: 1")) {
      assertThat(System.nanoTime()).as("%s counts", name).isLessThan(end);
    }
  }

  private void awaitRefusal() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try (var socket = new Socket(LOOPBACK, port)) {
        assertThat(socket.isConnected()).isTrue();
      } catch (IOException refused) {
        return;
      }
    }
    throw new AssertionError("still takes connections");
  }

  private String admin(String path) throws IOException {
    return exchange(postern.adminAddress().getPort(), "127.0.0.1", path);
  }

  private String get() throws IOException {
    return exchange(port, "example.com", "/");
  }

  private static String exchange(int port, String host, String path) throws IOException {
    try (var socket = new Socket(LOOPBACK, port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void rewritePolicy(String old, String fresh) throws Exception {
    rounds.clear();
    replace(manifests.policy(), Files.readString(manifests.policy()).replace(old, fresh));
    awaitRound();
  }

  private static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitRound() throws InterruptedException {
    assertThat(rounds.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("a round").isNotNull();
  }

  private List<String> lines(String start) {
    return printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(start))
        .toList();
  }
}
