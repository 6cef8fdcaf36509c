package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.RawResponse;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteCorsIT {
  private static final String FOO = "https://www.foo.test";
  private static final String ELSEWHERE = "https://other.foo.test";
  private static final String PORT = "https://foobar.test:12345";

  @Upstream("HTTPRouteCORS")
  void whoMayAskFromWhere(Case test) {
    lists(test);
    anyMethod(test);
    anyOrigin(test);
    anything(test);
  }

  private static void lists(Case test) {
    for (String origin : new String[] {FOO, "https://www.bar.test", "https://x.www.bar.test"}) {
      RawResponse response = preflight(test, "/lists", origin, "GET", "x-1, x-2");
      is(response, "allow-origin", origin);
      isSet(response, "allow-methods", "GET", "OPTIONS");
      isSet(response, "allow-headers", "x-1", "x-2");
      isSet(response, "expose-headers", "x-3", "x-4");
      is(response, "max-age", "3600");
      is(response, "allow-credentials", "true");
    }
    RawResponse refused =
        preflight(test.call("OPTIONS", "/lists"), "https://foobar.test", "GET", "")
            .answers(200, 204, 403);
    is(refused, "allow-origin", "");
    for (String origin : new String[] {FOO, "https://www.bar.test"}) {
      is(test.get("/lists").with("Origin", origin).reaches("one"), "allow-origin", origin);
    }
    RawResponse plain = test.get("/lists").with("Origin", "https://foobar.test").answers(200);
    is(plain, "allow-origin", "");
  }

  private static void anyMethod(Case test) {
    RawResponse response = preflight(test, "/any-method", FOO, "POST", "");
    is(response, "allow-origin", FOO);
    is(response, "allow-methods", "POST", "*");
    is(response, "allow-credentials", "");
  }

  private static void anyOrigin(Case test) {
    for (String origin : new String[] {"https://foobar.test", PORT}) {
      RawResponse response = preflight(test, "/any-origin", origin, "PUT", "");
      is(response, "allow-origin", origin, "*");
      is(response, "allow-methods", "PUT");
      is(response, "allow-credentials", "");
      RawResponse plain = test.call("PUT", "/any-origin").with("Origin", origin).reaches("one");
      is(plain, "allow-origin", origin, "*");
      is(plain, "allow-credentials", "");
    }
  }

  private static void anything(Case test) {
    RawResponse credentials = preflight(test, "/anything", ELSEWHERE, "PUT", "x-1, x-2");
    is(credentials, "allow-origin", ELSEWHERE);
    is(credentials, "allow-methods", "PUT");
    isSet(credentials, "allow-headers", "x-1", "x-2");
    is(credentials, "allow-credentials", "true");
    RawResponse anonymous = preflight(test, "/anything-anonymous", ELSEWHERE, "PUT", "x-1, x-2");
    is(anonymous, "allow-origin", ELSEWHERE, "*");
    is(anonymous, "allow-methods", "PUT", "*");
    is(anonymous, "allow-headers", "x-1,x-2", "x-2,x-1", "*");
    is(anonymous, "allow-credentials", "");
    RawResponse plain = test.get("/anything").with("Origin", ELSEWHERE).reaches("one");
    is(plain, "allow-origin", ELSEWHERE);
    is(plain, "allow-credentials", "true");
    RawResponse plainAnonymous =
        test.get("/anything-anonymous").with("Origin", ELSEWHERE).reaches("one");
    is(plainAnonymous, "allow-origin", ELSEWHERE, "*");
    is(plainAnonymous, "allow-credentials", "");
  }

  private static RawResponse preflight(
      Case test, String path, String origin, String method, String headers) {
    return preflight(test.call("OPTIONS", path), origin, method, headers).answers(200, 204);
  }

  private static HttpCall preflight(HttpCall call, String origin, String method, String headers) {
    call.with("Origin", origin).with("Access-Control-Request-Method", method);
    return headers.isEmpty() ? call : call.with("Access-Control-Request-Headers", headers);
  }

  private static void is(RawResponse response, String field, String... oneOf) {
    assertThat(value(response, field)).as("%s of %s", field, response).isIn((Object[]) oneOf);
  }

  private static void isSet(RawResponse response, String field, String... all) {
    assertThat(value(response, field).split(","))
        .as("%s of %s", field, response)
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(all));
  }

  private static String value(RawResponse response, String field) {
    return response.value("access-control-" + field).replace(" ", "");
  }
}
