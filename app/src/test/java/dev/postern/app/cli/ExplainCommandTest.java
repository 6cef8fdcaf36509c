package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.report.Style;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  private static final String MANIFEST =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: postern}
      spec: {controllerName: postern.dev/gateway-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: http}
      spec: {gatewayClassName: postern, listeners: [{name: http, protocol: HTTP, port: 8080}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: web}
      spec:
        parentRefs: [{name: http}]
        rules:
          - matches: [{path: {value: /good}, headers: [{name: X-A, value: "1,2"}]}]
            backendRefs: [{name: web, port: 80}]
          - matches: [{path: {value: /bad}}]
            backendRefs: [{name: web, port: 81}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        ports:
          - {name: grpc, port: 80, appProtocol: http}
          - {name: db, port: 81, appProtocol: mysql}
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("web.yaml"), MANIFEST);
  }

  private int explain(String... options) {
    List<String> words = new ArrayList<>(List.of("explain", folder.toString()));
    words.addAll(List.of(options));
    return Cli.execute(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Optional.of(Style.PLAIN)),
        words);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aRequestIsExplainedWithWhoDecidedAndWhoWasOverruled() {
    assertThat(explain("--path", "/good/x", "--header", "x-a=1", "--header", "X-A=2")).isZero();
    assertThat(out())
        .startsWith(
            "Gateway default/http, listener http, on 0.0.0.0:8080\n"
                + "  HTTPRoute default/web, rule 0, match 0  (")
        .contains(
            "Service default/web:80, weight 1, cluster kube_default_web_80",
            "protocol              HTTP/1.1                      Service default/web"
                + " spec.ports[0].appProtocol: http\n",
            "overruled: Service default/web spec.ports[0].name: grpc\n");
  }

  @Test
  void whatGetsNowhereIsAFailureThatSaysWhy() {
    assertThat(explain()).isEqualTo(1);
    assertThat(out()).contains("gets 500: ", "which is not HTTP");
    out.reset();
    assertThat(explain("--path", "/nowhere")).isEqualTo(1);
    assertThat(out()).contains("no route takes the request: 404");
  }

  @Test
  void programsGetTheSameAsJson() {
    assertThat(explain("--path", "/bad", "-o", "json")).isEqualTo(1);
    assertThat(out())
        .startsWith("{\n  \"reached\": false,")
        .contains("\"answer\": \"not supported\"", "\"field\": \"spec.ports[1].appProtocol\"");
  }

  @Test
  void whereNothingIsServedItIsSaidWhatIsMissing(@TempDir Path empty) {
    var terminal = new RecordedTerminal();
    assertThat(terminal.execute(List.of("explain", empty.toString()))).isEqualTo(1);
    assertThat(terminal.out()).isEqualTo("nothing is served\n");
    assertThat(terminal.err()).contains("no route", "postern check");
  }

  @Test
  void theHostMayBeSaidAsAHeaderAndCookiesAreJoinedAsCookies() throws IOException {
    write(
        """
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          hostnames: [a.example.com]
          rules:
            - matches: [{headers: [{name: Cookie, value: "a=1; b=2"}]}]
              backendRefs: [{name: web, port: 80}]
        """);
    String[] cookies = {"--header", "cookie=a=1", "--header", "Cookie=b=2"};
    assertThat(explain("--header", "Host=a.example.com")).isEqualTo(1);
    assertThat(explain(with(cookies, "--header", "Host=a.example.com:8080"))).isZero();
    assertThat(explain(with(cookies, "--header", "Host=a.example.com", "--host", "b")))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the host is said twice");
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  /** Puts other routes in the place of the route, and other Gateways beside the Gateway. */
  private void write(String manifest) throws IOException {
    String route = MANIFEST.substring(MANIFEST.indexOf("kind: HTTPRoute"));
    String rest = MANIFEST.replace(route.substring(0, route.indexOf("---")), "PLACE");
    Files.writeString(folder.resolve("web.yaml"), rest.replace("PLACE", manifest));
  }

  @Test
  void misuseIsNamed() {
    assertThat(explain("--header", "x")).isEqualTo(2);
    assertThat(explain("--path", "x")).isEqualTo(2);
    assertThat(explain("-o", "table")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--header takes NAME=VALUE", "--path begins with a slash", "text, json or yaml");
  }
}
