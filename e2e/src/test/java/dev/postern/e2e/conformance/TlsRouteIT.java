package dev.postern.e2e.conformance;

import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class TlsRouteIT {

  private static StatusOf on(Case test, String route, String gateway) {
    return test.status("TLSRoute", route).parent(gateway);
  }

  @Upstream("TLSRouteSimpleSameNamespace")
  void bytesOfTlsArePassedToTheirBackend(Case test) {
    on(test, "simple", "tls").allTrue("Accepted", "ResolvedRefs");
    test.tcp("tls").tls("abc.test").reaches("tcptls-one tls abc.test");
  }

  @Upstream("TLSRouteHostnameIntersection")
  void aServerNameFindsItsRoute(Case test) {
    on(test, "wild-on-exact", "exact").allTrue("Accepted", "ResolvedRefs");
    passes(test, "exact", "abc.test", "tls-one");
    test.tcp("exact").tls("other.test").isRefused();
    for (String gateway : List.of("near", "far", "open")) {
      on(test, "exact-on-" + gateway, gateway).allTrue("Accepted", "ResolvedRefs");
      String wild = gateway.equals("far") ? "near-on-far" : "far-on-" + gateway;
      on(test, wild, gateway).allTrue("Accepted", "ResolvedRefs");
      passes(test, gateway, "x.abc.test", "tls-one");
      passes(test, gateway, "y.abc.test", "tls-two");
      test.tcp(gateway).tls("another.example").isRefused();
    }
  }

  /** HTTP over TLS, which the backend ends; the name is not one of its certificate's. */
  private static void passes(Case test, String port, String serverName, String backend) {
    Curls.tls(test.port(port), "/", serverName)
        .answers(
            "\"backend\": \"%s\"".formatted(backend),
            "\"serverName\": \"%s\"".formatted(serverName));
  }

  @Upstream("TLSRouteInvalidBackendRefNonexistent")
  void aMissingBackendTakesNoConnection(Case test) {
    on(test, "missing", "tls").isTrue("Accepted").isFalse("ResolvedRefs", "BackendNotFound");
    test.tcp("tls").tls("abc.test").isRefused();
  }

  @Upstream("TLSRouteInvalidBackendRefUnknownKind")
  void aBackendOfUnknownKindTakesNoConnection(Case test) {
    on(test, "unknown", "tls").isTrue("Accepted").isFalse("ResolvedRefs", "InvalidKind");
    test.tcp("tls").tls("abc.test").isRefused();
  }

  @Upstream("TLSRouteInvalidNoMatchingListenerHostname")
  void namesThatNoListenerHasAreRefused(Case test) {
    for (String gateway : List.of("exact", "wild")) {
      on(test, "not-" + gateway, gateway).isFalse("Accepted", "NoMatchingListenerHostname");
      test.status("TLSRoute", "not-" + gateway).noAcceptedParent();
      test.gateway(gateway).listener("tls").attached(0);
    }
  }

  @Upstream("TLSRouteInvalidNoMatchingListener")
  void otherListenersAreRefused(Case test) {
    on(test, "on-http", "http").isFalse("Accepted", "NotAllowedByListeners");
    on(test, "on-https", "https").isFalse("Accepted", "NotAllowedByListeners");
    on(test, "no-section", "tls").isFalse("Accepted", "NoMatchingParent");
    for (String route : List.of("on-http", "on-https", "no-section")) {
      test.status("TLSRoute", route).noAcceptedParent();
    }
    test.gateway("http").listener("http").attached(0);
    test.gateway("https").listener("https").attached(0);
  }

  @Upstream("TLSRouteInvalidReferenceGrant")
  void aGrantThatIsWrongInOneWordGrantsNothing(Case test) {
    on(test, "across", "tls").isTrue("Accepted").isFalse("ResolvedRefs", "RefNotPermitted");
    test.tcp("tls").tls("abc.test").isRefused();
  }

  @Upstream("TLSRouteListenerPassthroughSupportedKinds")
  void passthroughTakesTlsRoutesAlone(Case test) {
    test.gateway("tls")
        .listener("tls")
        .isFalse("ResolvedRefs", "InvalidRouteKinds")
        .supports("TLSRoute")
        .attached(0);
  }

  @Upstream("TLSRouteListenerTerminateSupportedKinds")
  void tlsMayEndAtTheGateway(Case test) {
    test.gateway("tls")
        .listener("tls")
        .isTrue("Accepted", "Accepted")
        .supports("TLSRoute")
        .attached(0);
  }

  @Upstream("TLSRouteTerminateSimpleSameNamespace")
  void whatCameOverTlsGoesOnInPlaintext(Case test) {
    on(test, "terminated", "tls").allTrue("Accepted", "ResolvedRefs");
    test.tcp("tls").tls("tls.test").trusting("front-ca").reaches("tcp-one");
  }

  @Upstream("TLSRouteMixedTerminationSameNamespace")
  void onePortMayEndAndPassTls(Case test) {
    for (String listener : List.of("terminate", "passthrough")) {
      test.gateway("mixed")
          .listener(listener)
          .isTrue("Accepted", "Accepted")
          .supports("TLSRoute")
          .attached(1);
    }
    on(test, "terminated", "mixed").isTrue("Accepted");
    on(test, "passed", "mixed").isTrue("Accepted");
    test.tcp("tls").tls("tls.test").trusting("front-ca").reaches("tcp-one");
    test.tcp("tls").tls("abc.test").reaches("tcptls-one tls abc.test");
  }
}
