package dev.postern.gatewayapi.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.load.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  private static Explainer explainer(String golden) throws IOException {
    Path in = Path.of("src/test/resources/golden", golden, "in.yaml");
    Translator translator = new Translator();
    translator.apply(
        new ResourceDelta(Manifest.load("in.yaml", Files.readString(in)).resources(), List.of()));
    return translator.explainer();
  }

  private static Request get(String host, String target, Map<String, String> headers) {
    return new Request(host, target, "GET", headers);
  }

  /** Gateway, route, rule and match of each place, or 404. */
  private static List<String> taken(Explanation explanation) {
    return explanation.places().stream()
        .map(place -> place.rules().isEmpty() ? "404" : words(place, place.rules().getFirst()))
        .toList();
  }

  private static String words(Place place, Rule rule) {
    return place.gateway().name()
        + " "
        + place.listener().orElse("-")
        + " "
        + rule.route().name()
        + " "
        + rule.rule()
        + " "
        + rule.match().map(Object::toString).orElse("-");
  }

  @Test
  void aRequestIsTakenByTheRouteThatTheProxyWouldTake() throws IOException {
    Explainer hosts = explainer("hostnames-are-what-route-and-listener-have-in-common");
    for (Place place : hosts.ofAll().places()) {
      assertThat(place.rules()).isNotEmpty();
    }
    Explainer grpc = explainer("grpc-matches-are-tried-in-the-order-of-the-specification");
    Request call = new Request("any:8080", "/acme.Users/Get", "POST", Map.of("x-tenant", "red"));
    assertThat(taken(grpc.of(call))).containsExactly("http http users 3 1");
    assertThat(taken(grpc.of(new Request("any", "/acme.v2/List", "POST", Map.of()))))
        .containsExactly("http http users 4 0");
    assertThat(taken(grpc.of(new Request("any", "/x.Y/Z", "POST", Map.of()))))
        .containsExactly("http http users 0 0");
    assertThat(taken(grpc.of(get("any", "/acme.Users/Get", Map.of())))).containsExactly("404");
  }

  @Test
  void aBackendThatGetsNothingSaysWhy() throws IOException {
    Explanation all = explainer("names-that-are-not-http-are-refused").ofAll();
    assertThat(all.isReached()).isFalse();
    Backend backend = all.places().getFirst().rules().getFirst().backends().getFirst();
    assertThat(backend.name()).isEqualTo("Service default/web:81");
    assertThat(backend.problem()).contains("appProtocol mysql", "is not HTTP");
    assertThat(backend.hop()).isPresent();
    assertThat(backend.clusters()).isEmpty();
  }

  @Test
  void whoeverIsAskedFirstIsExplainedLikeABackend() throws IOException {
    String golden = "somebody-else-lets-requests-through-over-a-hop-like-any-other";
    Explanation all = explainer(golden).ofAll();
    assertThat(all.isReached()).isTrue();
    Rule rule = all.places().getFirst().rules().getLast();
    assertThat(rule.filters())
        .containsExactly("asks Service auth:9000 in gRPC whether a request may pass");
    Backend asked = rule.authorization().orElseThrow();
    assertThat(asked.name()).isEqualTo("Service security/auth:9000");
    assertThat(asked.clusters()).containsExactly("kube_security_auth_9000_h2");
    assertThat(asked.hop()).isPresent();
    assertThat(
            explainer("a-rule-that-cannot-ask-whether-requests-may-pass-answers-500")
                .ofAll()
                .isReached())
        .isFalse();
  }

  @Test
  void eachGatewayHasItsOwnWayWhereItBringsACertificate() throws IOException {
    Explanation all = explainer("a-gateways-client-certificate-is-for-tls-hops-alone").ofAll();
    assertThat(all.isReached()).isTrue();
    assertThat(
            all.places().stream()
                .flatMap(place -> place.rules().stream())
                .flatMap(rule -> rule.backends().stream())
                .flatMap(backend -> backend.clusters().stream()))
        .containsExactly(
            "kube_default_clear_80",
            "kube_default_secure_81_default_cert",
            "kube_default_auto_82",
            "kube_default_auto_82_tls_default_cert",
            "kube_default_clear_80",
            "kube_default_secure_81",
            "kube_default_auto_82",
            "kube_default_auto_82_tls");
  }

  @Test
  void pathsQueriesHeadersAndMethodsAreComparedAsTheProxyDoes() throws IOException {
    Translator translator = new Translator();
    String manifest =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: postern}
        spec: {controllerName: postern.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: http}
        spec: {gatewayClassName: postern, listeners: [{name: http, protocol: HTTP, port: 80}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: http}]
          hostnames: ["*.example.com"]
          rules:
            - matches: [{path: {value: /a/}}]
            - matches: [{path: {type: Exact, value: /b}, method: PUT}]
            - matches: [{path: {value: /c}, queryParams: [{name: v, value: "2"}]}]
            - matches: [{path: {value: /d}, headers: [{name: X-Y, type: RegularExpression, value: "z+"}]}]
            - matches: [{path: {type: RegularExpression, value: "/e/[0-9]+"}}]
        """;
    translator.apply(new ResourceDelta(Manifest.load("in.yaml", manifest).resources(), List.of()));
    Explainer explainer = translator.explainer();
    String host = "x.y.EXAMPLE.com:8080";
    Map<String, String> none = Map.of();
    assertThat(taken(explainer.of(get(host, "/a?x", none)))).containsExactly("http http web 0 0");
    assertThat(taken(explainer.of(get(host, "/a/b", none)))).containsExactly("http http web 0 0");
    assertThat(taken(explainer.of(get(host, "/ab", none)))).containsExactly("404");
    assertThat(taken(explainer.of(get("example.com", "/a", none)))).containsExactly("404");
    assertThat(taken(explainer.of(get(host, "/b", none)))).containsExactly("404");
    assertThat(taken(explainer.of(new Request(host, "/b", "PUT", none))))
        .containsExactly("http http web 1 0");
    assertThat(taken(explainer.of(get(host, "/c?v=2&v=1", none))))
        .containsExactly("http http web 2 0");
    assertThat(taken(explainer.of(get(host, "/c?v=1&v=2", none)))).containsExactly("404");
    assertThat(taken(explainer.of(get(host, "/d", Map.of("x-y", "zz")))))
        .containsExactly("http http web 3 0");
    assertThat(taken(explainer.of(get(host, "/d", Map.of("x-y", "zy"))))).containsExactly("404");
    assertThat(taken(explainer.of(get(host, "/e/12", none)))).containsExactly("http http web 4 0");
    assertThat(taken(explainer.of(get(host, "/e/12/", none)))).containsExactly("404");
  }

  @Test
  void aListenerThatIsNamedLikeANamespaceIsNotTakenForThoseOfItsListenerSets() {
    Translator translator = new Translator();
    String manifest =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: postern}
        spec: {controllerName: postern.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: gw}
        spec:
          gatewayClassName: postern
          allowedListeners: {namespaces: {from: All}}
          listeners: [{name: default, protocol: TLS, port: 8443, tls: {mode: Passthrough}}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: ListenerSet
        metadata: {name: b}
        spec:
          parentRef: {name: gw}
          listeners: [{name: c, protocol: TLS, port: 9443, hostname: x.example.com, tls: {mode: Passthrough}}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: TLSRoute
        metadata: {name: of-gateway}
        spec:
          parentRefs: [{name: gw}]
          hostnames: [x.example.com]
          rules: [{backendRefs: [{name: web, port: 80}]}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: TLSRoute
        metadata: {name: of-set}
        spec:
          parentRefs: [{name: b, kind: ListenerSet}]
          hostnames: [x.example.com]
          rules: [{backendRefs: [{name: web, port: 80}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {ports: [{name: http, port: 80}]}
        """;
    translator.apply(new ResourceDelta(Manifest.load("in.yaml", manifest).resources(), List.of()));
    assertThat(taken(translator.explainer().of(get("x.example.com", "/", Map.of()))))
        .containsExactly("gw default/x.example.com of-gateway 0 -", "gw default/b/c of-set 0 -");
  }
}
