package dev.postern.e2e;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.Http2Abuse;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP as it is meant: framing, interim responses, hop-by-hop fields, keep-alive. */
class ProtocolIT {
  private static final String HOST = "x.test";

  @TempDir static Path temp;

  private static HttpBackend backend;
  private static PosternProcess postern;
  private static int port;

  @BeforeAll
  static void start() {
    port = Ports.free();
    backend = HttpBackend.handling("one", ProtocolIT::answer);
    ManifestFolder folder =
        new ManifestFolder(temp)
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(Manifests.httpListener("http", port)),
                backend("one", backend.port()),
                routeTo("all", HOST, "one", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    backend.close();
  }

  private static void answer(Exchange exchange) throws IOException {
    switch (exchange.target()) {
      case "/chunked" ->
          exchange.write(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                  + "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Sum: 11\r\nX-More: m\r\n\r\n");
      case "/204" -> exchange.write("HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n");
      case "/304" ->
          exchange.write(
              "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\nContent-Length: 1234\r\n\r\n");
      case "/head" -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-A: b\r\n\r\n");
      case "/head-chunked" ->
          exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      case "/hints" ->
          exchange.write(
              "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
                  + "HTTP/1.1 103 Early Hints\r\nLink: </b.css>; rel=preload\r\n\r\n"
                  + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
      case "/until-close" ->
          exchange.write(
              "HTTP/1.1 200 OK\r\nConnection: close\r\nX-A: b\r\n\r\nuntil the connection ends");
      case "/http10" -> exchange.write("HTTP/1.0 200 OK\r\n\r\nfrom an old server");
      case "/hop" ->
          exchange.respond(
              200,
              "ok",
              "Connection: X-Private, keep-alive",
              "X-Private: secret",
              "Keep-Alive: timeout=5",
              "Proxy-Connection: keep-alive",
              "X-Public: seen");
      case "/empty-reason" -> exchange.write("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n");
      case "/odd-status" -> exchange.respond(599, "odd");
      case "/cookies" -> exchange.respond(200, "ok", "Set-Cookie: a=1", "Set-Cookie: b=2; Path=/");
      case "/too-early" ->
          exchange.write(
              "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
      default -> {
        Exchange.Body body = exchange.readBody();
        exchange.respond(
            200,
            String.join("\n", exchange.head())
                + "\n\n"
                + body.text()
                + "\ntrailers "
                + body.trailers());
      }
    }
    if (exchange.target().matches("/(until-close|http10)")) {
      exchange.out().close();
    }
  }

  private static RawResponse get(String path, String... fields) {
    return RawHttp.get(port, HOST, path, fields);
  }

  @Test
  void chunkedResponseKeepsItsBodyAndTrailers() {
    RawResponse response = get("/chunked", "TE: trailers");
    assertThat(response.text()).isEqualTo("hello world");
    assertThat(response.complete()).isTrue();
    assertThat(response.trailers())
        .map(line -> line.toLowerCase().replace(" ", ""))
        .containsExactlyInAnyOrder("x-sum:11", "x-more:m");
  }

  @Test
  void chunkedRequestKeepsItsBodyAndTrailers() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          RawHttp.requestHead("POST", HOST, "/up", "Transfer-Encoding: chunked", "Trailer: x-sum"));
      client.send("5\r\nhello\r\n").send("6;some=ext\r\n world\r\n").send("0\r\nX-Sum: 11\r\n\r\n");
      String text = client.response("POST").text().toLowerCase().replace(": ", ":");
      assertThat(text).contains("\n\nhello world\ntrailers [x-sum:11]");
      // The connection goes on.
      client.send(RawHttp.requestHead("GET", HOST, "/next"));
      assertThat(client.response("GET").status()).isEqualTo(200);
    }
  }

  @Test
  void requestOfKnownLengthKeepsIt() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("PUT", HOST, "/up", "Content-Length: 5") + "hello");
      RawResponse response = client.response("PUT");
      assertThat(response.text()).startsWith("PUT /up HTTP/1.1\n").contains("\n\nhello\n");
      assertThat(backend.lastExchange().values("content-length")).containsExactly("5");
      assertThat(backend.lastExchange().values("transfer-encoding")).isEmpty();
    }
  }

  @Test
  void emptyPostSaysThatItIsEmpty() {
    RawHttp.request(port, "POST", HOST, "/up", "Content-Length: 0");
    assertThat(backend.lastExchange().values("content-length")).containsExactly("0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/204", "/304"})
  void statusWithoutBodyHasNoneAndTheConnectionGoesOn(String path) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", HOST, path));
      RawResponse response = client.response("GET");
      assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(1)));
      assertThat(response.values("transfer-encoding")).isEmpty();
      client.send(RawHttp.requestHead("GET", HOST, "/next"));
      assertThat(client.response("GET").text()).startsWith("GET /next");
      if (path.equals("/304")) {
        assertThat(response.value("etag")).isEqualTo("\"e\"");
      } else {
        assertThat(response.values("content-length")).isEmpty();
      }
    }
  }

  @Test
  void headHasTheFieldsOfGetAndNoBody() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("HEAD", HOST, "/head"));
      RawResponse response = client.response("HEAD");
      assertThat(response.value("content-length")).isEqualTo("1234");
      assertThat(response.value("x-a")).isEqualTo("b");
      client.send(RawHttp.requestHead("HEAD", HOST, "/head-chunked"));
      assertThat(client.response("HEAD").status()).isEqualTo(200);
      client.send(RawHttp.requestHead("GET", HOST, "/next"));
      assertThat(client.response("GET").text()).startsWith("GET /next");
    }
  }

  @Test
  void earlyHintsPassBeforeTheAnswer() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", HOST, "/hints"));
      RawResponse first = client.response("GET");
      assertThat(first.status()).isEqualTo(103);
      assertThat(first.value("link")).isEqualTo("</a.css>; rel=preload");
      assertThat(client.response("GET").value("link")).isEqualTo("</b.css>; rel=preload");
      assertThat(client.response("GET").text()).isEqualTo("done");
    }
  }

  @Test
  void http10ClientGetsNoInterimResponseAndNoChunks() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("GET /hints HTTP/1.0\r\nHost: x.test\r\n\r\n");
      RawResponse response = client.response("GET");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("done");
      assertThat(client.closedWithin(5_000)).isTrue();
    }
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("GET /chunked HTTP/1.0\r\nHost: x.test\r\n\r\n");
      RawResponse response = client.response("GET");
      assertThat(response.values("transfer-encoding")).isEmpty();
      assertThat(response.text()).isEqualTo("hello world");
    }
  }

  @Test
  void clientThatWaitsFor100IsToldToContinue() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          RawHttp.requestHead("POST", HOST, "/up", "Content-Length: 5", "Expect: 100-continue"));
      assertThat(client.response("POST").status()).isEqualTo(100);
      client.send("hello");
      RawResponse response = client.response("POST");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).contains("\n\nhello\n");
    }
  }

  @Test
  void clientThatDoesNotWaitFor100IsServedToo() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(
          RawHttp.requestHead("POST", HOST, "/up", "Content-Length: 5", "Expect: 100-continue")
              + "hello"
              + RawHttp.requestHead("GET", HOST, "/next"));
      assertThat(client.finalResponse("POST").text()).contains("\n\nhello\n");
      assertThat(client.response("GET").text()).startsWith("GET /next");
    }
  }

  @Test
  void expectationThatNobodyKnowsIsRefusedOrPassedOn() {
    // RFC 9110, 10.1.1: a server may answer 417.
    assertThat(get("/", "Expect: the-unexpected").status()).isIn(200, 417);
  }

  @Test
  void answerBeforeTheEndOfTheRequestReachesTheClient() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("POST", HOST, "/too-early", "Content-Length: 50000000"));
      client.offer("x".repeat(10_000));
      RawResponse response = client.finalResponse("POST");
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.text()).isEqualTo("big");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/until-close", "/http10"})
  void bodyThatEndsWithTheConnectionHasAClearEndForTheClient(String path) {
    RawResponse response = get(path);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isIn("until the connection ends", "from an old server");
    assertThat(response.complete()).isTrue();
    assertThat(response.version()).isEqualTo("HTTP/1.1");
    assertThat(response.value("transfer-encoding") + response.value("connection"))
        .as("either chunks or the end of the connection say where it ends")
        .containsAnyOf("chunked", "close");
  }

  @Test
  void absoluteTargetDecidesTheHost() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("GET http://x.test/abs?q=1 HTTP/1.1\r\nHost: other.example\r\n\r\n");
      assertThat(client.response("GET").status()).isEqualTo(200);
      assertThat(backend.lastExchange().target()).isEqualTo("/abs?q=1");
      assertThat(backend.lastExchange().values("host")).containsExactly("x.test");
      client.send("GET http://other.example/abs HTTP/1.1\r\nHost: x.test\r\n\r\n");
      assertThat(client.response("GET").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT x.test:443 HTTP/1.1\r\nHost: x.test:443\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: nobody.example\r\n\r\n"
      })
  void methodsOfProxiesAreNotForEverybody(String bytes) {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(bytes);
      assertThat(client.response("GET").status()).isIn(400, 403, 404, 405, 501);
    }
  }

  @Test
  void optionsForTheWholeServerIsAnswered() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send("OPTIONS * HTTP/1.1\r\nHost: x.test\r\n\r\n");
      assertThat(client.response("OPTIONS").status()).isIn(200, 204, 400, 404);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    try (RawHttp client = RawHttp.connect(port)) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        all.append(RawHttp.requestHead("POST", HOST, "/n" + i, "Content-Length: 3")).append("abc");
      }
      client.send(all.toString());
      for (int i = 0; i < 20; i++) {
        assertThat(client.response("POST").text()).startsWith("POST /n" + i + " ");
      }
    }
  }

  @Test
  void requestInManySmallPiecesIsOneRequest() {
    try (RawHttp client = RawHttp.connect(port)) {
      for (char one :
          RawHttp.requestHead("POST", HOST, "/slow", "Content-Length: 3").toCharArray()) {
        client.send(String.valueOf(one));
      }
      client.send("a").send("b").send("c");
      assertThat(client.response("POST").text()).contains("\n\nabc\n");
    }
  }

  @Test
  void connectionCloseIsHonoured() {
    try (RawHttp client = RawHttp.connect(port)) {
      client.send(RawHttp.requestHead("GET", HOST, "/", "Connection: close"));
      RawResponse response = client.response("GET");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.value("connection")).isEqualToIgnoringCase("close");
      assertThat(client.closedWithin(5_000)).isTrue();
    }
  }

  @Test
  void hopByHopFieldsStayOnTheirHop() {
    RawResponse response =
        get(
            "/hop",
            "Connection: X-Mine, keep-alive",
            "X-Mine: secret",
            "Keep-Alive: 300",
            "Proxy-Connection: keep-alive",
            "TE: trailers, deflate;q=0.5",
            "X-Yours: seen");
    Exchange seen = backend.lastExchange();
    assertThat(seen.value("x-yours")).isEqualTo("seen");
    assertThat(seen.values("x-mine")).isEmpty();
    assertThat(seen.values("keep-alive")).isEmpty();
    assertThat(seen.values("proxy-connection")).isEmpty();
    assertThat(seen.value("te")).isIn("", "trailers");
    assertThat(response.value("x-public")).isEqualTo("seen");
    assertThat(response.values("x-private")).isEmpty();
    assertThat(response.values("keep-alive")).isEmpty();
    assertThat(response.values("proxy-connection")).isEmpty();
  }

  @Test
  void clientCannotHaveTheProxysOwnFieldsRemoved() {
    get("/", "Connection: x-forwarded-for, x-forwarded-proto, host");
    Exchange seen = backend.lastExchange();
    assertThat(seen.value("x-forwarded-for")).contains("127.0.0.1");
    assertThat(seen.value("x-forwarded-proto")).isEqualTo("http");
    assertThat(seen.value("host")).isEqualTo(HOST);
  }

  @Test
  void forwardedFieldsTellTheTruth() {
    get("/", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https");
    Exchange seen = backend.lastExchange();
    assertThat(String.join(",", seen.values("x-forwarded-for")).replace(" ", ""))
        .isEqualTo("192.0.2.1,127.0.0.1");
    assertThat(seen.values("x-forwarded-proto")).containsExactly("http");
    get("/");
    assertThat(backend.lastExchange().values("x-forwarded-for")).containsExactly("127.0.0.1");
  }

  @Test
  void everyRequestHasOneRequestIdOfItsOwn() {
    get("/");
    String first = backend.lastExchange().value("x-request-id");
    assertThat(first)
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    get("/");
    assertThat(backend.lastExchange().values("x-request-id")).hasSize(1).doesNotContain(first);
    get("/", "X-Request-Id: mine");
    assertThat(backend.lastExchange().values("x-request-id")).hasSize(1);
  }

  @Test
  void fieldsThatComeTwiceLeaveTwice() {
    RawResponse response = get("/cookies", "X-Twice: 1", "X-Other: o", "X-Twice: 2");
    assertThat(response.values("set-cookie")).containsExactly("a=1", "b=2; Path=/");
    assertThat(String.join(",", backend.lastExchange().values("x-twice")).replace(" ", ""))
        .isEqualTo("1,2");
  }

  @Test
  void bytesOfPathQueryAndValuesAreNotTouched() {
    get("/a%2Fb/%7e/;p=1/?q=%20+&x=[]|", "X-Bytes: \u00e4\u00ff tail");
    Exchange seen = backend.lastExchange();
    assertThat(seen.target()).isEqualTo("/a%2Fb/%7e/;p=1/?q=%20+&x=[]|");
    assertThat(seen.value("x-bytes")).isEqualTo("\u00e4\u00ff tail");
  }

  @Test
  void unusualStatusesPass() {
    assertThat(get("/empty-reason").status()).isEqualTo(200);
    assertThat(get("/odd-status").status()).isEqualTo(599);
  }

  @Test
  void http2ClientGetsTrailersOfAnHttp1Backend() throws IOException {
    try (Http2Abuse client = Http2Abuse.connect(port)) {
      client
          .frame(
              Http2Abuse.HEADERS,
              Http2Abuse.END_HEADERS | Http2Abuse.END_STREAM,
              1,
              Http2Abuse.get(HOST, "/chunked"))
          .flush();
      StringBuilder shape = new StringBuilder();
      StringBuilder data = new StringBuilder();
      boolean ended = false;
      while (!ended) {
        Http2Abuse.Frame frame = client.read();
        if (frame.stream() == 1) {
          shape.append(frame.type() == Http2Abuse.HEADERS ? 'H' : 'd');
          if (frame.type() == Http2Abuse.DATA) {
            data.append(new String(frame.payload(), StandardCharsets.UTF_8));
          }
          ended = (frame.flags() & Http2Abuse.END_STREAM) != 0;
        }
      }
      assertThat(data.toString()).isEqualTo("hello world");
      assertThat(shape.toString()).matches("Hd+H");
    }
  }

  @Test
  void thousandRequestsNeedFewBackendConnections() {
    long before = postern.clusterStat("one", 80, "upstream_cx_total");
    for (int i = 0; i < 10; i++) {
      try (RawHttp client = RawHttp.connect(port)) {
        for (int k = 0; k < 100; k++) {
          client.send(RawHttp.requestHead("GET", HOST, "/many"));
          assertThat(client.response("GET").status()).isEqualTo(200);
        }
      }
    }
    assertThat(postern.clusterStat("one", 80, "upstream_cx_total") - before).isLessThan(5);
    List<String> kept = List.of("upstream_rq_2xx", "upstream_rq_total", "upstream_rq_completed");
    for (String stat : kept) {
      assertThat(postern.clusterStat("one", 80, stat)).as(stat).isGreaterThanOrEqualTo(1_000);
    }
    assertThat(postern.clusterStat("one", 80, "upstream_rq_active")).isZero();
  }
}
