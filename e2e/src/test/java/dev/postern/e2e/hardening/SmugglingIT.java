package dev.postern.e2e.hardening;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.hardening.Must.Answer;
import dev.postern.e2e.hardening.Must.CutOff;
import dev.postern.e2e.hardening.Must.Forward;
import dev.postern.e2e.hardening.Must.Refuse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two parties could read differently, with a real nginx and a real Node.js behind
 * Postern: what they read is what Postern says it passed on, and everybody gets his own answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir static Path temp;

  private final int port = Ports.free();
  private List<Witness> witnesses;
  private PosternProcess postern;
  private PosternLog log;
  private int shapes;

  @BeforeAll
  void start() {
    witnesses = List.of(Witness.nginx(temp.resolve("nginx")), Witness.node());
    ManifestFolder folder =
        new ManifestFolder(temp.resolve("manifests"))
            .put(
                "gateway.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(httpListener("http", port)));
    for (Witness witness : witnesses) {
      folder.put(
          witness.name() + ".yaml",
          backend(witness.name(), witness.port()),
          routeTo(witness.name(), witness.host(), witness.name(), 80));
    }
    log = new PosternLog(temp.resolve("access.log"));
    postern = PosternProcess.serving(folder, "--access-log", log.file().toString());
  }

  @AfterAll
  void stop() throws Exception {
    try {
      witnesses.forEach(this::assertNothingElseWasRead);
      postern.assertNoStackTrace();
    } finally {
      postern.close();
      for (Witness witness : witnesses) {
        witness.process().close();
      }
    }
  }

  Stream<Arguments> shapes() {
    return witnesses.stream()
        .flatMap(witness -> Shapes.all().map(shape -> Arguments.of(shape, witness)));
  }

  Stream<Arguments> http2Shapes() {
    return witnesses.stream()
        .flatMap(witness -> Http2Shapes.all().map(shape -> Arguments.of(shape, witness)));
  }

  @Test
  void corpusIsLarge() {
    assertThat(Shapes.all().map(Shape::name)).doesNotHaveDuplicates().hasSizeGreaterThan(150);
    assertThat(Http2Shapes.all().map(Http2Shape::name)).doesNotHaveDuplicates();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("shapes")
  void requestIsReadByEverybodyInOneWay(Shape shape, Witness witness) {
    String path = "/shape-" + ++shapes;
    try (RawHttp client = RawHttp.connect(port)) {
      client.offer(Shape.fill(shape.bytes(), witness.host(), path));
      switch (shape.must()) {
        case Refuse refuse -> {
          RawResponse refusal = client.finalResponse("GET");
          assertThat(refusal.status()).isEqualTo(refuse.status());
          assertThat(refusal.value("connection")).isEqualTo("close");
          assertNoMoreAnswers(client, witness, path + "-next");
        }
        case CutOff _ -> {
          if (mayBeToldWhy(client)) {
            assertNoMoreAnswers(client, witness, path + "-next");
          }
        }
        case Answer answer -> {
          assertThat(client.finalResponse("GET").status()).isEqualTo(answer.status());
          assertOwnAnswer(client, witness, path + "-next");
        }
        case Forward _ -> {
          client.finalResponse("GET");
          assertOwnAnswer(client, witness, path + "-next");
        }
      }
    }
    assertRead(witness, path, shape.must());
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("http2Shapes")
  void http2RequestIsReadByEverybodyInOneWay(Http2Shape shape, Witness witness) throws Exception {
    String path = "/shape-" + ++shapes;
    shape.send(port, witness.host(), path);
    assertRead(witness, path, shape.must());
  }

  /** The backend's answer it must not get; false when the connection ended without any. */
  private static boolean mayBeToldWhy(RawHttp client) {
    try {
      assertThat(client.finalResponse("POST").status()).isBetween(400, 499);
      return true;
    } catch (UncheckedIOException closed) {
      return false;
    }
  }

  private static void assertNoMoreAnswers(RawHttp client, Witness witness, String path) {
    client.offer(RawHttp.requestHead("GET", witness.host(), path));
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    try {
      client.finishSending();
      client.input().transferTo(more);
    } catch (UncheckedIOException | IOException reset) {
      // Which is an end as well.
    }
    assertThat(more.toString(StandardCharsets.ISO_8859_1)).isEmpty();
  }

  private static void assertOwnAnswer(RawHttp client, Witness witness, String path) {
    client.send(RawHttp.requestHead("GET", witness.host(), path));
    RawResponse own = client.finalResponse("GET");
    assertThat(own.text()).isEqualTo("served " + path + "\n");
  }

  /** What the backend read of a shape, once a request that came later has its answer. */
  private void assertRead(Witness witness, String path, Must must) {
    String last = "GET " + path + "-last";
    try (RawHttp client = RawHttp.connect(port)) {
      assertOwnAnswer(client, witness, path + "-last");
    }
    Awaitility.await("both logs have " + last)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> has(witness.told().get(), last) && has(log.passedOn(witness.port()), last));
    List<Seen> read = about(witness.told().get(), path);
    List<Seen> passedOn = about(log.passedOn(witness.port()), path);
    if (must instanceof Forward forward) {
      Seen wanted =
          new Seen(
              true,
              witness.host(),
              forward.body(),
              Shape.fill(forward.line(), witness.host(), path));
      assertThat(passedOn).hasSize(1).allMatch(seen -> same(seen, wanted));
      assertThat(read).hasSize(1).allMatch(seen -> same(seen, wanted));
    } else if (must instanceof CutOff) {
      assertThat(passedOn).allMatch(seen -> !seen.complete());
      assertThat(read).allMatch(seen -> !seen.complete());
    } else {
      assertThat(passedOn).isEmpty();
      assertThat(read).isEmpty();
    }
  }

  /** Of a request that a backend took for malformed, the line alone is known. */
  private static boolean same(Seen read, Seen passedOn) {
    return read.complete() ? read.equals(passedOn) : read.line().equals(passedOn.line());
  }

  private static boolean has(List<Seen> all, String line) {
    return all.stream().anyMatch(seen -> seen.line().equals(line));
  }

  /** Of one shape, without the requests that came after it. */
  private static List<Seen> about(List<Seen> all, String path) {
    return all.stream()
        .filter(seen -> seen.line().matches(".*\\Q" + path + "\\E(?![0-9]).*"))
        .filter(seen -> !seen.line().matches("GET " + path + "-(next|last)"))
        .toList();
  }

  private void assertNothingElseWasRead(Witness witness) {
    List<Seen> passedOn = new ArrayList<>(log.passedOn(witness.port()));
    for (Seen read : witness.told().get()) {
      assertThat(passedOn)
          .as("what %s read, %s, was passed on", witness, read)
          .anyMatch(seen -> same(read, seen));
      passedOn.remove(passedOn.stream().filter(seen -> same(read, seen)).findFirst().orElseThrow());
    }
    assertThat(passedOn)
        .as("answered, though %s did not read it", witness)
        .noneMatch(Seen::complete);
  }
}
