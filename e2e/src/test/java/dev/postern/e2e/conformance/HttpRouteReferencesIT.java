package dev.postern.e2e.conformance;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteReferencesIT {

  @Upstream("HTTPRouteCrossNamespace")
  void aRouteOfASelectedNamespaceIsServed(Case test) {
    test.get("/").on("selected").reaches("web");
  }

  @Upstream("HTTPRouteInvalidCrossNamespaceParentRef")
  void aRouteOfAnotherNamespaceIsNotTaken(Case test) {
    test.status("HTTPRoute", "-web", "stranger")
        .noAcceptedParent()
        .parent("same")
        .isFalse("Accepted", "NotAllowedByListeners");
    test.gateway("same").listener("http").attached(0);
  }

  @Upstream("HTTPRouteInvalidBackendRefUnknownKind")
  void aBackendOfUnknownKindAnswers500(Case test) {
    refused(test, "unknown", "InvalidKind");
    test.get("/v2").answers(500);
  }

  @Upstream("HTTPRouteInvalidCrossNamespaceBackendRef")
  void aBackendOfAnotherNamespaceAnswers500(Case test) {
    refused(test, "across", "RefNotPermitted");
    test.get("/").answers(500);
  }

  @Upstream("HTTPRouteInvalidNonExistentBackendRef")
  void aMissingBackendAnswers500(Case test) {
    refused(test, "missing", "BackendNotFound");
    test.get("/").answers(500);
  }

  @Upstream("HTTPRouteInvalidReferenceGrant")
  void aGrantThatIsWrongInOneWordGrantsNothing(Case test) {
    refused(test, "across", "RefNotPermitted");
    test.get("/").answers(500);
  }

  private static void refused(Case test, String route, String reason) {
    test.route(route).parent("same").isTrue("Accepted").isFalse("ResolvedRefs", reason);
  }

  @Upstream("HTTPRouteReferenceGrant")
  void aGrantHoldsAsLongAsItIsThere(Case test) {
    test.get("/").reaches("web");
    test.remove("grant.yaml");
    test.get("/").answers(500);
  }

  @Upstream("HTTPRoutePartiallyInvalidViaInvalidReferenceGrant")
  void aRuleThatIsRefusedLeavesTheOthers(Case test) {
    refused(test, "halves", "RefNotPermitted");
    test.get("/v2").answers(500);
    test.get("/").reaches("web");
  }

  @Upstream("HTTPRouteInvalidParentRefNotMatchingListenerPort")
  void aPortWithoutListenerIsNoParent(Case test) {
    noParent(test, "port");
  }

  @Upstream("HTTPRouteInvalidParentRefNotMatchingSectionName")
  void aSectionWithoutListenerIsNoParent(Case test) {
    noParent(test, "section");
  }

  @Upstream("HTTPRouteInvalidParentRefSectionNameNotMatchingPort")
  void aSectionOnAnotherPortIsNoParent(Case test) {
    noParent(test, "both");
  }

  private static void noParent(Case test, String route) {
    test.route(route).noAcceptedParent().parent("same").isFalse("Accepted", "NoMatchingParent");
    test.gateway("same").listener("http").attached(0);
  }

  @Upstream("HTTPRouteDisallowedKind")
  void anHttpRouteDoesNotFitATlsListener(Case test) {
    test.route("wrong-kind")
        .noAcceptedParent()
        .parent("tls-only")
        .isFalse("Accepted", "NotAllowedByListeners");
    test.gateway("tls-only").listener("tls").attached(0);
  }

  @Upstream("HTTPRouteObservedGenerationBump")
  void conditionsAreAboutTheLatestGeneration(Case test) {
    test.route("bump").parent("same").isTrue("Accepted").observed(1);
    test.let("generation", "2").let("backend", "two").again("case.yaml");
    test.route("bump").parent("same").isTrue("Accepted").observed(2);
    test.get("/").reaches("two");
  }
}
