package dev.postern.gatewayapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ParentRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTreeTest {
  private static final List<Condition> ACCEPTED = new Conditions(3).yes("Accepted", "fine").list();

  private static final Map<String, Object> ACCEPTED_TREE =
      Map.of(
          "type", "Accepted",
          "status", "True",
          "reason", "Accepted",
          "message", "fine",
          "observedGeneration", 3L);

  @Test
  void aRoutesStatusRepeatsTheParentRefWithItsDefaults() {
    ParentRef parent =
        new ParentRef(Kind.GATEWAY, Optional.of("ns"), "g", Optional.of("l"), Optional.of(80));
    assertThat(
            StatusTree.of(
                new ObjectStatus.OfRoute(
                    List.of(new ObjectStatus.ParentStatus(1, parent, "c", ACCEPTED)))))
        .isEqualTo(
            Map.of(
                "parents",
                List.of(
                    Map.of(
                        "parentRef",
                        Map.of(
                            "group", "gateway.networking.k8s.io",
                            "kind", "Gateway",
                            "namespace", "ns",
                            "name", "g",
                            "sectionName", "l",
                            "port", 80),
                        "controllerName",
                        "c",
                        "conditions",
                        List.of(ACCEPTED_TREE)))));
  }

  @Test
  void anEmptyListOfAncestorsIsWritten() {
    assertThat(StatusTree.of(new ObjectStatus.OfPolicy(List.of())))
        .isEqualTo(Map.of("ancestors", List.of()));
  }

  @Test
  void aPolicysStatusNamesItsAncestors() {
    ObjectRef gateway = new ObjectRef(Kind.GATEWAY, "ns", "g");
    var ancestor = new ObjectStatus.AncestorStatus(gateway, Optional.empty(), "c", ACCEPTED);
    assertThat(StatusTree.of(new ObjectStatus.OfPolicy(List.of(ancestor))))
        .isEqualTo(
            Map.of(
                "ancestors",
                List.of(
                    Map.of(
                        "ancestorRef",
                        Map.of(
                            "group", "gateway.networking.k8s.io",
                            "kind", "Gateway",
                            "namespace", "ns",
                            "name", "g"),
                        "controllerName",
                        "c",
                        "conditions",
                        List.of(ACCEPTED_TREE)))));
  }

  @Test
  void aClassNamesItsFeaturesAsObjects() {
    assertThat(StatusTree.of(new ObjectStatus.OfGatewayClass(ACCEPTED, List.of("Gateway"))))
        .isEqualTo(
            Map.of(
                "conditions",
                List.of(ACCEPTED_TREE),
                "supportedFeatures",
                List.of(Map.of("name", "Gateway"))));
  }

  @Test
  void aGatewaysStatusHasAddressesConditionsAndListeners() {
    var listener = new ObjectStatus.ListenerStatus("http", List.of(Kind.HTTP_ROUTE), 2, ACCEPTED);
    var address = new ObjectStatus.Address("IPAddress", "127.0.0.1");
    assertThat(
            StatusTree.of(
                new ObjectStatus.OfGateway(List.of(address), ACCEPTED, List.of(listener))))
        .isEqualTo(
            Map.of(
                "addresses",
                List.of(Map.of("type", "IPAddress", "value", "127.0.0.1")),
                "conditions",
                List.of(ACCEPTED_TREE),
                "listeners",
                List.of(
                    Map.of(
                        "name",
                        "http",
                        "supportedKinds",
                        List.of(Map.of("group", "gateway.networking.k8s.io", "kind", "HTTPRoute")),
                        "attachedRoutes",
                        2,
                        "conditions",
                        List.of(ACCEPTED_TREE)))));
  }
}
