package dev.postern.e2e.conformance;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteRedirectIT {
  private static final String HERE = "http://gateway.test";

  /** Where a redirect may lead that keeps this listener's port, which no well-known one is. */
  private static String here(Case test, String path) {
    return HERE + ":" + test.port("http") + path;
  }

  private static String there(Case test, String path) {
    return "http://example.org:" + test.port("http") + path;
  }

  @Upstream("HTTPRoute303Redirect")
  void seeOther(Case test) {
    test.call("POST", "/see-other").redirects(303, here(test, "/see-other"));
  }

  @Upstream("HTTPRoute307Redirect")
  void temporary(Case test) {
    test.get("/temporary").redirects(307, here(test, "/temporary"));
  }

  @Upstream("HTTPRoute308Redirect")
  void permanent(Case test) {
    test.get("/permanent").redirects(308, here(test, "/permanent"));
  }

  @Upstream("HTTPRouteRedirectHostAndStatus")
  void toAnotherHost(Case test) {
    test.get("/host").redirects(302, there(test, "/host"));
    test.get("/host-and-status").redirects(301, there(test, "/host-and-status"));
  }

  @Upstream("HTTPRouteRedirectPath")
  void toAnotherPath(Case test) {
    test.get("/old/lemon").redirects(302, here(test, "/new/lemon"));
    test.get("/full/path/old").redirects(302, here(test, "/all-new"));
    test.get("/host").redirects(302, there(test, "/new"));
    test.get("/status").redirects(301, here(test, "/new"));
    test.get("/full-host").redirects(302, there(test, "/all-new"));
    test.get("/full-status").redirects(301, here(test, "/all-new"));
  }

  @Upstream("HTTPRouteRedirectPort")
  void toAnotherPort(Case test) {
    test.get("/port").redirects(302, HERE + ":8083/port");
    test.get("/host").redirects(302, "http://example.org:8083/host");
    test.get("/status").redirects(301, HERE + ":8083/status");
    test.get("/all").redirects(302, "http://example.org:8083/all");
  }

  @Upstream("HTTPRouteRedirectScheme")
  void toAnotherScheme(Case test) {
    test.get("/scheme").redirects(302, https("gateway.test", "/scheme"));
    test.get("/host").redirects(302, https("example.org", "/host"));
    test.get("/status").redirects(301, https("gateway.test", "/status"));
    test.get("/all").redirects(302, https("example.org", "/all"));
  }

  @Upstream("HTTPRouteRedirectPortAndScheme")
  void theSchemesPortIsTakenUnlessOneIsSaid(Case test) {
    test.get("/nil-nil").redirects(302, there(test, "/nil-nil"));
    test.get("/nil-80").redirects(302, http("/nil-80"));
    test.get("/nil-8080").redirects(302, "http://example.org:8080/nil-8080");
    test.get("/https-nil").redirects(302, https("example.org", "/https-nil"));
    test.get("/https-443").redirects(302, https("example.org", "/https-443"));
    test.get("/https-8443").redirects(302, "https://example.org:8443/https-8443");

    String port = ":" + test.port("https");
    over(test, "/nil-nil").redirects(302, "https://example.org" + port + "/nil-nil");
    over(test, "/nil-443").redirects(302, https("example.org", "/nil-443"));
    over(test, "/nil-8443").redirects(302, "https://example.org:8443/nil-8443");
    over(test, "/http-nil").redirects(302, http("/http-nil"));
    over(test, "/http-80").redirects(302, http("/http-80"));
    over(test, "/http-8080").redirects(302, "http://example.org:8080/http-8080");
  }

  private static HttpCall over(Case test, String path) {
    return test.get(path).on("https").tls("example.org");
  }

  /** A scheme's own port may be said or left out. */
  private static String[] https(String host, String path) {
    return new String[] {"https://" + host + path, "https://" + host + ":443" + path};
  }

  private static String[] http(String path) {
    return new String[] {"http://example.org" + path, "http://example.org:80" + path};
  }
}
