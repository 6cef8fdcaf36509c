package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    assertThat(translator.listenerErrors(Map.of())).isSameAs(first);
  }

  @Test
  void aPortThatCannotBeBoundIsSaidUntilItCan() {
    Translation bound = put(walkThrough);
    Translation failed =
        translator.listenerErrors(Map.of("0.0.0.0_8080", "port 8080 is used by another program"));
    assertThat(conditions(failed, "http"))
        .containsEntry("Accepted", "False PortUnavailable port 8080 is used by another program")
        .containsEntry("Programmed", "False Invalid port 8080 is used by another program");
    assertThat(gateway(failed).conditions().getFirst().reason()).isEqualTo("ListenersNotValid");
    assertThat(failed.ir()).as("the data plane goes on trying").isSameAs(bound.ir());
    assertThat(translator.listenerErrors(Map.of())).isEqualTo(bound);
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
                    "The status has room for 16 Gateways; left out: Gateway default/g26,"
                        + " Gateway default/g27"));
  }
}
