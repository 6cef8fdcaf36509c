package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.LyingBackend;
import dev.postern.e2e.fixture.LyingBackend.Script;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Backends that break every promise: the client gets the right 5xx, nobody else gets anything. */
class LyingBackendsIT {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final Set<Integer> PROTOCOL = Set.of(502);
  private static final Set<Integer> RESET = Set.of(503);
  private static final Set<Integer> EITHER = Set.of(502, 503);

  @TempDir static Path temp;

  /** Statuses that a client may get, for a script that every connection follows. */
  private record Lie(Script script, Set<Integer> statuses) {}

  private static final Map<String, Lie> lies = new LinkedHashMap<>();
  private static final List<LyingBackend> liars = new ArrayList<>();
  private static HttpBackend honest;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    honest = HttpBackend.echo("honest");
    beforeTheHead();
    inTheHead();
    ManifestFolder folder =
        new ManifestFolder(temp)
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                backend("honest", honest.port()),
                routeTo("honest", "honest.test", "honest", 80));
    lies.forEach((name, lie) -> {
      LyingBackend liar = LyingBackend.plain(lie.script());
      liars.add(liar);
      folder.put(
          name + ".yaml", backend(name, liar.port()), routeTo(name, name + ".test", name, 80));
    });
    for (String name : List.of("half-body", "half-chunk", "short", "bad-chunk")) {
      LyingBackend liar = LyingBackend.plain(answering(BODIES.get(name)));
      liars.add(liar);
      folder.put(
          name + ".yaml", backend(name, liar.port()), routeTo(name, name + ".test", name, 80));
    }
    LyingBackend talkative = LyingBackend.plain(LyingBackendsIT::talkative);
    liars.add(talkative);
    folder.put(
        "talkative.yaml",
        backend("talkative", talkative.port()),
        routeTo("talkative", "talkative.test", "talkative", 80));
    LyingBackend fickle = LyingBackend.plain(LyingBackendsIT::fickle);
    liars.add(fickle);
    folder.put(
        "fickle.yaml",
        backend("fickle", fickle.port()),
        routeTo("fickle", "fickle.test", "fickle", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    honest.close();
    liars.forEach(LyingBackend::close);
  }

  @AfterEach
  void othersAreServed() {
    assertThat(RawHttp.get(port, "honest.test", "/").status()).isEqualTo(200);
  }

  private static Script answering(String bytes) {
    return wire -> {
      wire.readHead();
      wire.write(bytes);
    };
  }

  private static void lie(String name, Script script, Set<Integer> statuses) {
    lies.put(name, new Lie(script, statuses));
  }

  private static void beforeTheHead() {
    lie("closes-at-once", wire -> {}, RESET);
    lie("closes-after-the-request", wire -> wire.readHead(), RESET);
    lie(
        "resets",
        wire -> {
          wire.readHead();
          wire.socket().setSoLinger(true, 0);
        },
        RESET);
    lie("garbage", answering("\u0015\u0003\u0001 what is this\r\n\r\n"), PROTOCOL);
    lie("endless-garbage", answering("x".repeat(1 << 20)), EITHER);
    lie("ssh", wire -> wire.write("SSH-2.0-OpenSSH_9.2\r\n"), EITHER);
    lie("http2", answering("\0\0\u0006\u0004\0\0\0\0\0\0\u0003\0\0\0\u0064"), EITHER);
    // Whether the answer came before the question nobody can tell once both have crossed.
    lie(
        "speaks-first",
        wire -> wire.write(OK + "Content-Length: 0\r\n\r\n"),
        Set.of(200, 502, 503));
    lie("half-a-status-line", answering("HTTP/1.1 20"), RESET);
    lie("half-a-head", answering(OK + "Content-Le"), RESET);
    lie("only-continue", answering("HTTP/1.1 100 Continue\r\n\r\n"), RESET);
  }

  private static void inTheHead() {
    lie("status-of-two-digits", answering("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie("status-0", answering("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie("status-word", answering("HTTP/1.1 two OK\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie("no-version", answering("200 OK\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie("unasked-upgrade", answering("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), EITHER);
    lie(
        "two-lengths",
        answering(OK + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        PROTOCOL);
    lie("negative-length", answering(OK + "Content-Length: -1\r\n\r\n"), PROTOCOL);
    lie("length-with-plus", answering(OK + "Content-Length: +3\r\n\r\nabc"), PROTOCOL);
    lie(
        "length-and-chunked",
        answering(OK + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        PROTOCOL);
    lie("unknown-coding", answering(OK + "Transfer-Encoding: magic\r\n\r\nabc"), PROTOCOL);
    lie("nul-in-a-value", answering(OK + "A: b\0c\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie("space-before-colon", answering(OK + "Content-Length : 3\r\n\r\nabc"), PROTOCOL);
    lie("no-colon", answering(OK + "nonsense\r\nContent-Length: 0\r\n\r\n"), PROTOCOL);
    lie(
        "one-large-field",
        answering(OK + "A: " + "x".repeat(1 << 20) + "\r\nContent-Length: 0\r\n\r\n"),
        EITHER);
    StringBuilder many = new StringBuilder(OK);
    for (int i = 0; i < 100_000; i++) {
      many.append("H").append(i).append(": v\r\n");
    }
    lie("many-fields", answering(many + "\r\n"), EITHER);
    lie(
        "endless-interim-responses",
        answering("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n".repeat(100_000)),
        EITHER);
  }

  static Stream<String> lies() {
    return lies.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("lies")
  void lieBecomesTheRightStatus(String name) {
    RawResponse response = RawHttp.get(port, name + ".test", "/");
    assertThat(response.status()).as(response.toString()).isIn(lies.get(name).statuses());
    if (response.status() == 503) {
      assertThat(response.text())
          .startsWith("upstream connect error or disconnect/reset before headers. reset reason: ");
    }
    assertThat(response.text()).doesNotContain("Exception").doesNotContain("netty");
  }

  private static final Map<String, String> BODIES =
      Map.of(
          "half-body", OK + "Content-Length: 100\r\n\r\nonly this",
          "half-chunk", OK + "Transfer-Encoding: chunked\r\n\r\n64\r\nonly this",
          "short", OK + "Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n",
          "bad-chunk", OK + "Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\nzz\r\n");

  static Stream<String> bodies() {
    return BODIES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void bodyThatIsCutOffReachesTheClientAsCutOff(String name) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", name + ".test", "/"));
      RawResponse response = client.response("GET");
      // Whether the head was on its way already is a race that the backend decides.
      assertThat(response.status()).isIn(200, 502, 503);
      if (response.status() == 200) {
        assertThat(response.complete()).as("looks whole: " + response).isFalse();
      }
    }
  }

  /** Says more than it announced: the rest must not become the next client's answer. */
  private static void talkative(LyingBackend.Wire wire) throws IOException {
    while (!wire.readHead().isEmpty()) {
      wire.write(
          OK
              + "Content-Length: 5\r\n\r\nright"
              + OK
              + "Content-Length: 5\r\nX-Poison: yes\r\n\r\nwrong");
    }
  }

  @Test
  void answerThatNobodyAskedForReachesNobody() {
    for (int i = 0; i < 200; i++) {
      RawResponse response = RawHttp.get(port, "talkative.test", "/");
      assertThat(response.status()).isIn(200, 502, 503);
      assertThat(response.values("x-poison")).isEmpty();
      if (response.status() == 200) {
        assertThat(response.text()).isEqualTo("right");
      }
    }
  }

  /** Promises to keep the connection and closes it after each answer. */
  private static void fickle(LyingBackend.Wire wire) throws IOException {
    wire.readHead();
    wire.write(OK + "Content-Length: 4\r\n\r\nfine");
  }

  @Test
  void connectionClosedWhileIdleCostsNoRequest() {
    int failed = 0;
    try (RawHttp client = RawHttp.connect(port)) {
      for (int i = 0; i < 300; i++) {
        client.send(RawHttp.requestHead("GET", "fickle.test", "/"));
        if (client.response("GET").status() != 200) {
          failed++;
        }
      }
    }
    assertThat(failed).as("requests that met a connection which the backend had closed").isZero();
  }
}
