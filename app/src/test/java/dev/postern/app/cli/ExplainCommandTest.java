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
  void aPathIsComparedAsTheProxyDoesOnceItsDotsAreResolved() {
    assertThat(explain("--path", "/bad/%2e%2E/good/./x", "--header", "x-a=1,2")).isZero();
    assertThat(out()).contains("rule 0, match 0");
    out.reset();
    assertThat(explain("--path", "/good/../..", "--header", "x-a=1,2")).isEqualTo(1);
    assertThat(out()).contains("the path climbs above the root: 400").doesNotContain("rule");
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

  @Test
  void noBackendWithAWeightIsNoBackend() throws IOException {
    write(
        """
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          rules: [{backendRefs: [{name: web, port: 80, weight: 0}]}]
        """);
    assertThat(explain()).isEqualTo(1);
    assertThat(out()).contains("gets 500: no backend has a weight over 0");
    assertThat(explain("--path", "/")).isEqualTo(1);
  }

  @Test
  void whatNobodyLetsInIsNotReached() throws IOException {
    write(
        """
        kind: Gateway
        metadata: {name: parameters}
        spec:
          gatewayClassName: postern
          infrastructure: {parametersRef: {group: x.example.com, kind: X, name: x}}
          listeners: [{name: http, protocol: HTTP, port: 8081}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: tls}
        spec:
          gatewayClassName: postern
          listeners:
            - {name: https, protocol: HTTPS, port: 8443, tls: {certificateRefs: [{name: gone}]}}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: parameters}, {name: tls}]
          rules:
            - backendRefs: [{name: web, port: 80}]
            - matches: [{path: {type: RegularExpression, value: "(?!x)"}}]
              backendRefs: [{name: web, port: 80}]
        """);
    assertThat(explain()).isEqualTo(1);
    assertThat(out())
        .contains(
            "not served: Gateway default/parameters: parametersRef names X",
            "not served: listener https of Gateway default/tls: Secret default/gone",
            "rule 1  (",
            "not served: left out, as it cannot be followed")
        .doesNotContain("no backend");
  }

  @Test
  void connectionsAreClosedAndGetNoStatus() throws IOException {
    write(
        """
        kind: Gateway
        metadata: {name: bytes}
        spec:
          gatewayClassName: postern
          listeners:
            - {name: tcp, protocol: TCP, port: 9000}
            - {name: none, protocol: TCP, port: 9001}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: TCPRoute
        metadata: {name: first}
        spec:
          parentRefs: [{name: bytes, sectionName: tcp}]
          rules: [{backendRefs: [{name: gone, port: 80}]}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: TCPRoute
        metadata: {name: second}
        spec:
          parentRefs: [{name: bytes, sectionName: tcp}]
          rules: [{backendRefs: [{name: web, port: 80}]}]
        """);
    assertThat(explain()).isEqualTo(1);
    assertThat(out())
        .contains(
            "its connections are closed: backendRef Service default/gone does not exist",
            "not served: listener tcp belongs to TCPRoute default/first",
            "nobody is there to answer\n")
        .doesNotContain("500");
    out.reset();
    assertThat(explain("--host", "x")).isEqualTo(1);
    assertThat(out()).contains("no route takes the connection: it is closed");
  }

  @Test
  void aHostOfNoListenerIsNotAGatewayThatIsMissing() throws IOException {
    Files.writeString(
        folder.resolve("web.yaml"),
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: postern}
        spec: {controllerName: postern.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: tls}
        spec:
          gatewayClassName: postern
          listeners:
            - name: tls
              protocol: TLS
              port: 8443
              hostname: a.example.com
              tls: {mode: Passthrough}
        """);
    assertThat(explain("--host", "b.example.com")).isEqualTo(1);
    assertThat(out())
        .isEqualTo(
            "Gateway default/tls, on 0.0.0.0:8443\n"
                + "  no listener takes the host: the connection is closed\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("there is no route");
  }

  @Test
  void whoIsNotThereAndWhoGetsNoCopiesIsSaid() throws IOException {
    write(
        """
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          rules:
            - filters:
                - type: RequestMirror
                  requestMirror: {backendRef: {name: gone, port: 80}}
              backendRefs: [{name: web, port: 80}]
        """);
    assertThat(explain()).isZero();
    assertThat(out())
        .contains(
            "requests to Service gone:80: left out, as it cannot be reached",
            "note: no EndpointSlice has a ready endpoint for it, so that nobody is there to answer (503)");
  }

  @Test
  void theSessionOfTheRuleGoesBeforeThatOfAPolicy() throws IOException {
    write(
        """
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          rules:
            - sessionPersistence: {sessionName: own}
              backendRefs: [{name: web, port: 80}]
            - backendRefs: [{name: other, port: 80}, {name: web, port: 80}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: other}
        spec: {ports: [{port: 80}]}
        ---
        apiVersion: gateway.networking.x-k8s.io/v1alpha1
        kind: XBackendTrafficPolicy
        metadata: {name: of-web}
        spec:
          targetRefs: [{group: "", kind: Service, name: web}]
          sessionPersistence: {sessionName: w}
        ---
        apiVersion: gateway.networking.x-k8s.io/v1alpha1
        kind: XBackendTrafficPolicy
        metadata: {name: of-other}
        spec:
          targetRefs: [{group: "", kind: Service, name: other}]
          sessionPersistence: {sessionName: o}
        """);
    explain();
    assertThat(out())
        .containsSubsequence(
            "rule 0",
            "HTTPRoute default/web spec.rules[0].sessionPersistence: cookie own",
            "overruled: XBackendTrafficPolicy default/of-web spec.sessionPersistence: cookie w",
            "rule 1",
            "Service default/other:80",
            "XBackendTrafficPolicy default/of-other spec.sessionPersistence: cookie o",
            "Service default/web:80",
            "XBackendTrafficPolicy default/of-other spec.sessionPersistence: cookie o",
            "overruled: XBackendTrafficPolicy default/of-web spec.sessionPersistence: cookie w");
  }

  @Test
  void whatTenantsWriteSendsTheTerminalNoCommands() throws IOException {
    write(
        """
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          rules:
            - sessionPersistence: {sessionName: s}
              filters:
                - type: URLRewrite
                  urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: "/\\e[2J\\nGateway x"}}
              backendRefs: [{name: web, port: 80}]
        """);
    explain();
    assertThat(out()).contains("rewrites path to /?[2J?Gateway x");
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
