package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class TcpRouteIT {

  private static StatusOf on(Case test, String route) {
    return test.status("TCPRoute", route).parent("raw");
  }

  @Upstream("TCPRouteInvalidNonTCPListener")
  void anHttpListenerTakesNone(Case test) {
    test.status("TCPRoute", "bytes")
        .noAcceptedParent()
        .parent("web")
        .isFalse("Accepted", "NotAllowedByListeners");
    test.gateway("web").listener("web").attached(0);
  }

  @Upstream("TCPRouteInvalidBackendRefNonexistent")
  void aMissingBackendIsSaid(Case test) {
    on(test, "missing").isFalse("ResolvedRefs", "BackendNotFound");
  }

  @Upstream("TCPRouteInvalidCrossNamespaceBackendRef")
  void aBackendOfAnotherNamespaceWantsAGrant(Case test) {
    on(test, "across").isTrue("Accepted").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  @Upstream("TCPRouteReferenceGrant")
  void aGrantHoldsAsLongAsItIsThere(Case test) {
    on(test, "across").isTrue("ResolvedRefs", "ResolvedRefs");
    test.tcp("raw").reaches("tcp-one");
    test.remove("grant.yaml");
    on(test, "across").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  @Upstream("TCPRouteMultipleRoutesAttachment")
  void theOldestRouteHasTheListener(Case test) {
    test.tcp("raw").reaches("tcp-one");
    test.put("newer.yaml");
    on(test, "zz-older").isTrue("Accepted", "Accepted");
    on(test, "aa-newer").isTrue("Accepted", "Accepted");
    test.gateway("raw")
        .listener("raw")
        .isTrue("Accepted", "Accepted")
        .supports("TCPRoute")
        .attached(2);
    for (int i = 0; i < 100; i++) {
      assertThat(test.tcp("raw").send()).isEqualTo("tcp-one");
    }
  }

  @Upstream("TCPRouteParentRefAttachAll")
  void aRouteMayHaveAllListeners(Case test) {
    on(test, "all").isTrue("Accepted", "Accepted");
    for (String listener : List.of("first", "second", "third")) {
      test.gateway("raw")
          .listener(listener)
          .allTrue("Accepted", "ResolvedRefs")
          .supports("TCPRoute")
          .attached(1);
      test.tcp(listener).reaches("tcp-one");
    }
  }

  @Upstream("TCPRouteParentRefPortAndSectionName")
  void aRouteMayChooseAListenerByPortAndName(Case test) {
    for (String route : List.of("by-port", "by-section", "by-both")) {
      on(test, route).isTrue("Accepted", "Accepted");
    }
    test.tcp("first").reaches("tcp-one");
    test.tcp("second").reaches("tcp-two");
    test.tcp("third").reaches("tcp-three");
  }

  @Upstream("TCPRouteWeightedRouting")
  void everyBackendGetsItsShare(Case test) {
    on(test, "weights").allTrue("Accepted", "ResolvedRefs");
    Case.settles(() -> assertThat(test.tcp("raw").send()).startsWith("tcp-"));
    Distribution.of(
        () -> test.tcp("raw").send(), Map.of("tcp-one", 0.7, "tcp-two", 0.3, "tcp-three", 0.0));
  }
}
