package dev.postern.e2e.conformance;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class TcpRouteIT {
  private static final RawRoute ROUTE = new RawRoute("TCPRoute", "tcp", Case::tcp);

  @Upstream("TCPRouteInvalidNonTCPListener")
  void anHttpListenerTakesNone(Case test) {
    ROUTE.isTakenByNone(test, "bytes", "web");
  }

  @Upstream("TCPRouteInvalidBackendRefNonexistent")
  void aMissingBackendIsSaid(Case test) {
    ROUTE.aMissingBackendIsSaid(test);
  }

  @Upstream("TCPRouteInvalidCrossNamespaceBackendRef")
  void aBackendOfAnotherNamespaceWantsAGrant(Case test) {
    ROUTE.aBackendOfAnotherNamespaceWantsAGrant(test);
  }

  @Upstream("TCPRouteReferenceGrant")
  void aGrantHoldsAsLongAsItIsThere(Case test) {
    ROUTE.aGrantHoldsAsLongAsItIsThere(test);
  }

  @Upstream("TCPRouteMultipleRoutesAttachment")
  void theOldestRouteHasTheListener(Case test) {
    ROUTE.theOldestHasTheListener(test, 100);
  }

  @Upstream("TCPRouteParentRefAttachAll")
  void aRouteMayHaveAllListeners(Case test) {
    ROUTE.mayHaveAllListeners(test);
  }

  @Upstream("TCPRouteParentRefPortAndSectionName")
  void aRouteMayChooseAListenerByPortAndName(Case test) {
    ROUTE.mayChooseAListenerByPortAndName(test);
  }

  @Upstream("TCPRouteWeightedRouting")
  void everyBackendGetsItsShare(Case test) {
    ROUTE.givesEveryBackendItsShare(test);
  }
}
