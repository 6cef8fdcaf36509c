package dev.postern.e2e.conformance;

import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteHostsIT {
  private static final List<String> LISTENERS = List.of("all", "wild", "deeper", "exact");

  @Upstream("HTTPRouteHostnameIntersection")
  void aRouteIsServedForTheNamesThatItSharesWithAListener(Case test) {
    HostsOf many = (host, path) -> test.get(path).on("many").host(host);
    many.ask("very.exact.test", "/s1").reaches("one");
    many.ask("very.exact.test:1234", "/s1").reaches("one");
    many.ask("foo.wild.test", "/s2").reaches("two");
    many.ask("bar.wild.test", "/s2").reaches("two");
    many.ask("foo.bar.wild.test", "/s2").reaches("two");
    many.ask("very.exact.test", "/s3").reaches("three");
    many.ask("foo.wilder.test", "/s4").reaches("one");
    many.ask("bar.wilder.test", "/s4").reaches("one");
    many.ask("foo.bar.wilder.test", "/s4").reaches("one");
    many.none("/s1", "not.test", "foo.nowhere.test", "foo.wild.test");
    many.none("/s2", "not.test", "wild.test", "very.exact.test");
    many.none("/s3", "not.test", "foo.exact.test", "foo.wild.test");
    many.none("/s4", "wilder.test", "foo.wild.test", "very.exact.test");
    many.none("/s5", "exact.but.wrong.test", "wild.test");
    many.none("/other", "very.exact.test", "foo.wild.test", "foo.wilder.test");
    test.route("none").parent("hosts").isFalse("Accepted", "NoMatchingListenerHostname");
    for (String listener : List.of("exact", "wild", "wilder")) {
      test.gateway("hosts")
          .listener(listener)
          .allTrue("Accepted", "ResolvedRefs")
          .supports("HTTPRoute")
          .attached(listener.equals("exact") ? 2 : 1);
    }
    HostsOf any = (host, path) -> test.get(path).on("any").host(host);
    for (String host : List.of("first.test", "sub.first.test", "second.test", "sub.second.test")) {
      any.ask(host, "/").reaches("two");
    }
    any.none("/", "third.test", "sub.third.test");
  }

  @FunctionalInterface
  private interface HostsOf {
    HttpCall ask(String host, String path);

    default void none(String path, String... hosts) {
      for (String host : hosts) {
        ask(host, path).answers(404);
      }
    }
  }

  @Upstream("HTTPRouteListenerHostnameMatching")
  void aListenersNameDecidesWhoseRequestItIs(Case test) {
    HostsOf hosts = (host, path) -> test.get(path).on("many").host(host);
    hosts.ask("bar.test", "/").reaches("one");
    hosts.ask("foo.bar.test", "/").reaches("two");
    hosts.ask("baz.bar.test", "/").reaches("three");
    hosts.ask("boo.bar.test", "/").reaches("three");
    hosts.ask("more.than.one.bar.test", "/").reaches("three");
    hosts.ask("more.than.one.foo.test", "/").reaches("three");
    hosts.none("/", "foo.test", "another.example");
  }

  @Upstream("HTTPRouteListenerPortMatching")
  void aRouteMayChooseListenersByPort(Case test) {
    test.get("/").on("a").host("foo.test").reaches("one");
    test.get("/").on("b").host("foo.test").reaches("two");
    test.get("/").on("b").host("bar.test").reaches("two");
    test.get("/").on("c").host("foo.test").reaches("three");
    test.get("/").on("c").host("bar.test").answers(404);
  }

  @Upstream("GatewayHTTPListenerIsolation")
  void aRequestIsTheBestListenersAlone(Case test) {
    List<String> hosts =
        List.of("bar.test", "bar.example.test", "bar.foo.example.test", "abc.foo.example.test");
    for (String gateway : List.of("listeners", "both")) {
      for (int listener = 0; listener < LISTENERS.size(); listener++) {
        String name = LISTENERS.get(listener);
        test.route(gateway + "-" + name).parent(gateway).allTrue("Accepted", "ResolvedRefs");
        for (int host = 0; host < hosts.size(); host++) {
          HttpCall call = test.get("/" + name).on(gateway).host(hosts.get(host));
          if (listener == host) {
            call.reaches("one");
          } else {
            call.answers(404);
          }
        }
      }
    }
  }

  @Upstream("HTTPRouteMultipleGateways")
  void aRouteMayHaveSeveralGateways(Case test) {
    test.route("shared").parent("same").isTrue("Accepted");
    test.route("shared").parent("other").isTrue("Accepted");
    test.get("/shared").reaches("one");
    test.get("/").reaches("two");
    test.get("/shared").on("other").reaches("one");
    test.get("/").on("other").reaches("three");
  }

  @Upstream("HTTPRouteHTTPSListener")
  void routesAreServedOverTls(Case test) {
    test.get("/").on("https").tls("example.org").reaches("one");
    test.get("/").on("https").tls("unknown.example.org").answers(404);
    test.get("/").on("https").tls("second.example.org").reaches("two");
  }

  @Upstream("HTTPRouteHTTPSListenerDetectMisdirectedRequests")
  void aRequestThatBelongsToAnotherListenersConnectionIsMisdirected(Case test) {
    over(test, "example.org", "example.org", 200, "one");
    over(test, "example.org", "second.example.org", 421, "");
    over(test, "example.org", "unknown.example.org", 404, "");
    over(test, "second.example.org", "second.example.org", 200, "two");
    over(test, "second.example.org", "example.org", 421, "");
    over(test, "second.example.org", "unknown.example.org", 421, "");
    over(test, "third.wild.test", "third.wild.test", 200, "three");
    over(test, "third.wild.test", "fifth.wild.test", 200, "three");
    over(test, "third.wild.test", "fourth.wild.test", 421, "");
    over(test, "third.wild.test", "second.example.org", 421, "");
    over(test, "third.wild.test", "unknown.example.org", 421, "");
    over(test, "fourth.wild.test", "fourth.wild.test", 200, "one");
    over(test, "fourth.wild.test", "fifth.wild.test", 421, "");
    over(test, "unknown.example.org", "example.org", 200, "one");
    over(test, "unknown.example.org", "unknown.example.org", 404, "");
  }

  private static void over(Case test, String serverName, String host, int status, String backend) {
    Curls.http2(test.port("https"), "/where", serverName, host)
        .answers(status, backend.isEmpty() ? "" : "\"backend\": \"" + backend + "\"");
  }
}
