package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Change;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which request goes where, by everything that an HTTPRoute can say. */
class RoutingIT {
  @TempDir static Path temp;

  private static HttpBackend a;
  private static HttpBackend b;
  private static HttpBackend c;
  private static ManifestFolder folder;
  private static PosternProcess postern;
  private static int port;
  private static int hostPort;

  @BeforeAll
  static void start() {
    port = Ports.free();
    hostPort = Ports.free();
    a = HttpBackend.echo("a");
    b = HttpBackend.echo("b");
    c = HttpBackend.echo("c");
    folder = new ManifestFolder(temp);
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(
            Manifests.httpListener("http", port),
            Manifests.httpListener("wild", hostPort, "*.wild.example"),
            Manifests.httpListener("exact", hostPort, "exact.wild.example")));
    folder.put(
        "backends.yaml", backend("a", a.port()), backend("b", b.port()), backend("c", c.port()));
    hostnames();
    paths();
    otherMatches();
    precedence();
    weights();
    filters();
    badBackends();
    listenerHostnames();
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    a.close();
    b.close();
    c.close();
  }

  private static String to(String backend) {
    return "  backendRefs:\n  - name: %s\n    port: 80\n".formatted(backend);
  }

  private static String rule(String match, String backend) {
    return "- matches:\n  - " + match + "\n" + to(backend);
  }

  private static void hostnames() {
    folder.put(
        "hostnames.yaml",
        routeTo("exact", "one.host.names", "a", 80),
        routeTo("wild", "*.host.names", "b", 80),
        routeTo("wilder", "*.names", "c", 80));
  }

  @ParameterizedTest
  @CsvSource({
    "one.host.names, a",
    "ONE.Host.Names, a",
    "one.host.names:1234, a",
    "two.host.names, b",
    "x.two.host.names, b",
    "host.names, c",
    "nobody.names, c",
  })
  void mostSpecificHostnameWins(String host, String backend) {
    assertGoesTo(backend, RawHttp.get(port, host, "/"));
  }

  @ParameterizedTest
  @CsvSource({"unknown.example", "names", "localhost"})
  void hostThatNoRouteWantsGets404(String host) {
    RawResponse response = RawHttp.get(port, host, "/");
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.text()).isEmpty();
  }

  private static void paths() {
    folder.put(
        "paths.yaml",
        route(
            "paths",
            "paths.test",
            rule("path: {type: PathPrefix, value: /}", "a")
                + rule("path: {type: PathPrefix, value: /one}", "b")
                + rule("path: {type: PathPrefix, value: /one/two/}", "c")
                + rule("path: {type: Exact, value: /one/two/three}", "a")
                + rule("path: {type: Exact, value: /exact}", "b")),
        route("only-prefix", "prefix.test", rule("path: {type: PathPrefix, value: /only}", "a")),
        route(
            "regex",
            "regex.test",
            rule("path: {type: RegularExpression, value: \"/item/[0-9]+\"}", "a")));
  }

  @ParameterizedTest
  @CsvSource({
    "/, a",
    "/on, a",
    "/one, b",
    "/one?x=/one/two, b",
    "/one/, b",
    "/one/more, b",
    "/onemore, a",
    "/one/two, c",
    "/one/two/, c",
    "/one/two/four, c",
    "/one/twofold, b",
    "/one/two/three, a",
    "/one/two/three/, c",
    "/exact, b",
    "/exact?q, b",
    "/exact/, a",
    "/ONE, a",
  })
  void exactPathThenLongestPrefixWins(String path, String backend) {
    assertGoesTo(backend, RawHttp.get(port, "paths.test", path));
  }

  @ParameterizedTest
  @CsvSource({"/only, 200", "/only/x, 200", "/onlyx, 404", "/, 404"})
  void pathOutsideThePrefixGets404(String path, int status) {
    assertThat(RawHttp.get(port, "prefix.test", path).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"/item/7, 200", "/item/77?x, 200", "/item/, 404", "/item/7/x, 404", "/x/item/7, 404"})
  void regularExpressionMatchesTheWholePath(String path, int status) {
    assertThat(RawHttp.get(port, "regex.test", path).status()).isEqualTo(status);
  }

  private static void otherMatches() {
    folder.put(
        "matches.yaml",
        route(
            "matches",
            "matches.test",
            rule("headers: [{name: X-Color, value: red}]", "a")
                + rule("headers: [{name: x-color, value: \"gr.+n\", type: RegularExpression}]", "b")
                + rule("queryParams: [{name: shade, value: dark}]", "b")
                + rule("method: DELETE", "c")
                + rule("path: {value: /and}\n    method: PUT", "c")));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, x-color: red, a",
    "GET, /, X-COLOR: red, a",
    "GET, /, X-Color: Red, -",
    "GET, /, X-Color: reddish, -",
    "GET, /, x-color: green, b",
    "GET, /, x-color: gn, -",
    "GET, /?shade=dark, x: y, b",
    "GET, /?x=1&shade=dark&y, x: y, b",
    "GET, /?shade=darker, x: y, -",
    "GET, /?Shade=dark, x: y, -",
    "GET, /?shade=light&shade=dark, x: y, -",
    "DELETE, /, x: y, c",
    "GET, /, x: y, -",
    "PUT, /and, x: y, c",
    "PUT, /or, x: y, -",
    "POST, /and, x: y, -",
  })
  void headersQueryAndMethodMatch(String method, String path, String header, String backend) {
    RawResponse response = RawHttp.request(port, method, "matches.test", path, header);
    if (backend.equals("-")) {
      assertThat(response.status()).isEqualTo(404);
    } else {
      assertGoesTo(backend, response);
    }
  }

  private static void precedence() {
    folder.put(
        "precedence.yaml",
        route(
            "precedence",
            "precedence.test",
            rule("headers: [{name: h1, value: x}]", "a")
                + rule("headers: [{name: h1, value: x}, {name: h2, value: x}]", "b")
                + rule("method: POST", "c")
                + rule("queryParams: [{name: q, value: x}]", "c")
                + rule("path: {value: /long}", "c")
                + "- matches:\n  - path: {value: /or1}\n  - path: {value: /or2}\n"
                + to("b")),
        route("same-a", "same.test", rule("path: {value: /}", "a")),
        route("same-b", "same.test", rule("path: {value: /}", "b")),
        route("old", "aged.test", rule("path: {value: /}", "a"))
            .replace("metadata:\n", "metadata:\n  creationTimestamp: \"2020-01-01T00:00:00Z\"\n"),
        route("older", "aged.test", rule("path: {value: /}", "b"))
            .replace("metadata:\n", "metadata:\n  creationTimestamp: \"2019-01-01T00:00:00Z\"\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, h1: x, a",
    "GET, /, 'h1: x|h2: x', b",
    "POST, /, 'h1: x|h2: x', c",
    "GET, '/?q=x', h1: x, a",
    "GET, '/?q=x', h9: x, c",
    "GET, '/long', 'h1: x|h2: x', c",
    "GET, '/or1', h9: x, b",
    "GET, '/or2/x', h9: x, b",
  })
  void pathThenMethodThenHeadersThenQueryDecide(
      String method, String path, String fields, String backend) {
    assertGoesTo(
        backend, RawHttp.request(port, method, "precedence.test", path, fields.split("\\|")));
  }

  @Test
  void ofEqualRoutesTheOlderAndThenTheFirstNameWins() {
    assertGoesTo("a", RawHttp.get(port, "same.test", "/"));
    assertGoesTo("b", RawHttp.get(port, "aged.test", "/"));
  }

  private static void weights() {
    folder.put(
        "weights.yaml",
        route(
            "weights",
            "weights.test",
            """
            - backendRefs:
              - {name: a, port: 80, weight: 1}
              - {name: b, port: 80, weight: 3}
              - {name: c, port: 80, weight: 0}
            """),
        route(
            "half",
            "half.test",
            """
            - backendRefs:
              - {name: a, port: 80}
              - {name: nothing, port: 80}
            """),
        route("zero", "zero.test", "- backendRefs:\n  - {name: a, port: 80, weight: 0}\n"));
  }

  @Test
  void weightsShareTheRequests() {
    Map<String, Integer> counts = counts("weights.test", 800);
    assertThat(counts).containsOnlyKeys("a", "b");
    // Five standard deviations of a fair choice.
    assertThat(counts.get("a")).isBetween(200 - 62, 200 + 62);
  }

  @Test
  void invalidBackendGetsItsShareAsStatus500() {
    Map<String, Integer> counts = counts("half.test", 200);
    assertThat(counts).containsOnlyKeys("a", "500");
    assertThat(counts.get("a")).isBetween(65, 135);
  }

  @Test
  void backendsWithoutWeightAltogetherGet500() {
    assertThat(RawHttp.get(port, "zero.test", "/").status()).isEqualTo(500);
  }

  private static Map<String, Integer> counts(String host, int requests) {
    Map<String, Integer> counts = new TreeMap<>();
    try (RawHttp client = RawHttp.connect(port)) {
      for (int i = 0; i < requests; i++) {
        client.send(RawHttp.requestHead("GET", host, "/"));
        RawResponse response = client.response("GET");
        String who = response.status() == 200 ? response.value("backend") : "" + response.status();
        counts.merge(who, 1, Integer::sum);
      }
    }
    return counts;
  }

  private static void filters() {
    folder.put(
        "filters.yaml",
        route(
            "filters",
            "filters.test",
            """
            - filters:
              - type: RequestHeaderModifier
                requestHeaderModifier:
                  set: [{name: X-Set, value: new}]
                  add: [{name: X-Add, value: more}]
                  remove: [X-Remove]
              - type: ResponseHeaderModifier
                responseHeaderModifier:
                  set: [{name: Backend, value: hidden}]
                  add: [{name: X-Extra, value: yes-sir}]
                  remove: [Content-Type]
              backendRefs:
              - name: a
                port: 80
            """),
        route(
            "backend-filters",
            "backend-filters.test",
            """
            - backendRefs:
              - name: a
                port: 80
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier:
                    add: [{name: X-Backend, value: of-a}]
            """),
        route(
            "unsupported",
            "unsupported.test",
            """
            - filters:
              - type: ExtensionRef
                extensionRef: {group: example.com, kind: Magic, name: wand}
              backendRefs:
              - name: a
                port: 80
            """));
  }

  @Test
  void headerFiltersSetAddAndRemove() {
    RawResponse response =
        RawHttp.get(
            port,
            "filters.test",
            "/",
            "x-set: old",
            "X-SET: older",
            "x-add: one",
            "x-remove: gone");
    assertThat(response.status()).isEqualTo(200);
    Exchange seen = a.lastExchange();
    assertThat(seen.values("x-set")).containsExactly("new");
    assertThat(String.join(",", seen.values("x-add")).replace(" ", "")).isEqualTo("one,more");
    assertThat(seen.values("x-remove")).isEmpty();
    assertThat(response.values("backend")).containsExactly("hidden");
    assertThat(response.values("x-extra")).containsExactly("yes-sir");
    assertThat(response.values("content-type")).isEmpty();
  }

  @Test
  void backendFiltersApplyToTheirBackendOnly() {
    RawHttp.get(port, "backend-filters.test", "/");
    assertThat(a.lastExchange().value("x-backend")).isEqualTo("of-a");
    RawHttp.get(port, "paths.test", "/");
    assertThat(a.lastExchange().values("x-backend")).isEmpty();
  }

  @Test
  void filterThatIsNotUnderstoodIsNeverIgnored() {
    assertThat(RawHttp.get(port, "unsupported.test", "/").status()).isIn(404, 500);
  }

  private static void badBackends() {
    folder.put(
        "bad.yaml",
        service(NS, "lonely", "web:80"),
        slice(NS, "lonely", "web", Ports.free(), new String[0]),
        service(NS, "sliceless", "web:80"),
        service(NS, "dead", "web:80"),
        slice(NS, "dead", "web", Ports.free()),
        slice(NS, "unready", "web", a.port()).replace("ready: true", "ready: false"),
        service(NS, "unready", "web:80"),
        routeTo("lonely", "lonely.bad.test", "lonely", 80),
        routeTo("sliceless", "sliceless.bad.test", "sliceless", 80),
        routeTo("dead", "dead.bad.test", "dead", 80),
        routeTo("unready", "unready.bad.test", "unready", 80),
        routeTo("no-service", "no-service.bad.test", "nothing", 80),
        routeTo("no-port", "no-port.bad.test", "a", 81),
        route("port-missing", "port-missing.bad.test", "- backendRefs:\n  - name: a\n"),
        route("no-backends", "no-backends.bad.test", "- matches:\n  - path: {value: /}\n"),
        route(
            "kind",
            "kind.bad.test",
            "- backendRefs:\n  - {name: a, port: 80, kind: Pod, group: example.com}\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "lonely, 503",
    "sliceless, 503",
    "dead, 503",
    "unready, 503",
    "no-service, 500",
    "no-port, 500",
    "kind, 500",
    "no-backends, 500",
  })
  void backendThatCannotServeGetsTheRightStatus(String name, int status) {
    assertThat(RawHttp.get(port, name + ".bad.test", "/").status()).isEqualTo(status);
  }

  @Test
  void deadBackendIsTold() {
    assertThat(RawHttp.get(port, "dead.bad.test", "/").text())
        .isIn(
            "upstream connect error or disconnect/reset before headers. "
                + "reset reason: remote connection failure",
            "upstream connect error or disconnect/reset before headers. "
                + "reset reason: connection failure",
            "no healthy upstream");
    assertThat(RawHttp.get(port, "lonely.bad.test", "/").text()).isEqualTo("no healthy upstream");
  }

  private static void listenerHostnames() {
    folder.put(
        "listeners.yaml",
        route(NS, "on-wild", "wild", "", "-" + to("a").substring(1)),
        route(NS, "on-exact", "exact", "", "-" + to("b").substring(1)),
        route(NS, "outside", "exact", "other.example", "-" + to("c").substring(1)));
  }

  @ParameterizedTest
  @CsvSource({
    "any.wild.example, a",
    "x.any.wild.example, a",
    "exact.wild.example, b",
    "wild.example, -",
    "other.example, -",
    "one.host.names, -",
  })
  void listenerHostnamesLimitTheirRoutes(String host, String backend) {
    RawResponse response = RawHttp.get(hostPort, host, "/");
    if (backend.equals("-")) {
      assertThat(response.status()).isEqualTo(404);
    } else {
      assertGoesTo(backend, response);
    }
  }

  @Test
  void serviceOfAnotherNamespaceNeedsItsConsent() {
    Change change = new Change(port, "abroad.test", "/");
    folder.put(
        "abroad.yaml",
        service("abroad", "d", "web:80"),
        slice("abroad", "d", "web", c.port()),
        route(
            "abroad",
            "abroad.test",
            "- backendRefs:\n  - {name: d, namespace: abroad, port: 80}\n"));
    change.make(() -> folder.put("nothing.yaml", ""), 500, 404);
    String grant = Manifests.grantServices(NS, "abroad");
    change.make(() -> folder.put("grant.yaml", grant), 200, 500);
    change.make(
        () -> folder.put("grant.yaml", Manifests.grantServices("elsewhere", "abroad")), 500, 200);
    change.make(
        () ->
            folder.put("grant.yaml", grant.replace("kind: Service", "kind: Service\n    name: d")),
        200,
        500);
    change.make(() -> folder.delete("grant.yaml"), 500, 200);
  }

  @Test
  void routesOfOtherNamespacesStayOutsideWhereTheListenerSaysSo() {
    int own = Ports.free();
    folder.put(
        "own.yaml",
        Manifests.gateway(Manifests.httpListener("http", own))
            .replace("name: http\n  namespace", "name: own\n  namespace")
            .replace("from: All", "from: Same"),
        route(NS, "stranger", "", "own.test", "-" + to("a").substring(1))
            .replace("- name: http", "- name: own"),
        route("infra", "native", "", "native.test", "-" + to("a").substring(1))
            .replace("- name: http", "- name: own")
            .replace("  - name: a\n", "  - name: a\n      namespace: default\n"),
        Manifests.grantServices("infra", NS));
    new Change(port, "marker.own.example", "/")
        .make(
            () -> folder.put("marker.yaml", routeTo("marker", "marker.own.example", "a", 80)),
            200,
            404);
    assertThat(RawHttp.get(own, "stranger.test", "/").status()).isEqualTo(404);
    assertThat(RawHttp.get(own, "own.test", "/").status()).isEqualTo(404);
    assertThat(RawHttp.get(own, "native.test", "/").status()).isEqualTo(200);
    // The listener goes away with its Gateway.
    folder.delete("own.yaml");
    new Change(port, "marker.own.example", "/").make(() -> folder.delete("marker.yaml"), 404, 200);
  }

  private static void assertGoesTo(String backend, RawResponse response) {
    assertThat(response.status()).as(response.toString()).isEqualTo(200);
    assertThat(response.value("backend")).isEqualTo(backend);
  }
}
