package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Change;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that say nonsense are reported by name and hurt nobody but themselves. */
class BadManifestsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A JVM on a busy machine. */
  private static final Duration START = Duration.ofSeconds(90);

  @TempDir Path temp;

  private int port;
  private ManifestFolder folder;
  private HttpBackend server;

  @BeforeEach
  void prepare() {
    port = Ports.free();
    server = HttpBackend.echo("one");
    folder = new ManifestFolder(temp.resolve("manifests"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void putGood() {
    folder.put(
        "good.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)),
        backend("one", server.port()),
        routeTo("good", "good.test", "one", 80));
  }

  private void assertGoodIsServed() {
    assertThat(RawHttp.get(port, "good.test", "/").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not yaml: [",
        "key: value: value\n",
        "- a\n- list\n- where a map belongs\n",
        "\"just a text\"\n",
        "apiVersion: v1\nkind: Service\nmetadata: [a, list]\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: {a: map}}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: many}]}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 70000}]}\n",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HttpRoute\nmetadata: {name: x}\n",
        "apiVersion: example.com/v1\nkind: Service\nmetadata: {name: x}\n",
        "kind: Service\nmetadata: {name: x}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}\nextra: 1\n",
        "\tapiVersion: v1\n",
        "apiVersion: v1\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
        "a: &a [*a]\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER_case}\n",
      })
  void fileThatIsNonsenseIsReportedByNameAndTheOthersAreServed(String text) throws IOException {
    putGood();
    folder.path().toFile().mkdirs();
    Files.writeString(folder.path().resolve("nonsense.yaml"), text);
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertGoodIsServed();
      assertThat(postern.awaitLine("nonsense.yaml", PATIENCE)).as(postern.toString()).isTrue();
      postern.assertNoStackTrace();
    }
  }

  @Test
  void bytesThatAreNoTextAreReportedToo() throws IOException {
    putGood();
    Files.write(folder.path().resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, 1, (byte) 0xc3});
    Files.createDirectory(folder.path().resolve("folder.yaml"));
    Files.createSymbolicLink(folder.path().resolve("dangling.yaml"), Path.of("nowhere.yaml"));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertGoodIsServed();
      assertThat(postern.awaitLine("binary.yaml", PATIENCE)).as(postern.toString()).isTrue();
      postern.assertNoStackTrace();
    }
  }

  @Test
  void misspeltFieldIsNamedWithItsLine() {
    putGood();
    folder.put(
        "typo.yaml", routeTo("typo", "typo.test", "one", 80).replace("hostnames:", "hostname:"));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertThat(postern.awaitLine("typo.yaml:10", PATIENCE)).as(postern.toString()).isTrue();
      assertThat(String.join("\n", postern.output())).contains("hostname");
      assertGoodIsServed();
    }
  }

  @Test
  void brokenEditKeepsTheLastGoodVersionOfThatFileOnly() {
    putGood();
    folder.put("edited.yaml", routeTo("edited", "edited.test", "one", 80));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertThat(RawHttp.get(port, "edited.test", "/").status()).isEqualTo(200);
      folder.put("edited.yaml", "apiVersion: [\n");
      assertThat(postern.awaitLine("edited.yaml", PATIENCE)).as(postern.toString()).isTrue();
      assertThat(RawHttp.get(port, "edited.test", "/").status()).isEqualTo(200);
      // Other files go on to change.
      new Change(port, "new.test", "/")
          .make(() -> folder.put("new.yaml", routeTo("new", "new.test", "one", 80)), 200, 404);
      assertThat(RawHttp.get(port, "edited.test", "/").status()).isEqualTo(200);
      new Change(port, "repaired.test", "/")
          .make(
              () -> folder.put("edited.yaml", routeTo("edited", "repaired.test", "one", 80)),
              200,
              404);
      new Change(port, "edited.test", "/").make(() -> {}, 404);
      new Change(port, "repaired.test", "/").make(() -> folder.delete("edited.yaml"), 404, 200);
    }
  }

  @Test
  void emptyFolderIsServedUntilSomethingComes() {
    try (PosternProcess postern = PosternProcess.started(folder)) {
      Awaitility.await("the admin endpoint answers")
          .atMost(START)
          .ignoreExceptions()
          .until(() -> postern.adminResponse("/ready").statusCode() > 0);
      assertThat(postern.alive()).as(postern.toString()).isTrue();
      putGood();
      Awaitility.await("what came is served")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> RawHttp.get(port, "good.test", "/").status() == 200);
      postern.assertNoStackTrace();
    }
  }

  @Test
  void folderThatDoesNotExistIsSaidAndEndsTheProgram() {
    ManifestFolder nowhere = new ManifestFolder(temp.resolve("gone"));
    nowhere.path().toFile().delete();
    try (PosternProcess postern = PosternProcess.started(nowhere)) {
      assertThat(postern.awaitExit(START)).isEqualTo(2);
      assertThat(postern.awaitLine(nowhere.path().toString(), PATIENCE)).isTrue();
      postern.assertNoStackTrace();
    }
  }

  @Test
  void portInUseIsSaidAndTheOtherListenersServe() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      folder.put(
          "good.yaml",
          Manifests.gatewayClass(),
          Manifests.gateway(
              Manifests.httpListener("taken", taken.getLocalPort()),
              Manifests.httpListener("http", port)),
          backend("one", server.port()),
          routeTo("good", "good.test", "one", 80));
      try (PosternProcess postern = PosternProcess.started(folder)) {
        assertThat(postern.awaitLine("" + taken.getLocalPort(), START))
            .as(postern.toString())
            .isTrue();
        Awaitility.await("the other listener serves")
            .atMost(START)
            .ignoreExceptions()
            .until(() -> RawHttp.get(port, "good.test", "/").status() == 200);
        assertThat(String.join("\n", postern.output())).containsIgnoringCase("in use");
        postern.assertNoStackTrace();
      }
    }
  }

  @Test
  void keysOfEveryKindAreTaken() throws Exception {
    Certificates rsa = Certificates.selfSigned("rsa.test");
    Certificates ec = Certificates.authority("EC").leafFor("ec.test");
    int tls = Ports.free();
    folder.put(
        "good.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(
            Manifests.httpListener("http", port),
            httpsListener("pkcs1", tls, "pkcs1.test", "pkcs1"),
            httpsListener("sec1", tls, "sec1.test", "sec1"),
            httpsListener("pkcs8", tls, "pkcs8.test", "pkcs8"),
            httpsListener("wrong", tls, "wrong.test", "wrong"),
            httpsListener("rubbish", tls, "rubbish.test", "rubbish"),
            httpsListener("noisy", tls, "noisy.test", "noisy")),
        backend("one", server.port()),
        routeTo("good", "", "one", 80),
        tlsSecret("infra", "pkcs1", rsa.chainPem(), traditional(rsa.keyPem())),
        tlsSecret("infra", "sec1", ec.chainPem(), traditional(ec.keyPem())),
        tlsSecret("infra", "pkcs8", rsa.chainPem(), rsa.keyPem()),
        tlsSecret("infra", "wrong", rsa.chainPem(), ec.keyPem()),
        tlsSecret("infra", "rubbish", "nothing\n", "nothing\n"),
        tlsSecret(
            "infra",
            "noisy",
            "Bag Attributes\n  friendlyName: x\n" + ec.chainPem() + "\ntrailing words\n",
            "Bag Attributes\n" + ec.keyPem()));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      for (String name : new String[] {"pkcs1", "sec1", "pkcs8", "noisy"}) {
        Certificates shown = name.startsWith("pkcs") ? rsa : ec;
        try (RawHttp client = RawHttp.connectTls(tls, name + ".test", shown.trustingContext())) {
          client.send(RawHttp.requestHead("GET", name + ".test", "/"));
          assertThat(client.response("GET").status()).as(name).isEqualTo(200);
        }
      }
      assertThat(postern.admin("/status")).contains("InvalidCertificateRef");
      for (String secret : new String[] {rsa.keyPem(), ec.keyPem(), traditional(rsa.keyPem())}) {
        String line = secret.lines().skip(1).findFirst().orElseThrow();
        assertThat(String.join("\n", postern.output())).doesNotContain(line);
        assertThat(postern.admin("/config_dump")).doesNotContain(line);
        assertThat(postern.admin("/status")).doesNotContain(line);
      }
      postern.assertNoStackTrace();
    }
  }

  /** The key the way old tools write it: PKCS#1 for RSA, SEC 1 for EC. */
  private String traditional(String pkcs8) throws Exception {
    Path file = temp.resolve("key.pem");
    Files.writeString(file, pkcs8);
    Process openssl =
        new ProcessBuilder("openssl", "pkey", "-traditional", "-in", file.toString()).start();
    String pem = new String(openssl.getInputStream().readAllBytes());
    assertThat(openssl.waitFor()).isZero();
    assertThat(pem).matches("(?s)-----BEGIN (RSA|EC) PRIVATE KEY-----.*");
    return pem;
  }

  @Test
  void objectsThatTheApiServerWouldRefuseAreRefusedHereToo() {
    putGood();
    folder.put(
        "refused.yaml",
        route("twice", "twice.test", "- matches:\n  - path: {type: Sideways, value: /}\n"),
        routeTo("bad-host", "bad_host!.test", "one", 80),
        routeTo("negative", "negative.test", "one", -5),
        route(
            NS,
            "relative",
            "",
            "relative.test",
            "- matches:\n  - path: {value: no-slash}\n  backendRefs:\n  - {name: one, port: 80}\n"),
        routeTo("in-the-same-file", "neighbour.test", "one", 80));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertGoodIsServed();
      assertThat(RawHttp.get(port, "neighbour.test", "/").status()).isEqualTo(200);
      assertThat(RawHttp.get(port, "twice.test", "/").status()).isIn(404, 500);
      assertThat(RawHttp.get(port, "relative.test", "/").status()).isIn(404, 500);
      assertThat(RawHttp.get(port, "negative.test", "/").status()).isIn(404, 500);
      assertThat(postern.awaitLine("refused.yaml", PATIENCE)).as(postern.toString()).isTrue();
      postern.assertNoStackTrace();
    }
  }

  @Test
  void listsAndSeveralDocumentsAndFoldersInFoldersAreRead() {
    folder.put(
        "list.yaml",
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Service
          metadata: {name: listed, namespace: default}
          spec:
            ports: [{name: web, port: 80}]
        """);
    folder.put(
        "deep/er/rest.yml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", port)),
        Manifests.slice(NS, "listed", "web", server.port()),
        routeTo("good", "good.test", "listed", 80));
    folder.put("README.md", "not a manifest: [");
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertGoodIsServed();
      assertThat(String.join("\n", postern.output())).doesNotContain("README.md");
      new Change(port, "late.test", "/")
          .make(
              () -> folder.put("new/folder/late.yaml", routeTo("late", "late.test", "listed", 80)),
              200,
              404);
      new Change(port, "late.test", "/")
          .make(() -> folder.delete("new/folder/late.yaml"), 404, 200);
    }
  }

  @Test
  void mountedConfigMapIsFollowedThroughItsSymbolicLinks() throws IOException {
    putGood();
    Path first = Files.createDirectories(folder.path().resolve("mount/..2026_one"));
    Files.writeString(first.resolve("route.yaml"), routeTo("mounted", "first.test", "one", 80));
    Path data = folder.path().resolve("mount/..data");
    Files.createSymbolicLink(data, Path.of("..2026_one"));
    Files.createSymbolicLink(
        folder.path().resolve("mount/route.yaml"), Path.of("..data/route.yaml"));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      assertThat(RawHttp.get(port, "first.test", "/").status())
          .as(postern.toString())
          .isEqualTo(200);
      Path second = Files.createDirectories(folder.path().resolve("mount/..2026_two"));
      Files.writeString(second.resolve("route.yaml"), routeTo("mounted", "second.test", "one", 80));
      new Change(port, "second.test", "/").make(() -> swap(data, "..2026_two"), 200, 404);
      assertThat(RawHttp.get(port, "first.test", "/").status()).isEqualTo(404);
    }
  }

  /** The way the kubelet does it. */
  private static void swap(Path link, String target) {
    try {
      Path fresh = link.resolveSibling("..data_tmp");
      Files.createSymbolicLink(fresh, Path.of(target));
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void editorsOfEveryHabitAreFollowed() {
    putGood();
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      folder.put("e.yaml", routeTo("e", "zero.test", "one", 80));
      for (int i = 0; i < 5; i++) {
        String inPlace = "in-place-" + i + ".test";
        new Change(port, inPlace, "/")
            .make(() -> folder.overwrite("e.yaml", routeTo("e", inPlace, "one", 80)), 200, 404);
        String renamed = "renamed-" + i + ".test";
        new Change(port, renamed, "/")
            .make(() -> folder.put("e.yaml", routeTo("e", renamed, "one", 80)), 200, 404);
        String again = "again-" + i + ".test";
        new Change(port, again, "/")
            .make(
                () -> folder.delete("e.yaml").put("e.yaml", routeTo("e", again, "one", 80)),
                200,
                404);
      }
      assertGoodIsServed();
      postern.assertNoStackTrace();
    }
  }
}
