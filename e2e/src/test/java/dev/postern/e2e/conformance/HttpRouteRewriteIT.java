package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Exchange;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteRewriteIT {
  private static final int REQUESTS = 500;
  private static final int ROUNDS = 5;
  private static final double DEVIATIONS = 3;

  @Upstream("HTTPRouteRewriteHost")
  void theBackendSeesAnotherHost(Case test) {
    test.get("/one").host("rewrite.test").seesHost("one.example.org").reaches("one");
    test.get("/two").host("rewrite.test").seesHost("example.org").reaches("two");
    HttpRouteHeadersIT.changed(test.get("/and-headers").host("rewrite.test"))
        .seesHost("test.example.org")
        .reaches("two");
  }

  @Upstream("HTTPRouteRewritePath")
  void theBackendSeesAnotherPath(Case test) {
    test.get("/prefix/one/two").seesPath("/one/two").reaches("one");
    test.get("/strip/three").seesPath("/three").reaches("one");
    test.get("/strip").seesPath("/").reaches("one");
    test.get("/full/one/two").seesPath("/one").reaches("one");
    HttpRouteHeadersIT.changed(test.get("/full/and-headers/test")).seesPath("/test").reaches("one");
    HttpRouteHeadersIT.changed(test.get("/prefix/and-headers/one"))
        .seesPath("/prefix/one")
        .reaches("one");
  }

  @Upstream("HTTPRouteRequestMirror")
  void anotherBackendGetsACopy(Case test) {
    test.get("/mirror").reaches("one");
    copied(test, "/mirror", "two");
    HttpRouteHeadersIT.changed(test.get("/mirror-and-headers")).reaches("one");
    changedCopy(test, "/mirror-and-headers", "two");
  }

  @Upstream("HTTPRouteRequestMultipleMirrors")
  void severalBackendsGetACopy(Case test) {
    test.get("/mirrors").reaches("one");
    copied(test, "/mirrors", "two");
    copied(test, "/mirrors", "three");
    HttpRouteHeadersIT.changed(test.get("/mirrors-and-headers")).reaches("one");
    changedCopy(test, "/mirrors-and-headers", "two");
    changedCopy(test, "/mirrors-and-headers", "three");
  }

  /** Every request that was answered came to the mirror too, once. */
  private static void copied(Case test, String path, String mirror) {
    int answered = test.backend("one").requests(path).size();
    Case.eventually(() -> assertThat(test.backend(mirror).requests(path)).hasSize(answered));
  }

  private static void changedCopy(Case test, String path, String mirror) {
    copied(test, path, mirror);
    for (Exchange copy : test.backend(mirror).requests(path)) {
      assertThat(String.join(",", copy.values("X-Append")).replace(", ", ","))
          .isEqualTo("first,second");
      assertThat(copy.value("X-Add")).isEqualTo("first");
      assertThat(copy.value("X-Set")).isEqualTo("new");
      assertThat(copy.value("X-Remove")).isEmpty();
    }
  }

  @Upstream("HTTPRouteRequestPercentageMirror")
  void aShareOfTheRequestsIsCopied(Case test) {
    share(test, "/percent", 0.2, test.get("/percent"));
    share(test, "/fraction", 0.5, test.get("/fraction"));
    share(
        test,
        "/percent-and-headers",
        0.35,
        HttpRouteHeadersIT.changed(test.get("/percent-and-headers")));
  }

  /** Within three standard deviations of the binomial distribution, in one of five rounds. */
  private static void share(Case test, String path, double share, HttpCall call) {
    call.reaches("one");
    double wanted = REQUESTS * share;
    double margin = DEVIATIONS * Math.sqrt(REQUESTS * share * (1 - share));
    EchoServer mirror = test.backend("two");
    for (int round = 1; ; round++) {
      List<Exchange> before = mirror.requests(path);
      assertThat(Distribution.counts(() -> Echo.of(call.send()).text("backend")).keySet())
          .containsExactly("one");
      try {
        Case.eventually(() ->
            assertThat((double) mirror.requests(path).size() - before.size())
                .isBetween(wanted - margin, wanted + margin));
        return;
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        if (round == ROUNDS) {
          throw e;
        }
      }
    }
  }
}
