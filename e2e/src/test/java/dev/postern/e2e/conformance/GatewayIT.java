package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class GatewayIT {

  @Upstream("GatewayListenerUnsupportedProtocol")
  void anUnknownProtocolIsRefused(Case test) {
    test.gateway("none").isFalse("Accepted", "ListenersNotValid");
    test.gateway("some").isTrue("Accepted", "ListenersNotValid");
    test.gateway("some")
        .listener("http")
        .isTrue("Accepted", "Accepted")
        .supports("HTTPRoute")
        .attached(0);
    for (String gateway : List.of("none", "some")) {
      test.gateway(gateway)
          .listener("bad")
          .isFalse("Accepted", "UnsupportedProtocol")
          .supportsNothing()
          .attached(0);
    }
  }

  @Upstream("GatewayInvalidParametersRef")
  void unknownParametersAreRefused(Case test) {
    test.gateway("parameters").isFalse("Accepted", "InvalidParameters");
  }

  @Upstream("GatewayInvalidRouteKind")
  void unknownKindsOfRoutesAreNoted(Case test) {
    test.gateway("only")
        .listener("http")
        .isFalse("ResolvedRefs", "InvalidRouteKinds")
        .supportsNothing();
    test.gateway("also")
        .listener("http")
        .isFalse("ResolvedRefs", "InvalidRouteKinds")
        .supports("HTTPRoute");
  }

  @Upstream("GatewayInvalidTLSConfiguration")
  void aListenerWithoutCertificateSaysSo(Case test) {
    for (String gateway : List.of("missing", "group", "kind", "garbage")) {
      test.gateway(gateway)
          .listener("https")
          .isFalse("ResolvedRefs", "InvalidCertificateRef")
          .supports("HTTPRoute")
          .attached(0);
    }
  }

  @Upstream("GatewayModifyListeners")
  void listenersComeAndGo(Case test) {
    test.gateway("grows").observed(1);
    test.gateway("shrinks").observed(1);
    test.get("/").on("a").tls("secure.example.test").reaches("one");
    test.get("/").on("b").tls("secure.example.test").reaches("one");
    test.put("gateways.yaml");
    for (String listener : List.of("https", "http")) {
      served(test.gateway("grows").listener(listener));
    }
    served(test.gateway("shrinks").listener("http"));
    test.gateway("grows").observed(2);
    test.gateway("shrinks").observed(2);
    assertThat(test.gateway("shrinks").parts("listeners")).hasSize(1);
    test.get("/").on("d").host("data.test").reaches("one");
    test.get("/").on("c").reaches("one");
    test.get("/").on("b").tls("secure.example.test").isRefused();
  }

  private static void served(StatusOf listener) {
    listener.allTrue("Accepted", "ResolvedRefs").supports("HTTPRoute").attached(1);
  }

  @Upstream("GatewayObservedGenerationBump")
  void conditionsAreAboutTheLatestGeneration(Case test) {
    test.gateway("bump").observed(1);
    test.put("gateway.yaml");
    test.gateway("bump").observed(2);
    test.gateway("bump").listener("other").observed(2);
  }

  @Upstream("GatewayClassObservedGenerationBump")
  void aClasssConditionsToo(Case test) {
    test.clusterStatus("GatewayClass", "bump").isTrue("Accepted").observed(1);
    test.let("generation", "2").let("words", "new").again("class.yaml");
    test.clusterStatus("GatewayClass", "bump").isTrue("Accepted").observed(2);
  }

  @Upstream("GatewaySecretInvalidReferenceGrant")
  void aGrantThatIsWrongInOneWordGrantsNoSecret(Case test) {
    notPermitted(test);
  }

  @Upstream("GatewaySecretMissingReferenceGrant")
  void aSecretOfAnotherNamespaceWantsAGrant(Case test) {
    notPermitted(test);
  }

  private static void notPermitted(Case test) {
    test.gateway("across")
        .listener("https")
        .isFalse("ResolvedRefs", "RefNotPermitted")
        .supports("HTTPRoute")
        .attached(0);
  }

  @Upstream("GatewaySecretReferenceGrantAllInNamespace")
  void aGrantMayBeForAllSecrets(Case test) {
    permitted(test);
  }

  @Upstream("GatewaySecretReferenceGrantSpecific")
  void aGrantMayBeForOneSecret(Case test) {
    permitted(test);
  }

  private static void permitted(Case test) {
    test.gateway("across")
        .listener("https")
        .isTrue("Programmed", "Programmed")
        .isTrue("ResolvedRefs")
        .supports("HTTPRoute")
        .attached(0);
    test.get("/").on("https").tls("example.org").answers(404);
  }

  @Upstream("GatewayOptionalAddressValue")
  void anAddressWithoutValueIsChosen(Case test) {
    test.gateway("no-value").allTrue("Accepted", "Programmed");
    Case.eventually(() ->
        assertThat(test.gateway("no-value").parts("addresses"))
            .isNotEmpty()
            .allSatisfy(address -> assertThat(address.get("value")).isNotNull()));
    test.get("/").on("a").answers(404);
  }

  @Upstream("GatewayStaticAddresses")
  void anAddressThatCannotBeUsedIsReported(Case test) {
    test.gateway("static").isFalse("Accepted", "UnsupportedAddress");
    test.remove("gateway.yaml").put("without-fake.yaml");
    test.gateway("static").isTrue("Accepted", "Accepted").isFalse("Programmed", "AddressNotUsable");
    test.remove("without-fake.yaml").put("usable.yaml");
    test.gateway("static")
        .isTrue("Accepted", "Accepted")
        .isTrue("Programmed", "Programmed")
        .listener("http")
        .allTrue("Accepted", "ResolvedRefs")
        .supports("HTTPRoute")
        .attached(0);
    Case.eventually(() ->
        assertThat(test.gateway("static").parts("addresses"))
            .singleElement()
            .satisfies(address -> {
              assertThat(address.get("value")).isEqualTo("127.0.0.1");
              assertThat(address.getOrDefault("type", "IPAddress")).isEqualTo("IPAddress");
            }));
  }

  @Upstream("GatewayWithAttachedRoutes")
  void acceptedRoutesAreCounted(Case test) {
    counted(test, "one-route", "http", 1);
    counted(test, "two-routes", "http", 2);
    test.route("not-accepted")
        .parent("two-routes")
        .isFalse("Accepted", "NoMatchingListenerHostname");
    test.gateway("unresolved")
        .listener("tls")
        .isFalse("Programmed")
        .isFalse("ResolvedRefs")
        .supports("HTTPRoute")
        .attached(1);
    test.route("unresolved").parent("unresolved").isFalse("ResolvedRefs");
  }

  @Upstream("GatewayWithAttachedRoutesWithPort8080")
  void aRouteIsCountedWhereItIsAttached(Case test) {
    counted(test, "two", "without", 0);
    counted(test, "two", "with", 1);
  }

  private static void counted(Case test, String gateway, String listener, int routes) {
    test.gateway(gateway)
        .listener(listener)
        .allTrue("Accepted", "ResolvedRefs")
        .supports("HTTPRoute")
        .attached(routes);
  }
}
