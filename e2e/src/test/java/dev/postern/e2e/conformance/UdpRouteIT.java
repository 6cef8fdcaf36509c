package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class UdpRouteIT {

  private static StatusOf on(Case test, String route) {
    return test.status("UDPRoute", route).parent("raw");
  }

  @Upstream("UDPRoute")
  void datagramsReachTheirBackendAndItsAnswersTheClient(Case test) {
    on(test, "simple").allTrue("Accepted", "ResolvedRefs");
    test.udp("raw").reaches("udp-one");
  }

  @Upstream("UDPRouteNotAllowedByListeners")
  void aTlsListenerTakesNone(Case test) {
    test.status("UDPRoute", "datagrams")
        .noAcceptedParent()
        .parent("tls")
        .isFalse("Accepted", "NotAllowedByListeners");
    test.gateway("tls").listener("tls").attached(0);
  }

  @Upstream("UDPRouteInvalidBackendRefNonexistent")
  void aMissingBackendIsSaid(Case test) {
    on(test, "missing").isFalse("ResolvedRefs", "BackendNotFound");
  }

  @Upstream("UDPRouteInvalidCrossNamespaceBackendRef")
  void aBackendOfAnotherNamespaceWantsAGrant(Case test) {
    on(test, "across").isTrue("Accepted").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  @Upstream("UDPRouteReferenceGrant")
  void aGrantHoldsAsLongAsItIsThere(Case test) {
    on(test, "across").isTrue("ResolvedRefs", "ResolvedRefs");
    test.udp("raw").reaches("udp-one");
    test.remove("grant.yaml");
    on(test, "across").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  @Upstream("UDPRouteMultipleRoutesAttachment")
  void theOldestRouteHasTheListener(Case test) {
    test.udp("raw").reaches("udp-one");
    test.put("newer.yaml");
    on(test, "zz-older").isTrue("Accepted", "Accepted");
    on(test, "aa-newer").isTrue("Accepted", "Accepted");
    test.gateway("raw")
        .listener("raw")
        .isTrue("Accepted", "Accepted")
        .supports("UDPRoute")
        .attached(2);
    for (int i = 0; i < 20; i++) {
      assertThat(test.udp("raw").send()).isEqualTo("udp-one");
    }
  }

  @Upstream("UDPRouteParentRefAttachAllListeners")
  void aRouteMayHaveAllListeners(Case test) {
    on(test, "all").isTrue("Accepted", "Accepted");
    for (String listener : List.of("first", "second", "third")) {
      test.gateway("raw")
          .listener(listener)
          .allTrue("Accepted", "ResolvedRefs")
          .supports("UDPRoute")
          .attached(1);
      test.udp(listener).reaches("udp-one");
    }
  }

  @Upstream("UDPRouteParentRefPortAndSectionName")
  void aRouteMayChooseAListenerByPortAndName(Case test) {
    for (String route : List.of("by-port", "by-section", "by-both")) {
      on(test, route).isTrue("Accepted", "Accepted");
    }
    test.udp("first").reaches("udp-one");
    test.udp("second").reaches("udp-two");
    test.udp("third").reaches("udp-three");
  }

  @Upstream("UDPRouteWeightedRouting")
  void everyBackendGetsItsShare(Case test) {
    on(test, "weights").allTrue("Accepted", "ResolvedRefs");
    Case.settles(() -> assertThat(test.udp("raw").send()).startsWith("udp-"));
    Distribution.of(
        () -> test.udp("raw").send(), Map.of("udp-one", 0.7, "udp-two", 0.3, "udp-three", 0.0));
  }
}
