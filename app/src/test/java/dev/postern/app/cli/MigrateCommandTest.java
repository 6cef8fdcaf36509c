package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.postern.app.certificate.CertificatePem;
import dev.postern.app.demo.SelfSigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateCommandTest {
  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: shop
        annotations: {%s}
      spec:
        rules:
        - host: shop.example.com
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 8080}}}}
      """;

  @TempDir Path folder;
  private final RecordedTerminal terminal = new RecordedTerminal();

  private int migrate(String annotations, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("in.yaml"), INGRESS.formatted(annotations));
    var words = new ArrayList<>(List.of("migrate", file.toString()));
    words.addAll(List.of(more));
    return terminal.execute(words);
  }

  @Test
  void exitCodesSayTheWorstThatHappened() throws IOException {
    assertThat(migrate("")).isZero();
    assertThat(terminal.out()).doesNotContain("there is no Ingress");
    assertThat(migrate("nginx.ingress.kubernetes.io/service-upstream: 'true'")).isEqualTo(1);
    assertThat(migrate("nginx.ingress.kubernetes.io/proxy-body-size: 1m")).isEqualTo(2);
  }

  @Test
  void whatWasAskedWronglyIsExitCodeThree() throws IOException {
    assertThat(migrate("", "--target", "haproxy")).isEqualTo(3);
    assertThat(terminal.err()).contains("takes postern, standard, envoy-gateway");
    assertThat(migrate("", "-")).isEqualTo(3);
    assertThat(terminal.err()).contains("- stands alone");
    assertThat(migrate("", "--no-such-option")).isEqualTo(3);
    assertThat(migrate("", folder.resolve("nowhere").toString())).isEqualTo(3);
  }

  @Test
  void aBackendThatCannotBeReachedIsSaidAndChangesNothing() throws IOException {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    String slice =
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
        addressType: IPv4
        endpoints: [{addresses: [127.0.0.1]}]
        ports: [{port: %d}]
        """
            .formatted(port);
    Files.writeString(folder.resolve("slice.yaml"), slice);
    int without = migrate("nginx.ingress.kubernetes.io/backend-protocol: HTTPS");
    int with =
        migrate(
            "nginx.ingress.kubernetes.io/backend-protocol: HTTPS",
            folder.resolve("slice.yaml").toString(),
            "--probe");
    assertThat(with).isEqualTo(without);
    assertThat(terminal.out()).contains("default/shop:8080 127.0.0.1:" + port + " was not reached");
  }

  @Test
  void thePageEscapesWhatAnIngressSays() throws IOException {
    Path page = folder.resolve("report.html");
    migrate(
        "nginx.ingress.kubernetes.io/x: '<script>alert(1)</script>'", "--report", page.toString());
    assertThat(Files.readString(page))
        .contains("\\u003cscript>alert(1)\\u003c/script>", "not possible")
        .doesNotContain("<script>alert", "</script>\"");
  }

  @Test
  void thePageSaysOnceWhatIsTheSameInManyPlaces() throws IOException {
    Path page = folder.resolve("report.html");
    String annotation = "nginx.ingress.kubernetes.io/proxy-body-size: 1m";
    Path second =
        Files.writeString(
            folder.resolve("second.yaml"),
            INGRESS
                .formatted(annotation)
                .replaceFirst("name: \\S+", "name: second")
                .replace("shop.example.com", "second.example.com"));
    migrate(annotation, second.toString(), "--report", page.toString());
    assertThat(Files.readString(page)).containsOnlyOnce("<code>proxy-body-size</code>");
  }

  @Test
  void manifestsGoIntoTheFolder() throws IOException {
    Path manifests = folder.resolve("out");
    migrate("nginx.ingress.kubernetes.io/backend-protocol: HTTPS", "--out", manifests.toString());
    assertThat(manifests.resolve("manifests.yaml"))
        .content()
        .contains("kind: Gateway", "kind: HTTPRoute", "insecureSkipVerify: All");
  }

  @Test
  void theControllersConfigMapIsTheOneThatIsNamed() throws IOException {
    assertThat(migrate("", "--controller-configmap", "ingress-nginx/mine")).isEqualTo(2);
    assertThat(terminal.out()).contains("ConfigMap ingress-nginx/mine is not in the input");
    Files.writeString(
        folder.resolve("config.yaml"),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: mine, namespace: ingress-nginx}
        data: {proxy-body-size: 8m}
        """);
    assertThat(
            migrate(
                "",
                folder.resolve("config.yaml").toString(),
                "--controller-configmap",
                "ingress-nginx/mine"))
        .isEqualTo(2);
    assertThat(terminal.out()).contains("(at 1 path)");
  }

  private static final String CLUSTER =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: nginx, uid: "1"}
        spec: {controller: k8s.io/ingress-nginx}
      - apiVersion: v1
        kind: Service
        metadata: {name: shop, namespace: default, uid: "2", resourceVersion: "3"}
        spec: {clusterIP: 10.96.0.8, ports: [{name: web, port: 8080}]}
      - apiVersion: v1
        kind: Service
        metadata: {name: grpc, namespace: default, uid: "4", resourceVersion: "5"}
        spec: {clusterIP: 10.96.0.9, ports: [{name: web, port: 80}]}
      - apiVersion: v1
        kind: Secret
        metadata: {name: site, namespace: default}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s}
      - apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          namespace: default
          annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS}
        spec:
          ingressClassName: nginx
          tls: [{hosts: [shop.example.com], secretName: site}]
          rules:
          - host: shop.example.com
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 8080}}}}
      - apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: istio}
        spec: {controllerName: istio.io/gateway-controller}
      - apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: broken, namespace: default}
        spec: {parentRefs: [{name: nginx}], rules: [{backendRefs: [{name: gone, port: 80}]}]}
      - apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: grpc
          namespace: default
          annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}
        spec:
          ingressClassName: nginx
          rules:
          - host: grpc.example.com
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: grpc, port: {name: web}}}}
      """;

  @Test
  void whatIsWrittenIsWellWhenItIsCheckedWithWhatTheClusterHas() throws IOException {
    SelfSigned certificate = SelfSigned.forDnsName("shop.example.com", Duration.ofDays(1));
    String key = Base64.getMimeEncoder().encodeToString(certificate.key().getEncoded());
    Path cluster =
        Files.writeString(
            folder.resolve("cluster.yaml"),
            CLUSTER.formatted(
                base64(CertificatePem.of(certificate.certificate())),
                base64("-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n")));
    Path manifests = folder.resolve("out");
    assertThat(
            terminal.execute(List.of("migrate", cluster.toString(), "--out", manifests.toString())))
        .isEqualTo(1);
    assertThat(manifests.resolve("manifests.yaml"))
        .content()
        .contains("kubernetes.io/h2c")
        .doesNotContain("uid", "resourceVersion", "10.96");
    int code =
        terminal.execute(
            List.of("check", manifests.toString(), "--with", cluster.toString(), "--quiet"));
    assertThat(code).as(terminal.out()).isZero();
    assertThat(terminal.execute(List.of("check", manifests.toString()))).isEqualTo(1);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatCannotBeReadIsSaidInWords() {
    assertThat(terminal.execute(List.of("migrate", "/nope"))).isEqualTo(3);
    assertThat(terminal.err()).contains("there is no file or folder /nope").doesNotContain("java");
  }

  /**
   * As `check` does. A pipe and a folder behind a link were read as nothing at all, exit code 0.
   */
  @Test
  void whatCheckReadsIsRead() throws Exception {
    Path real = Files.createDirectories(folder.resolve("..2026/sub"));
    Files.writeString(real.resolve("in.yaml"), INGRESS.formatted(""));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertThat(rowsOf(link)).isEqualTo(1);
    Path mount = Files.createDirectories(folder.resolve("mount"));
    Files.createSymbolicLink(mount.resolve("..data"), real);
    Files.createSymbolicLink(mount.resolve("in.yaml"), Path.of("..data/in.yaml"));
    Files.createSymbolicLink(mount.resolve("again"), mount);
    assertThat(rowsOf(mount)).isEqualTo(1);
    Path outer = Files.createDirectories(folder.resolve("outer"));
    Files.createSymbolicLink(outer.resolve("below"), real);
    assertThat(rowsOf(outer)).isEqualTo(1);
    Path pipe = folder.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Thread writer = Thread.startVirtualThread(() -> write(pipe, INGRESS.formatted("")));
    assertThat(rowsOf(pipe)).isEqualTo(1);
    writer.join();
  }

  private long rowsOf(Path path) {
    var recorded = new RecordedTerminal();
    assertThat(recorded.execute(List.of("migrate", path.toString()))).isZero();
    return recorded.out().lines().filter(line -> line.endsWith(":11")).count();
  }

  private static void write(Path pipe, String text) {
    try {
      Files.writeString(pipe, text, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatTenantsWriteSendsTheTerminalNoCommands() throws IOException {
    String hostile =
        INGRESS
            .formatted(
                "\"nginx.ingress.kubernetes.io/server-snippet\": \"\\e[2Jreturn 1;\\u009b2J\","
                    + " \"nginx.ingress.kubernetes.io/\\e]0;x\\a\": \"y\"")
            .replace("name: shop\n", "name: \"sh\\e[31mop\"\n")
            .replace("path: /,", "path: \"/\\e[32m\",");
    Path input = Files.writeString(folder.resolve("in.yaml"), hostile);
    assertThat(terminal.execute(List.of("migrate", input.toString()))).isEqualTo(2);
    assertThat(terminal.out()).contains("return 1").doesNotContainPattern("[\\p{Cc}&&[^\\n]]");
  }

  @Test
  void linesInTheMessageOfABrokenDocumentAreThoseOfTheFile() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("in.yaml"),
            "apiVersion: v1\nkind: Secret\n---\nkind: Secret\na: 1\na: 2\n");
    assertThat(terminal.execute(List.of("migrate", input.toString()))).isEqualTo(2);
    assertThat(terminal.out()).contains("in.yaml:6", "'a' is here twice; line 5 has it too");
  }

  @Test
  void anInputWithoutAnIngressIsSaidToBeSo() throws IOException {
    Path input = Files.writeString(folder.resolve("in.yaml"), "apiVersion: v1\nkind: Service\n");
    assertThat(terminal.execute(List.of("migrate", input.toString()))).isZero();
    assertThat(terminal.out()).contains("there is no Ingress");
  }

  @Test
  void whatIsNotUtf8IsNotGuessedAt() throws IOException {
    Path input = folder.resolve("in.yaml");
    String text = INGRESS.formatted("").replace("name: shop\n", "name: sh\u00f6p\n");
    Files.writeString(input, text, StandardCharsets.ISO_8859_1);
    assertThat(terminal.execute(List.of("migrate", input.toString()))).isEqualTo(2);
    assertThat(terminal.out()).contains("in.yaml", "not UTF-8");
  }

  @Test
  void anOutThatIsAFileIsSaidInWords() throws IOException {
    Path file = Files.writeString(folder.resolve("afile"), "");
    Path input = Files.writeString(folder.resolve("in.yaml"), "");
    assertThat(terminal.execute(List.of("migrate", input.toString(), "--out", file.toString())))
        .isEqualTo(3);
    assertThat(terminal.err()).contains("afile is there already, and is no folder");
    String below = file.resolve("below").toString();
    assertThat(terminal.execute(List.of("migrate", input.toString(), "--out", below))).isEqualTo(3);
    assertThat(terminal.err()).contains(below + ": Not a directory");
  }

  @Test
  void whatIsThereBesidesIsNotJudged() throws IOException {
    Path own =
        Files.writeString(
            folder.resolve("own.yaml"),
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: postern}
            spec: {controllerName: postern.dev/gateway-controller}
            """);
    Path cluster =
        Files.writeString(
            folder.resolve("cluster.yaml"),
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: istio}
            spec: {controllerName: istio.io/gateway-controller}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: broken, namespace: default}
            spec: {parentRefs: [{name: g}], rules: [{matches: [{path: {value: no-slash}}]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g, namespace: default}
            spec: {gatewayClassName: postern, listeners: [{name: a, port: 80, protocol: HTTP}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: lost, namespace: default}
            spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: bare, port: 80}]}, {backendRefs: [{name: gone, port: 80}]}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: bare, namespace: default}
            spec: {clusterIP: 10.0.0.1, selector: {a: b}, ports: [{port: 80}]}
            """);
    int code =
        terminal.execute(
            List.of("check", own.toString(), "--with", cluster.toString(), "--strict"));
    assertThat(code).as(terminal.out()).isZero();
    assertThat(terminal.out())
        .contains("GatewayClass postern")
        .doesNotContain("istio", "default/lost", "default/bare", "default/g ");
  }

  @Test
  void whereSomethingIsTheSameStandsInNarrowTablesToo() throws IOException {
    migrate("nginx.ingress.kubernetes.io/custom-http-errors: ''");
    assertThat(terminal.out()).contains("in.yaml:5");
  }

  /** The time has room for a slow machine; a new one takes a tenth of it. */
  @Test
  void tenThousandIngressesTakeSecondsAndLessThanAGigabyte() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      all.append(
          INGRESS
              .formatted("nginx.ingress.kubernetes.io/backend-protocol: HTTPS")
              .replace("shop", "shop" + i)
              .replace(
                  "  rules:",
                  "  tls: [{hosts: [shop" + i + ".example.com], secretName: c}]\n  rules:"));
      all.append("---\n");
    }
    Path file = Files.writeString(folder.resolve("many.yaml"), all);
    Path manifests = folder.resolve("many");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx800m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.postern.app.Main",
                "migrate",
                file.toString(),
                "--out",
                manifests.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("many.txt").toFile())
            .start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(manifests.resolve("manifests.yaml")).content().contains("kind: ListenerSet");
  }
}
