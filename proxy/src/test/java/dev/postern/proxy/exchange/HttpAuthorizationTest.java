package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.RouteAction;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody else is asked in HTTP whether a request may pass.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpAuthorizationTest {
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final int ALL = 1024;

  private final Backend backend = Backend.answering(200);
  private final Gate gate = new Gate();
  private Backend auth;

  HttpAuthorizationTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
    auth.close();
  }

  /// Lets pass with these fields, of a name and a value each.
  private void allows(List<String> copied, int most, String... fields) throws IOException {
    auth =
        new Backend((exchange, _) -> {
          for (int i = 0; i < fields.length; i += 2) {
            exchange.getResponseHeaders().add(fields[i], fields[i + 1]);
          }
          Backend.say(exchange, 200, "welcome");
        });
    Guard.guard(gate, Guard.http(List.of("cookie"), copied, most), auth.port(), backend.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void theServiceIsAskedAboutTheRequestAndTheBackendGetsWhatItSays(String version)
      throws Exception {
    allows(List.of("x-user"), 0, "X-User", "anna", "X-Other", "no");
    for (int i = 1; i <= 2; i++) {
      Curl answer =
          Curl.get(
              gate,
              version,
              "/a/../b?q=1",
              "-d",
              "some body",
              "-H",
              "Authorization: Bearer t",
              "-H",
              "Cookie: c=1",
              "-H",
              "X-Secret: s",
              "-H",
              "X-User: root",
              "-H",
              "Host: shop");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("attempt " + i);
    }
    Backend.Received asked = auth.received.getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.target()).isEqualTo("/check/b?q=1");
    assertThat(asked.body()).isEmpty();
    assertThat(asked.headers())
        .containsOnlyKeys("Host", "Authorization", "Cookie", "Content-length");
    assertThat(asked.headers().getFirst("Content-length")).isEqualTo("0");
    assertThat(asked.headers().getFirst("Host")).isEqualTo("shop");
    assertThat(asked.headers().getFirst("Authorization")).isEqualTo("Bearer t");
    Backend.Received passed = backend.received.getFirst();
    assertThat(passed.text()).isEqualTo("some body");
    assertThat(passed.headers().get("X-user")).containsExactly("anna");
    assertThat(passed.headers().get("X-forwarded-for")).containsExactly("127.0.0.1");
    assertThat(passed.headers()).containsKey("X-secret").doesNotContainKey("X-other");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_OK)).isEqualTo(2);
    assertThat(gate.count("auth", ClusterStat.UPSTREAM_CX_TOTAL)).isEqualTo(1);
    assertThat(gate.count("auth", ClusterStat.UPSTREAM_RQ_ACTIVE)).isZero();
  }

  @Test
  void whatTheServiceMaySetIsNeverTheClients() throws Exception {
    allows(List.of("x-user", "host", "content-length"), 0, "Content-Type", "text/evil");
    Curl.get(gate, Curl.HTTP1, "/", "-H", "X-User: root", "-d", "body", "-H", "Host: shop");
    Backend.Received passed = backend.received.getFirst();
    assertThat(passed.headers()).doesNotContainKey("X-user");
    assertThat(passed.headers().getFirst("Host")).isEqualTo("shop");
    assertThat(passed.headers().getFirst("Content-type"))
        .isEqualTo("application/x-www-form-urlencoded");
    assertThat(passed.text()).isEqualTo("body");
  }

  @Test
  void withoutAListAllIsCopiedButWhatDescribesTheAnswersOwnBody() throws Exception {
    allows(List.of(), 0, "X-User", "anna", "X-User", "berta", "Content-Type", "text/evil");
    Curl.get(gate, Curl.HTTP1, "/", "-H", "X-User: root", "-d", "body");
    Backend.Received passed = backend.received.getFirst();
    assertThat(passed.headers().get("X-user")).containsExactlyInAnyOrder("anna", "berta");
    assertThat(passed.headers().getFirst("Content-type"))
        .isEqualTo("application/x-www-form-urlencoded");
    assertThat(passed.text()).isEqualTo("body");
  }

  @ParameterizedTest
  @CsvSource({"--http1.1, X-A: b", "--http1.1, " + CHUNKED, "--http2-prior-knowledge, X-A: b"})
  void theServiceGetsTheBodyWhereItIsToldSo(String version, String header) throws Exception {
    allows(List.of(), ALL);
    String body = "x".repeat(ALL);
    Curl answer = Curl.get(gate, version, "/", "-d", body, "-H", header);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(auth.received.getFirst().text()).isEqualTo(body);
    assertThat(auth.received.getFirst().headers().getFirst("Content-length"))
        .isEqualTo(Integer.toString(ALL));
    assertThat(backend.received.getFirst().text()).isEqualTo(body);
  }

  @ParameterizedTest
  @CsvSource({"--http1.1, X-A: b", "--http1.1, " + CHUNKED, "--http2-prior-knowledge, X-A: b"})
  void aBodyThatIsLargerThanTheServiceMayGetIsRefused(String version, String header)
      throws Exception {
    allows(List.of(), ALL);
    Curl answer = Curl.get(gate, version, "/", "-d", "x".repeat(ALL + 1), "-H", header);
    assertThat(answer.status()).isEqualTo(413);
    assertThat(auth.received).isEmpty();
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aClientThatWaitsForLeaveGetsItWhereItsBodyIsNeededToAsk() throws Exception {
    allows(List.of(), ALL);
    Curl answer = Curl.get(gate, Curl.HTTP1, "/", "-d", "body", "-H", "Expect: 100-continue");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(backend.received.getFirst().text()).isEqualTo("body");
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aLargeBodyWaitsForTheVerdictAndThenFlows(String version, @TempDir Path folder)
      throws Exception {
    allows(List.of(), 0);
    Path large = folder.resolve("large");
    Files.write(large, new byte[8 << 20]);
    assertThat(Curl.get(gate, version, "/", "--data-binary", "@" + large).status()).isEqualTo(200);
    assertThat(backend.received.getFirst().body()).hasSize(8 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aRefusalIsTheClientsAnswer(String version) throws Exception {
    auth =
        new Backend((exchange, _) -> {
          exchange.getResponseHeaders().add("Location", "https://login.example/");
          exchange.getResponseHeaders().add("Set-Cookie", "a=1");
          exchange.getResponseHeaders().add("Set-Cookie", "b=2");
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          Backend.say(exchange, 302, "<a>");
        });
    Guard.guard(gate, Guard.http(List.of(), List.of("x-user"), 0), auth.port(), backend.port());
    Curl answer = Curl.get(gate, version, "/", "-d", "body");
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.body()).isEqualTo("<a>");
    assertThat(answer.field("location")).hasValue("https://login.example/");
    assertThat(answer.all("set-cookie")).containsExactlyInAnyOrder("a=1", "b=2");
    assertThat(answer.all("content-type")).containsExactly("text/html");
    assertThat(backend.received).isEmpty();
    assertThat(gate.logged()).contains(" 302 UAEX ");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_DENIED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304, 401, 503})
  void everyStatusBut200Refuses(int status) throws Exception {
    auth = new Backend((exchange, _) -> exchange.sendResponseHeaders(status, -1));
    Guard.guard(gate, Guard.http(List.of(), List.of(), 0), auth.port(), backend.port());
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(status);
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aGrpcClientIsToldInItsOwnWords() throws Exception {
    auth = Backend.answering(401);
    Guard.guard(gate, Guard.http(List.of(), List.of(), 0), auth.port(), backend.port());
    Curl answer =
        Curl.get(gate, Curl.HTTP2, "/", "-d", "x", "-H", "Content-Type: application/grpc");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.field("grpc-status")).hasValue("16");
  }

  @Test
  void aWebSocketIsAskedAboutLikeTheGetThatItIs() throws Exception {
    auth = Backend.answering(403, 200);
    try (WebSocketBackend chat = new WebSocketBackend(WebSocketBackend::echoFrames);
        HttpClient client = HttpClient.newHttpClient()) {
      Guard.guard(gate, Guard.http(List.of(), List.of(), 100), auth.port(), chat.port());
      URI uri = URI.create("ws://127.0.0.1:" + gate.port + "/chat");
      CompletableFuture<CharSequence> said = new CompletableFuture<>();
      WebSocket.Listener listener =
          new WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
              said.complete(data);
              return null;
            }
          };
      assertThat(client.newWebSocketBuilder().buildAsync(uri, listener))
          .failsWithin(10, TimeUnit.SECONDS);
      assertThat(chat.heads).isEmpty();
      WebSocket socket = client.newWebSocketBuilder().buildAsync(uri, listener).join();
      socket.sendText("hello", true).join();
      assertThat(said.get(10, TimeUnit.SECONDS)).hasToString("hello");
      socket.abort();
      assertThat(auth.received.getLast().method()).isEqualTo("GET");
    }
  }

  /// To a client of HTTP/2 a success means that there is a tunnel now (RFC 8441 5).
  @ParameterizedTest
  @ValueSource(ints = {201, 204, 299})
  void aRefusalOfAWebSocketDoesNotLookLikeASuccess(int status) throws Exception {
    auth = new Backend((exchange, _) -> exchange.sendResponseHeaders(status, -1));
    try (WebSocketBackend chat = new WebSocketBackend(WebSocketBackend::echoFrames)) {
      Guard.guard(gate, Guard.http(List.of(), List.of(), 0), auth.port(), chat.port());
      assertThat(Guard.webSocketOverHttp2(gate)).isEqualTo("403");
      assertThat(chat.heads).isEmpty();
    }
    assertThat(gate.logged()).contains(" 403 UAEX ");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_DENIED)).isEqualTo(1);
  }

  @Test
  void aRedirectIsForThoseWhoMayPass() throws Exception {
    auth = Backend.answering(403, 200);
    Guard.guard(gate, Guard.http(List.of(), List.of(), 0), auth.port(), backend.port());
    gate.act(
        new RouteAction.Redirect(
            Optional.empty(), Optional.of("new"), Optional.empty(), Optional.empty(), 301));
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(403);
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(301);
  }

  @Test
  void aPreflightIsAnsweredWithoutAsking() throws Exception {
    auth = Backend.answering(403);
    HttpFilters.Cors cors =
        new HttpFilters.Cors(List.of("*"), List.of("GET"), List.of(), List.of(), false, 5);
    Guard.guard(gate, Guard.http(List.of(), List.of(), 0), auth.port(), backend.port());
    gate.filters(
            new HttpFilters(Optional.of(cors), Optional.of(Guard.http(List.of(), List.of(), 0))))
        .forward(ForwardOptions.NONE);
    String[] page = {"-H", "Origin: https://a.example"};
    String[] preflight = {
      "-X", "OPTIONS", "-H", page[1], "-H", "Access-Control-Request-Method: GET"
    };
    assertThat(Curl.get(gate, Curl.HTTP1, "/", preflight).status()).isEqualTo(200);
    Curl refused = Curl.get(gate, Curl.HTTP1, "/", page);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.field("access-control-allow-origin")).hasValue("*");
  }
}
