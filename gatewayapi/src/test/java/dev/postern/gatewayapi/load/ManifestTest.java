package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestTest {

  private static final String WALK_THROUGH =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata:
        name: http
        namespace: kgateway-system
      spec:
        gatewayClassName: postern
        listeners:
        - name: http
          port: 8080
          protocol: HTTP
          allowedRoutes:
            namespaces:
              from: All
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: nginx
        labels: {app: nginx}
      spec:
        selector:
          app: nginx
        ports:
        - port: 8443
          targetPort: 8443
          name: https
      ---
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: HTTPRoute
      metadata:
        name: nginx-route
      spec:
        parentRefs:
        - name: http
          namespace: kgateway-system
        hostnames: ["example.com"]
        rules:
        - backendRefs:
          - name: nginx
            port: 8443
      ---
      kind: BackendTLSPolicy
      apiVersion: gateway.networking.k8s.io/v1alpha3
      metadata:
        name: nginx-tls-policy
      spec:
        targetRefs:
        - group: ""
          kind: Service
          name: nginx
        validation:
          hostname: "example.com"
          caCertificateRefs:
          - group: ""
            kind: ConfigMap
            name: ca
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: ca
      data:
        ca.crt: |
          -----BEGIN CERTIFICATE-----
          -----END CERTIFICATE-----
      """;

  private static LoadedFile load(String text) {
    return Manifest.load("f.yaml", text);
  }

  private static List<String> shown(LoadedFile file) {
    return file.findings().stream()
        .map(f ->
            f.severity() + " " + f.location().orElse("") + " " + f.field() + ": " + f.message())
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Resource> T only(LoadedFile file, Class<T> type) {
    return (T) file.resources().stream().filter(type::isInstance).findFirst().orElseThrow();
  }

  @Test
  void theWalkThroughLoadsWithoutFindings() {
    LoadedFile file = load(WALK_THROUGH);
    assertThat(shown(file)).isEmpty();
    assertThat(file.whole()).isTrue();
    assertThat(file.resources())
        .extracting(r -> r.ref().toString())
        .containsExactly(
            "Gateway kgateway-system/http",
            "Service default/nginx",
            "HTTPRoute default/nginx-route",
            "BackendTLSPolicy default/nginx-tls-policy",
            "ConfigMap default/ca");
  }

  @Test
  void defaultsAreThoseOfTheApi() {
    LoadedFile file = load(WALK_THROUGH);
    HttpRoute route = only(file, HttpRoute.class);
    assertThat(route.parentRefs())
        .containsExactly(
            new ParentRef(
                Kind.GATEWAY,
                Optional.of("kgateway-system"),
                "http",
                Optional.empty(),
                Optional.empty()));
    HttpRoute.Rule rule = route.rules().getFirst();
    assertThat(rule.matches())
        .containsExactly(
            new HttpRoute.Match(
                new HttpRoute.PathMatch(HttpRoute.MatchType.PATH_PREFIX, "/"),
                List.of(),
                List.of(),
                Optional.empty()));
    assertThat(rule.backendRefs())
        .containsExactly(
            new HttpRoute.BackendRef(
                Kind.SERVICE, Optional.empty(), "nginx", Optional.of(8443), 1, List.of()));
    assertThat(only(file, Gateway.class).listeners().getFirst().allowedRoutes().from())
        .isEqualTo(new Gateway.FromNamespaces.All());
    assertThat(only(file, BackendTlsPolicy.class).version()).isEqualTo("v1alpha3");
  }

  @Test
  void everyFieldKnowsItsLine() {
    LoadedFile file = load(WALK_THROUGH);
    HttpRoute route = only(file, HttpRoute.class);
    assertThat(route.origin().at("spec.rules[0].backendRefs[0].port")).contains("f.yaml:41");
    assertThat(route.origin().at("spec.rules[0].backendRefs[0].weight")).contains("f.yaml:40");
    assertThat(route.origin().at("spec.rules[7]")).contains("f.yaml:38");
    assertThat(route.origin().at("")).contains("f.yaml:29");
    assertThat(file.resources().getLast().origin().at("data[ca.crt]")).contains("f.yaml:64");
    assertThat(file.resources().getLast().origin().at("data.ca.crt")).contains("f.yaml:64");
  }

  @Test
  void allProblemsOfAnObjectAreReportedAtOnceAndTheObjectIsRejected() {
    LoadedFile file =
        load(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata:
              name: http
            spec:
              listeners:
              - name: Http
                port: 80800
                protocol: HTTP
              - name: tls
                port: "443"
                protocol: HTTPS
                tls: {mode: Terminat}
            """);
    assertThat(file.resources()).isEmpty();
    assertThat(file.rejected()).containsExactly(new ObjectRef(Kind.GATEWAY, "default", "http"));
    assertThat(file.whole()).isTrue();
    assertThat(shown(file))
        .containsExactlyInAnyOrder(
            "ERROR f.yaml:7 spec.listeners[0].name: 'Http' must be lower-case letters, digits, '-'"
                + " and '.', such as example.com, with a letter or digit at both ends of each part",
            "ERROR f.yaml:8 spec.listeners[0].port: 80800 is out of range: 1 to 65535 are allowed",
            "ERROR f.yaml:11 spec.listeners[1].port: must be a number; write 443 without quotes",
            "ERROR f.yaml:13 spec.listeners[1].tls.mode: 'Terminat' is not one of Terminate,"
                + " Passthrough. Did you mean 'Terminate'?",
            "ERROR f.yaml:5 spec.gatewayClassName: 'gatewayClassName' is missing");
  }

  @Test
  void anUnknownFieldIsAWarningAndTheObjectIsUsed() {
    LoadedFile file =
        load(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata:
              name: r
            spec:
              hostname: [a.example]
              rules:
              - backendRef:
                - name: a
                  port: 1
            """);
    assertThat(file.resources()).hasSize(1);
    assertThat(file.rejected()).isEmpty();
    assertThat(shown(file))
        .containsExactly(
            "WARNING f.yaml:6 spec.hostname: no such field: 'hostname' is ignored. Did you mean"
                + " 'hostnames'?",
            "WARNING f.yaml:8 spec.rules[0].backendRef: no such field: 'backendRef' is ignored. Did"
                + " you mean 'backendRefs'?");
  }

  @Test
  void whatIsNotBuiltYetIsListed() {
    LoadedFile file =
        load(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r}
            spec:
              useDefaultGateways: All
              rules:
              - timeouts: {request: 10s}
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier: {set: [{name: A, value: b}], remove: [c]}
                - type: URLRewrite
                  urlRewrite: {hostname: a.example}
                backendRefs:
                - name: a
                  port: 1
                  filters:
                  - type: CORS
                    cors: {}
            """);
    assertThat(shown(file)).isEmpty();
    HttpRoute route = only(file, HttpRoute.class);
    assertThat(route.unsupported()).containsExactly("spec.useDefaultGateways");
    assertThat(route.rules().getFirst().unsupported())
        .containsExactly("backendRefs[0].filters[0].cors");
    assertThat(route.rules().getFirst().filters().getFirst())
        .isEqualTo(
            new HttpRoute.Filter.RequestHeaderModifier(
                new HttpRoute.HeaderModifier(
                    List.of(new HttpRoute.Header("A", "b")), List.of(), List.of("c"))));
  }

  @Test
  void listsAndJsonAndAnchorsAreRead() {
    LoadedFile file =
        load(
            """
            {"apiVersion": "v1", "kind": "List", "items": [
            \t{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
            \t{"apiVersion": "v1", "kind": "NamespaceList", "items": [{"metadata": {"name": "b"}}]}
            ]}
            ---
            # nothing here
            ---
            apiVersion: v1
            kind: Namespace
            metadata: &m
              name: c
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: s, labels: &l {app: x}}
            spec:
              selector: *l
              ports:
              - {<<: {port: 80}, name: http}
            """);
    assertThat(shown(file)).isEmpty();
    assertThat(file.resources())
        .extracting(r -> r.ref().toString())
        .containsExactly("Namespace a", "Namespace b", "Namespace c", "Service default/s");
  }

  @Test
  void whatIsNotYamlSaysWhereAndWhy() {
    LoadedFile file = load("apiVersion: v1\nkind: Service\nmetadata:\n\tname: x\n");
    assertThat(file.whole()).isFalse();
    assertThat(shown(file))
        .containsExactly("ERROR f.yaml:4 : a tab is where YAML wants spaces; indent with spaces");
    assertThat(shown(load("a: b: c")).getFirst())
        .startsWith("ERROR f.yaml:1 : a ':' is where no key can be");
    assertThat(shown(load("a: 1\nb: 2\na: 3\n")))
        .containsExactly(
            "ERROR f.yaml:3 : the key 'a' is here twice; line 1 has it too. Keep one of them");
  }

  @Test
  void aDocumentThatIsNoObjectLeavesTheFileNotWhole() {
    assertThat(load("- a\n- b\n").whole()).isFalse();
    assertThat(load("just words\n").whole()).isFalse();
    LoadedFile noName = load("apiVersion: v1\nkind: Service\nmetadata: {}\n");
    assertThat(noName.whole()).isFalse();
    assertThat(shown(noName))
        .containsExactly(
            "ERROR f.yaml:3 metadata.name: Service without metadata.name: every object needs a"
                + " name");
  }

  @Test
  void aListWhereAMapBelongsIsSaidSo() {
    LoadedFile file =
        load("apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n- ports: []\n");
    assertThat(shown(file))
        .containsExactly("ERROR f.yaml:4 spec: must be a map, and this is a list");
    assertThat(file.rejected()).hasSize(1);
  }

  @Test
  void kindsThatAreNotReadAreTold() {
    assertThat(kind("apps/v1", "Deployment")).containsExactly(Severity.NOTE);
    assertThat(kind("v1", "Pod")).containsExactly(Severity.NOTE);
    assertThat(kind("networking.istio.io/v1", "Gateway")).containsExactly(Severity.NOTE);
    assertThat(kind("example.com/v1", "Thing")).containsExactly(Severity.WARNING);
    assertThat(kind("gateway.networking.k8s.io/v1", "TCPRoute")).containsExactly(Severity.WARNING);
    assertThat(kind("gateway.networking.k8s.io/v1", "HttpRoutes"))
        .containsExactly(Severity.WARNING);
    assertThat(kind("networking.k8s.io/v1", "HTTPRoute")).containsExactly(Severity.ERROR);
    assertThat(kind("gateway.networking.k8s.io/v1", "Service")).containsExactly(Severity.ERROR);
    assertThat(kind("gateway.networking.k8s.io/v1alpha2", "BackendTLSPolicy"))
        .containsExactly(Severity.ERROR);
  }

  private static List<Severity> kind(String apiVersion, String kind) {
    return load("apiVersion: %s\nkind: %s\nmetadata: {name: a}\n".formatted(apiVersion, kind))
        .findings()
        .stream()
        .map(Finding::severity)
        .toList();
  }
}
