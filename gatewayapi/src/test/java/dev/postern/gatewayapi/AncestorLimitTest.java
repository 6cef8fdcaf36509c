package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.dump.IrTree;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A policy's status takes sixteen ancestors. For the seventeenth Gateway the policy cannot be
 * implemented, and that fails closed and is said (Gateway API, PolicyStatus.ancestors).
 */
class AncestorLimitTest {
  private static final String USUAL =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: postern}
      spec: {controllerName: postern.dev/gateway-controller}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: default}
      spec: {ports: [{name: web, port: 80}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: other, namespace: default}
      spec: {ports: [{name: other, port: 80}]}
      """;
  private static final String TLS =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: rules, namespace: default}
      spec:
        targetRefs: [{group: "", kind: Service, name: web}]
        validation: {hostname: web.test, wellKnownCACertificates: System}
      """;
  private static final String CONNECTION =
      """
      apiVersion: postern.dev/v1alpha1
      kind: BackendConnectionPolicy
      metadata: {name: rules, namespace: default}
      spec:
        targetRefs: [{group: "", kind: Service, name: web}]
        protocol: HTTP2
      """;
  private static final String TRAFFIC =
      """
      apiVersion: gateway.networking.x-k8s.io/v1alpha1
      kind: XBackendTrafficPolicy
      metadata: {name: rules, namespace: default}
      spec:
        targetRefs: [{group: "", kind: Service, name: web}]
        sessionPersistence: {sessionName: mine}
      """;
  private static final String LEFT_OUT = "postern.dev/PoliciesLeftOut";

  private final Translator translator = new Translator();

  /** The name order is against the age. */
  private static String gateway(int number) {
    return """
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: g%02d, namespace: default, creationTimestamp: "2026-01-01T00:00:%02dZ"}
    spec:
      gatewayClassName: postern
      listeners: [{name: http, protocol: HTTP, port: %d}]
    """
        .formatted(30 - number, number, 8000 + number);
  }

  private static String route(int gateways) {
    return """
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: web, namespace: default}
    spec:
      parentRefs: [%s]
      rules:
        - backendRefs: [{name: web, port: 80}]
        - matches: [{path: {value: /other}}]
          backendRefs: [{name: other, port: 80}]
    """
        .formatted(
            String.join(
                ", ",
                IntStream.range(0, gateways)
                    .mapToObj(i -> "{name: g%02d}".formatted(30 - i))
                    .toList()));
  }

  private Translation with(int gateways, String policy) {
    StringBuilder text = new StringBuilder(USUAL).append("---\n").append(policy);
    IntStream.range(0, gateways).forEach(i -> text.append(gateway(i)));
    return put(text.append(route(gateways)).toString());
  }

  private Translation put(String text) {
    List<Resource> objects = Manifest.load("in.yaml", text).resources();
    return translator.apply(new ResourceDelta(objects, List.of()));
  }

  private static ObjectRef ref(Kind kind, String name) {
    return new ObjectRef(kind, "default", name);
  }

  /** The names of the Gateways that the policy's status speaks of. */
  private static List<String> ancestors(Translation translation, Kind kind) {
    return ((ObjectStatus.OfPolicy) translation.statuses().get(ref(kind, "rules")))
        .ancestors().stream().map(entry -> entry.ancestor().name()).toList();
  }

  private static List<String> leftOut(Translation translation, String gateway) {
    return ((ObjectStatus.OfGateway) translation.statuses().get(ref(Kind.GATEWAY, gateway)))
        .conditions().stream()
            .filter(condition -> condition.type().equals(LEFT_OUT))
            .map(condition -> condition.reason() + ": " + condition.message())
            .toList();
  }

  private static String resolvedRefs(Translation translation, String gateway) {
    return ((ObjectStatus.OfRoute) translation.statuses().get(ref(Kind.HTTP_ROUTE, "web")))
        .parents().stream()
            .filter(parent -> parent.parentRef().name().equals(gateway))
            .flatMap(parent -> parent.conditions().stream())
            .filter(condition -> condition.type().equals("ResolvedRefs"))
            .map(Condition::message)
            .findFirst()
            .orElseThrow();
  }

  /** What is told to the data plane about a listener, as text. */
  private static String listener(Translation translation, int number) {
    return IrTree.of(translation.ir().listeners().get("0.0.0.0_" + (8000 + number))).toString();
  }

  @Test
  void sixteenGatewaysHaveRoom() {
    Translation translation = with(16, TLS);
    assertThat(ancestors(translation, Kind.BACKEND_TLS_POLICY)).hasSize(16);
    assertThat(leftOut(translation, "g15")).isEmpty();
    assertThat(resolvedRefs(translation, "g15")).isEmpty();
    assertThat(listener(translation, 15)).contains("kube_default_web_80");
  }

  @Test
  void whatATlsPolicyCannotBeImplementedForIsNotReachedAtAll() {
    Translation translation = with(17, TLS);
    assertThat(ancestors(translation, Kind.BACKEND_TLS_POLICY))
        .as("the oldest")
        .hasSize(16)
        .doesNotContain("g14")
        .isSorted();
    assertThat(leftOut(translation, "g14"))
        .containsExactly(
            "AncestorsFull: What BackendTLSPolicy default/rules targets gets no requests from here"
                + " (500), because the status of BackendTLSPolicy default/rules has room for the 16"
                + " oldest Gateways that reach what it targets, and Gateway default/g14 is not one"
                + " of them, so that the policy cannot be implemented there. Reach it through fewer"
                + " Gateways, or give the others a Service of their own with a policy of its own.");
    assertThat(resolvedRefs(translation, "g14"))
        .startsWith("Service default/web:80 gets no requests (500), because the status of");
    assertThat(listener(translation, 16))
        .as("neither verified nor in plaintext; what has no policy is reached")
        .doesNotContain("kube_default_web_80")
        .contains("kube_default_other_80");
    assertThat(leftOut(translation, "g15")).isEmpty();
    assertThat(resolvedRefs(translation, "g15")).isEmpty();
    assertThat(listener(translation, 15)).contains("kube_default_web_80");
    assertThat(translation.ir().clusters().get("kube_default_web_80").tls()).isPresent();
    assertThat(translation.findings())
        .extracting(finding -> finding.message())
        .anyMatch(message -> message.endsWith("reach what it targets: Gateway default/g14."));
  }

  @Test
  void aConnectionPolicyThatCannotBeImplementedFailsClosedToo() {
    Translation translation = with(17, CONNECTION);
    assertThat(ancestors(translation, Kind.BACKEND_CONNECTION_POLICY)).hasSize(16);
    assertThat(leftOut(translation, "g14")).hasSize(1);
    assertThat(listener(translation, 16)).doesNotContain("kube_default_web_80");
    assertThat(listener(translation, 15)).contains("kube_default_web_80");
  }

  @Test
  void aTrafficPolicyThatCannotBeImplementedHasNoEffect() {
    Translation translation = with(17, TRAFFIC);
    assertThat(ancestors(translation, Kind.X_BACKEND_TRAFFIC_POLICY)).hasSize(16);
    assertThat(leftOut(translation, "g14").getFirst())
        .startsWith(
            "AncestorsFull: XBackendTrafficPolicy default/rules has no effect on requests from"
                + " here, because");
    assertThat(listener(translation, 15)).contains("mine");
    assertThat(listener(translation, 16)).doesNotContain("mine").contains("kube_default_web_80");
  }

  @Test
  void aPolicyThatDoesNotCountIsNotMissed() {
    Translation translation =
        with(17, TLS + "---\n" + TLS.replace("name: rules", "name: zz-younger"));
    assertThat(leftOut(translation, "g14")).hasSize(1);
    assertThat(leftOut(translation, "g14").getFirst()).doesNotContain("zz-younger");
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS, CONNECTION, TRAFFIC})
  void aGatewayThatComesLaterAndGoesAgainTakesNothingFromTheOthers(String policy) {
    Translation before = with(16, policy);
    List<String> listeners = new ArrayList<>();
    IntStream.range(0, 16).forEach(i -> listeners.add(listener(before, i)));
    Translation crowded = put(gateway(16) + route(17));
    assertThat(leftOut(crowded, "g14")).hasSize(1);
    assertThat(IntStream.range(0, 16).mapToObj(i -> listener(crowded, i))).isEqualTo(listeners);
    Translation after =
        translator.apply(
            new ResourceDelta(
                Manifest.load("in.yaml", route(16)).resources(),
                List.of(ref(Kind.GATEWAY, "g14"))));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aGatewayThatGoesMakesRoomForTheNext() {
    with(17, TLS);
    Translation after =
        translator.apply(new ResourceDelta(List.of(), List.of(ref(Kind.GATEWAY, "g30"))));
    assertThat(ancestors(after, Kind.BACKEND_TLS_POLICY)).contains("g14");
    assertThat(leftOut(after, "g14")).isEmpty();
    assertThat(listener(after, 16)).contains("kube_default_web_80");
  }
}
