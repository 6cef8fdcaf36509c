package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HttpFilters;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.stat.HttpStat;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a browser is told of other origins' pages.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CorsTest {
  private static final String ALLOW_ORIGIN = "access-control-allow-origin";
  private static final String CREDENTIALS = "access-control-allow-credentials";
  private static final String METHODS = "access-control-allow-methods";
  private static final String HEADERS = "access-control-allow-headers";
  private static final String EXPOSE = "access-control-expose-headers";
  private static final String ORIGIN = "https://a.example";

  private final Backend backend =
      new Backend((exchange, _) -> {
        exchange.getResponseHeaders().add(ALLOW_ORIGIN, "https://backend.example");
        exchange.getResponseHeaders().add(EXPOSE, "x-backend");
        exchange.getResponseHeaders().add("x-of-the-backend", "yes");
        Backend.say(exchange, 200, "from the backend");
      });
  private final Gate gate = new Gate();

  CorsTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
  }

  @ParameterizedTest(name = "{0} allows {1}: {2}")
  @CsvSource({
    "https://a.example,         https://a.example,          true",
    "https://a.example,         HTTPS://A.example,          true",
    "https://a.example,         http://a.example,           false",
    "https://a.example,         https://a.example:8443,     false",
    "https://a.example:8443,    https://a.example:8443,     true",
    "https://a.example,         https://a.example.evil,     false",
    "https://a.example,         null,                       false",
    "https://*.a.example,       https://x.a.example,        true",
    "https://*.a.example,       https://x.y.a.example,      true",
    "https://*.a.example,       https://a.example,          false",
    "https://*.a.example,       https://evila.example,      false",
    "https://*.a.example,       https://evil/.a.example,    false",
    "https://*.a.example,       https://evil:1.a.example,   false",
    "https://*.a.example:81,    https://x.a.example:81,     true",
    "https://*.a.example:81,    https://x.a.example,        false",
    "https://a.example:443,     https://a.example,          true",
    "https://a.example,         https://a.example:443,      true",
    "http://a.example,          http://a.example:80,        true",
    "http://*.a.example:80,     http://x.a.example,         true",
    "http://a.example,          http://a.example:443,       false",
  })
  void anOriginIsAllowedWhenItIsOneOfThePolicys(String allowed, String origin, boolean is)
      throws Exception {
    cors(List.of("https://other.example", allowed), List.of("GET"), List.of(), true);
    for (String version : new String[] {Curl.HTTP1, Curl.HTTP2}) {
      Curl answer = Curl.get(gate, version, "/", "-H", "Origin: " + origin);
      assertThat(answer.body()).isEqualTo("from the backend");
      assertThat(answer.all(ALLOW_ORIGIN)).isEqualTo(is ? List.of(origin) : List.of());
      assertThat(answer.all(CREDENTIALS)).isEqualTo(is ? List.of("true") : List.of());
      assertThat(answer.all(EXPOSE)).isEqualTo(is ? List.of("x-one, x-two") : List.of());
      assertThat(answer.all("vary")).containsExactly("Origin");
    }
    assertThat(gate.count(is ? HttpStat.CORS_ORIGIN_VALID : HttpStat.CORS_ORIGIN_INVALID))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aPreflightIsAnsweredWithoutTheBackend(String version) throws Exception {
    cors(List.of(ORIGIN), List.of("GET", "PUT"), List.of("x-a", "x-b"), true);
    Curl answer = preflight(version, ORIGIN);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.all(ALLOW_ORIGIN)).containsExactly(ORIGIN);
    assertThat(answer.all(CREDENTIALS)).containsExactly("true");
    assertThat(answer.all(METHODS)).containsExactly("GET, PUT");
    assertThat(answer.all(HEADERS)).containsExactly("x-a, x-b");
    assertThat(answer.all("access-control-max-age")).containsExactly("77");
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aPreflightOfAnotherOriginIsToldNothing() throws Exception {
    cors(List.of(ORIGIN), List.of("GET"), List.of(), true);
    Curl answer = preflight(Curl.HTTP1, "https://evil.example");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.fields()).noneMatch(field -> field.startsWith("access-control"));
    assertThat(answer.all("vary")).containsExactly("Origin");
    assertThat(backend.received).isEmpty();
  }

  @Test
  void withCredentialsAllThatMayBeSeenIsNamed() throws Exception {
    gate.filters(
            new HttpFilters(
                Optional.of(
                    new HttpFilters.Cors(
                        List.of(ORIGIN), List.of(), List.of(), List.of("*"), true, 77)),
                Optional.empty()))
        .to(backend.port())
        .forward(ForwardOptions.NONE);
    Curl answer = Curl.get(gate, Curl.HTTP1, "/", "-H", "Origin: " + ORIGIN);
    assertThat(answer.all(EXPOSE)).hasSize(1);
    assertThat(answer.all(EXPOSE).getFirst().split(", "))
        .contains("date", "x-of-the-backend")
        .doesNotContain("*", EXPOSE);
  }

  @ParameterizedTest(name = "with credentials: {0}")
  @CsvSource({"true, https://a.example", "false, *"})
  void whereEverythingIsAllowedWhatWasAskedIsTold(boolean credentials, String told)
      throws Exception {
    cors(List.of("*"), List.of("*"), List.of("*"), credentials);
    Curl answer = preflight(Curl.HTTP1, ORIGIN);
    assertThat(answer.all(ALLOW_ORIGIN)).containsExactly(told);
    assertThat(answer.all(METHODS)).containsExactly("PUT");
    assertThat(answer.all(HEADERS)).containsExactly("x-a,x-z");
    assertThat(answer.all("vary").isEmpty()).isNotEqualTo(credentials);
  }

  @Test
  void aRequestOfNoOtherOriginPassesUntouched() throws Exception {
    cors(List.of(ORIGIN), List.of("GET"), List.of(), true);
    Curl answer = Curl.get(gate, Curl.HTTP1, "/", "-X", "OPTIONS");
    assertThat(answer.all(ALLOW_ORIGIN)).containsExactly("https://backend.example");
    assertThat(answer.all(CREDENTIALS)).isEmpty();
    assertThat(answer.body()).isEqualTo("from the backend");
  }

  /// It is told nothing of origins: kept in a cache it must not answer those that have one.
  @ParameterizedTest(name = "with credentials: {0}")
  @ValueSource(booleans = {true, false})
  void aRequestOfNoOriginIsNotAnsweredLikeOthersWhereAllAreAllowed(boolean credentials)
      throws Exception {
    cors(List.of("*"), List.of("GET"), List.of(), credentials);
    assertThat(Curl.get(gate, Curl.HTTP1, "/").all("vary")).containsExactly("Origin");
    assertThat(Curl.get(gate, Curl.HTTP1, "/", "-H", "Origin: " + ORIGIN).all("vary").isEmpty())
        .isNotEqualTo(credentials);
  }

  @Test
  void aPageMaySeeThatTheGatewayFailed() throws Exception {
    cors(List.of(ORIGIN), List.of("GET"), List.of(), true);
    gate.to(FreePort.next()).forward(ForwardOptions.NONE);
    Curl answer = Curl.get(gate, Curl.HTTP1, "/", "-H", "Origin: " + ORIGIN);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all(ALLOW_ORIGIN)).containsExactly(ORIGIN);
  }

  private Curl preflight(String version, String origin) throws IOException {
    return Curl.get(
        gate,
        version,
        "/",
        "-X",
        "OPTIONS",
        "-H",
        "Origin: " + origin,
        "-H",
        "Access-Control-Request-Method: PUT",
        "-H",
        "Access-Control-Request-Headers: x-a,x-z");
  }

  private void cors(
      List<String> origins, List<String> methods, List<String> headers, boolean credentials) {
    HttpFilters.Cors policy =
        new HttpFilters.Cors(origins, methods, headers, List.of("x-one", "x-two"), credentials, 77);
    gate.filters(new HttpFilters(Optional.of(policy), Optional.empty()))
        .to(backend.port())
        .forward(ForwardOptions.NONE);
  }
}
