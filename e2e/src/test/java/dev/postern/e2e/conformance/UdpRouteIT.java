package dev.postern.e2e.conformance;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class UdpRouteIT {
  private static final RawRoute ROUTE = new RawRoute("UDPRoute", "udp", Case::udp);

  @Upstream("UDPRoute")
  void datagramsReachTheirBackendAndItsAnswersTheClient(Case test) {
    ROUTE.on(test, "simple").allTrue("Accepted", "ResolvedRefs");
    test.udp("raw").reaches("udp-one");
  }

  @Upstream("UDPRouteNotAllowedByListeners")
  void aTlsListenerTakesNone(Case test) {
    ROUTE.isTakenByNone(test, "datagrams", "tls");
  }

  @Upstream("UDPRouteInvalidBackendRefNonexistent")
  void aMissingBackendIsSaid(Case test) {
    ROUTE.aMissingBackendIsSaid(test);
  }

  @Upstream("UDPRouteInvalidCrossNamespaceBackendRef")
  void aBackendOfAnotherNamespaceWantsAGrant(Case test) {
    ROUTE.aBackendOfAnotherNamespaceWantsAGrant(test);
  }

  @Upstream("UDPRouteReferenceGrant")
  void aGrantHoldsAsLongAsItIsThere(Case test) {
    ROUTE.aGrantHoldsAsLongAsItIsThere(test);
  }

  @Upstream("UDPRouteMultipleRoutesAttachment")
  void theOldestRouteHasTheListener(Case test) {
    ROUTE.theOldestHasTheListener(test, 20);
  }

  @Upstream("UDPRouteParentRefAttachAllListeners")
  void aRouteMayHaveAllListeners(Case test) {
    ROUTE.mayHaveAllListeners(test);
  }

  @Upstream("UDPRouteParentRefPortAndSectionName")
  void aRouteMayChooseAListenerByPortAndName(Case test) {
    ROUTE.mayChooseAListenerByPortAndName(test);
  }

  @Upstream("UDPRouteWeightedRouting")
  void everyBackendGetsItsShare(Case test) {
    ROUTE.givesEveryBackendItsShare(test);
  }
}
