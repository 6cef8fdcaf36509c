package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.DataPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TranslatorTest {
  private static final ObjectRef GATEWAY = new ObjectRef(Kind.GATEWAY, "kgateway-system", "http");
  private static final ObjectRef NGINX = new ObjectRef(Kind.SERVICE, "default", "nginx");
  private static final ObjectRef POLICY =
      new ObjectRef(Kind.BACKEND_TLS_POLICY, "default", "nginx-tls-policy");
  private static final String CLUSTER = "kube_default_nginx_8443";

  private static final String TWO_ADDRESSES =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: postern}
      spec: {controllerName: postern.dev/gateway-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: http, namespace: kgateway-system}
      spec:
        gatewayClassName: postern
        addresses: [{value: 192.0.2.1}, {value: 127.0.0.1}]
        allowedListeners: {namespaces: {from: Same}}
        listeners: [{name: http, protocol: HTTP, port: 80}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: ListenerSet
      metadata: {name: more, namespace: kgateway-system}
      spec:
        parentRef: {name: http}
        listeners: [{name: more, protocol: HTTP, port: 80, hostname: more.test}]
      """;

  private final Translator translator = new Translator();
  private List<Resource> walkThrough = List.of();

  @BeforeEach
  void readTheWalkThrough() throws IOException {
    Path in = Path.of("src/test/resources/golden/the-walk-through-is-verified-tls/in.yaml");
    walkThrough = Manifest.load("in.yaml", Files.readString(in)).resources();
  }

  private Translation put(List<Resource> objects) {
    return translator.apply(new ResourceDelta(objects, List.of()));
  }

  private Translation remove(ObjectRef ref) {
    return translator.apply(new ResourceDelta(List.of(), List.of(ref)));
  }

  @Test
  void aPolicyDeletedAndCreatedAHundredTimesCountsEachTime() {
    Translation all = put(walkThrough);
    Resource policy =
        walkThrough.stream().filter(r -> r.ref().equals(POLICY)).findFirst().orElseThrow();
    for (int i = 0; i < 100; i++) {
      assertThat(remove(POLICY).ir().clusters().get(CLUSTER).tls()).isEmpty();
      assertThat(put(List.of(policy))).isEqualTo(all);
    }
  }

  @Test
  void aDeltaThatChangesNothingGivesTheSameInstance() {
    Translation first = put(walkThrough);
    assertThat(put(walkThrough)).isSameAs(first);
    assertThat(put(List.of())).isSameAs(first);
    assertThat(translator.applied(DataPlane.Applied.ALL_BOUND)).isSameAs(first);
  }

  @Test
  void aPortThatCannotBeBoundIsSaidUntilItCan() {
    Translation bound = put(walkThrough);
    Translation failed =
        translator.applied(
            new DataPlane.Applied(
                Map.of("0.0.0.0_8080", "port 8080 is used by another program"), Set.of()));
    assertThat(conditions(failed, "http"))
        .containsEntry("Accepted", "False PortUnavailable port 8080 is used by another program")
        .containsEntry("Programmed", "False Invalid port 8080 is used by another program");
    assertThat(gateway(failed).conditions().getFirst().reason()).isEqualTo("ListenersNotValid");
    assertThat(failed.ir()).as("the data plane goes on trying").isSameAs(bound.ir());
    assertThat(translator.applied(DataPlane.Applied.ALL_BOUND)).isEqualTo(bound);
  }

  @Test
  void anAddressThatThisMachineLacksIsSaidAndTheOthersServe() {
    put(Manifest.load("gateway.yaml", TWO_ADDRESSES).resources());
    Translation translation =
        translator.applied(
            new DataPlane.Applied(
                Map.of("192.0.2.1_80", "this machine has no address 192.0.2.1"),
                Set.of("192.0.2.1")));
    ObjectStatus.OfGateway gateway = gateway(translation);
    assertThat(gateway.addresses())
        .containsExactly(new ObjectStatus.Address("IPAddress", "127.0.0.1"));
    assertThat(gateway.conditions())
        .extracting(c -> c.type() + " " + c.status().text() + " " + c.reason() + " " + c.message())
        .containsExactly(
            "Accepted True Accepted ",
            "Programmed False AddressNotUsable this machine has no address 192.0.2.1; give it to a"
                + " network interface or take it out of spec.addresses. Served at 127.0.0.1"
                + " alone.",
            "ResolvedRefs True ResolvedRefs ");
    assertThat(conditions(translation, "http"))
        .containsEntry("Accepted", "True Accepted ")
        .containsEntry("Programmed", "True Programmed ");
  }

  @Test
  void aGatewayWithoutAnyAddressOfThisMachineIsNotProgrammed() {
    put(Manifest.load("gateway.yaml", TWO_ADDRESSES).resources());
    Translation translation =
        translator.applied(
            new DataPlane.Applied(
                Map.of("192.0.2.1_80", "no", "127.0.0.1_80", "no"),
                Set.of("192.0.2.1", "127.0.0.1")));
    assertThat(gateway(translation).addresses()).isEmpty();
    assertThat(conditions(translation, "http"))
        .containsEntry("Accepted", "True Accepted ")
        .containsEntry(
            "Programmed",
            "False Invalid this machine has no address of Gateway kgateway-system/http; see its"
                + " condition Programmed");
    ObjectStatus.OfListenerSet set =
        (ObjectStatus.OfListenerSet)
            translation.statuses().get(new ObjectRef(Kind.LISTENER_SET, "kgateway-system", "more"));
    assertThat(set.conditions())
        .extracting(c -> c.type() + " " + c.status().text() + " " + c.reason())
        .containsExactly("Accepted True Accepted", "Programmed False ParentNotProgrammed");
  }

  private static ObjectStatus.OfGateway gateway(Translation translation) {
    return (ObjectStatus.OfGateway) translation.statuses().get(GATEWAY);
  }

  private static Map<String, String> conditions(Translation translation, String listener) {
    return gateway(translation).listeners().stream()
        .filter(status -> status.name().equals(listener))
        .flatMap(status -> status.conditions().stream())
        .collect(
            Collectors.toMap(
                c -> c.type(), c -> c.status().text() + " " + c.reason() + " " + c.message()));
  }

  @Test
  void aHopTellsWhoDecidedIt() {
    put(walkThrough);
    Hop hop = translator.explain(NGINX, 8443);
    String policy = " by BackendTLSPolicy default/nginx-tls-policy spec.validation: on";
    assertThat(steps(hop))
        .containsExactly(
            "protocol HTTP/2 or HTTP/1.1 by ALPN by default",
            "TLS on" + policy,
            "SNI example.com" + policy,
            "trust 1 certificate" + policy,
            "names example.com" + policy,
            "client certificate none by default",
            "ALPN h2, http/1.1 by default");
    remove(POLICY);
    assertThat(steps(translator.explain(NGINX, 8443)))
        .containsExactly("protocol HTTP/1.1 by default", "TLS off by default");
    assertThat(translator.explain(NGINX, 1).outcome())
        .isEqualTo(
            new Hop.Outcome.NotFound("Service default/nginx has no port 1; it has 8080, 8443"));
  }

  private static List<String> steps(Hop hop) {
    return hop.trail().stream()
        .map(step -> step.question().words() + " " + step.answer() + " by " + step.decidedBy())
        .toList();
  }

  @Test
  void aPolicyHasAtMostSixteenAncestorsAndTellsTheOthers() {
    String gateways =
        IntStream.rangeClosed(10, 27)
            .mapToObj(
                """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: g%1$d}
                spec:
                  gatewayClassName: postern
                  listeners: [{name: http, protocol: HTTP, port: 90%1$d}]
                """
                    ::formatted)
            .collect(Collectors.joining());
    String parents =
        IntStream.rangeClosed(10, 27)
            .mapToObj("{name: g%d}"::formatted)
            .collect(Collectors.joining(", "));
    String route =
        """
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: everywhere}
        spec:
          parentRefs: [%s]
          rules: [{backendRefs: [{name: nginx, port: 8443}]}]
        """
            .formatted(parents);
    put(walkThrough.stream().filter(r -> !r.kind().equals(Kind.HTTP_ROUTE)).toList());
    Translation translation = put(Manifest.load("more.yaml", gateways + route).resources());
    var status = (ObjectStatus.OfPolicy) translation.statuses().get(POLICY);
    assertThat(status.ancestors()).hasSize(16);
    assertThat(translation.findings())
        .singleElement()
        .satisfies(finding ->
            assertThat(finding.message())
                .isEqualTo(
                    "The status has room for 16 Gateways, the oldest. The policy cannot be"
                        + " implemented for the others that reach what it targets: Gateway"
                        + " default/g26, Gateway default/g27."));
  }
}
