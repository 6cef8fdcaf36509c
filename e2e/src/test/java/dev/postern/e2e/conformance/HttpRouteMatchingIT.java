package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.WebSockets;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteMatchingIT {

  @Upstream("HTTPRouteSimpleSameNamespace")
  void aRouteWithoutConditionsTakesEverything(Case test) {
    test.route("simple").parent("same").allTrue("Accepted", "ResolvedRefs");
    test.get("/").reaches("one");
  }

  @Upstream("HTTPRouteExactPathMatching")
  void anExactPathIsThatPathAlone(Case test) {
    test.get("/one").reaches("one");
    test.get("/two").reaches("two");
    for (String path : new String[] {"/", "/one/more", "/two/", "/Two"}) {
      test.get(path).answers(404);
    }
  }

  @Upstream("HTTPRouteMatching")
  void aPrefixIsOneOfWholeSegments(Case test) {
    test.get("/").reaches("one");
    test.get("/any").reaches("one");
    test.get("/").with("Version", "one").reaches("one");
    test.get("/v2").reaches("two");
    test.get("/v2/any").reaches("two");
    test.get("/v2/").reaches("two");
    test.get("/").with("Version", "two").reaches("two");
    test.get("/v2any").reaches("one");
    test.get("/any/v2/more").reaches("one");
  }

  @Upstream("HTTPRouteMatchingAcrossRoutes")
  void theBestMatchWinsWhicheverRouteItIsIn(Case test) {
    test.get("/").host("shop.test").reaches("one");
    test.get("/any").host("shop.test").reaches("one");
    test.get("/any").host("shop.example").reaches("one");
    test.get("/any").host("shop.test").with("Version", "one").reaches("one");
    test.get("/v2").host("shop.test").reaches("two");
    test.get("/v2").host("shop.example").reaches("one");
    test.get("/v2/any").host("shop.test").reaches("two");
    test.get("/").host("shop.test").with("Version", "two").reaches("two");
  }

  @Upstream("HTTPRouteHeaderMatching")
  void headersAreConditions(Case test) {
    test.get("/").with("Version", "one").reaches("one");
    test.get("/").with("Version", "two").reaches("two");
    test.get("/").with("Version", "two").with("Colour", "orange").reaches("one");
    test.get("/").with("Version", "two").with("Colour", "blue").reaches("two");
    test.get("/").with("Colour", "orange").answers(404);
    test.get("/").with("Another", "one").answers(404);
    test.get("/").with("Colour", "blue").reaches("one");
    test.get("/").with("Colour", "green").reaches("one");
    test.get("/").with("Colour", "red").reaches("two");
    test.get("/").with("Colour", "yellow").reaches("two");
    test.get("/").with("Colour", "purple").answers(404);
  }

  @Upstream("HTTPRouteMethodMatching")
  void methodsAreConditions(Case test) {
    test.call("POST", "/").reaches("one");
    test.get("/").reaches("two");
    test.call("HEAD", "/").answers(404);
    test.get("/a").reaches("one");
    test.call("PUT", "/").with("version", "one").reaches("two");
    test.call("POST", "/b").with("version", "two").reaches("three");
    test.call("PATCH", "/c").reaches("one");
    test.call("DELETE", "/d").with("version", "three").reaches("one");
    test.call("PUT", "/").answers(404);
    test.call("DELETE", "/d").answers(404);
    // A path before a method, a method before a header.
    test.call("PATCH", "/e").reaches("one");
    test.call("PATCH", "/").with("version", "four").reaches("two");
  }

  @Upstream("HTTPRouteQueryParamMatching")
  void queryParametersAreConditions(Case test) {
    test.get("/?animal=whale").reaches("one");
    test.get("/?animal=dolphin").reaches("two");
    test.get("/?animal=dolphin&colour=blue").reaches("three");
    test.get("/?ANIMAL=Whale").reaches("three");
    test.get("/?animal=whale&other=any").reaches("one");
    test.get("/?animal=dolphin&colour=yellow").reaches("two");
    test.get("/?colour=blue").answers(404);
    test.get("/?animal=dog").answers(404);
    test.get("/?animal=whaledolphin").answers(404);
    test.get("/").answers(404);
    test.get("/a?animal=whale").reaches("one");
    test.get("/?animal=whale").with("version", "one").reaches("two");
    test.get("/b?animal=whale").with("version", "two").reaches("three");
    test.get("/c?animal=shark").reaches("one");
    test.get("/d?animal=kraken").with("version", "three").reaches("one");
    test.get("/?animal=shark").answers(404);
    test.get("/d?animal=kraken").answers(404);
    // A path before a parameter, a header before a parameter.
    test.get("/e?animal=hydra").reaches("one");
    test.get("/?animal=hydra").with("version", "four").reaches("three");
  }

  @Upstream("HTTPRoutePathMatchOrder")
  void exactGoesBeforePrefixAndLongBeforeShort(Case test) {
    test.get("/m/exact/one").reaches("three");
    test.get("/m/exact").reaches("two");
    test.get("/m").reaches("one");
    test.get("/m/prefix/one/any").reaches("two");
    test.get("/m/prefix/any").reaches("one");
    test.get("/m/any").reaches("three");
  }

  @Upstream("HTTPRouteNamedRule")
  void aRuleMayHaveAName(Case test) {
    test.get("/named").reaches("one");
    test.get("/unnamed").reaches("two");
  }

  @Upstream("HTTPRouteNoBackendRefs")
  void aRuleWithoutBackendsAnswers500(Case test) {
    test.get("/any").reaches("one");
    test.get("/left-out").answers(500);
    test.get("/empty").answers(500);
    test.route("nowhere").parent("same").allTrue("Accepted", "ResolvedRefs");
  }

  @Upstream("HTTPRouteServiceTypes")
  void servicesWithoutSelectorOrAddressAreServed(Case test) {
    test.get("/manual").reaches("one");
    test.get("/headless").reaches("one");
    test.get("/headless-manual").reaches("one");
  }

  @Upstream("HTTPRouteWeight")
  void everyBackendGetsItsShare(Case test) {
    test.get("/").answers(200);
    Distribution.of(
        () -> Echo.of(test.get("/").send()).text("backend"),
        Map.of("one", 0.7, "two", 0.3, "three", 0.0));
  }

  @Upstream("HTTPRouteBackendProtocolH2C")
  void http2GoesToABackendThatSpeaksNothingElse(Case test) {
    Curls.http2(test.port("http"), "/").answers(200, "proto=HTTP/2.0");
  }

  @Upstream("HTTPRouteBackendProtocolWebSocket")
  void aWebSocketReachesItsBackend(Case test) {
    Case.settles(
        () -> WebSockets.echoes(RawHttp.connect(test.port("http")), "gateway.test", "/ws"));
  }
}
