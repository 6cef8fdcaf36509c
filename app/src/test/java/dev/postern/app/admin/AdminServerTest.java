package dev.postern.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How the endpoint treats requests, whatever the page.
class AdminServerTest {
  private final SampleView view = SampleView.healthy();
  private Client client;

  @BeforeEach
  void start() throws IOException {
    client = new Client(view);
  }

  @AfterEach
  void stop() {
    client.close();
  }

  @Test
  void anUnknownPathGetsTheListOfPages() throws Exception {
    HttpResponse<String> answer = client.get("/nope");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("  /stats: ", "  /config_dump: ", "  /ready: ");
  }

  @Test
  void onlyGetAndHeadAreAllowed() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      HttpResponse<String> answer = client.send(method, "/stats");
      assertThat(answer.statusCode()).as(method).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }
  }

  @Test
  void headHasTheHeaderOfGetAndNoBody() throws Exception {
    HttpResponse<String> get = client.get("/listeners");
    HttpResponse<String> head = client.send("HEAD", "/listeners");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().map()).isEqualTo(get.headers().map());
  }

  @Test
  void everyAnswerTellsBrowsersToBeCareful() throws Exception {
    for (String path : List.of("/", "/stats", "/nope")) {
      HttpResponse<String> answer = client.get(path);
      assertThat(answer.headers().firstValue("content-security-policy").orElseThrow())
          .as(path)
          .startsWith("default-src 'none'; style-src 'unsafe-inline';");
      assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(answer.headers().firstValue("x-frame-options")).contains("DENY");
      assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    }
  }

  @Test
  void aForeignHostIsTurnedAwaySoThatDnsRebindingGetsNothing() throws Exception {
    for (String host :
        List.of(
            "evil.example",
            "evil.example:19000",
            "localhost.evil.example",
            "[::1].evil.example",
            "127.0.0.1:19000@evil.example",
            "localhost:evil.example",
            "")) {
      String answer =
          client.raw(
              "GET /stats HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host));
      assertThat(answer)
          .as(host)
          .startsWith("HTTP/1.1 403 ")
          .contains("127.0.0.1")
          .doesNotContain("cluster.");
    }
  }

  @Test
  void thisMachinesNamesAreLetIn() throws Exception {
    for (String host :
        List.of("localhost", "LOCALHOST:1", "127.0.0.1:19000", "[::1]:19000", "gw.localhost")) {
      String answer =
          client.raw(
              "GET /ready HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host));
      assertThat(answer).as(host).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aRequestNeedsExactlyOneHost() throws Exception {
    assertThat(client.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            client.raw(
                "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void anOldClientGetsItsAnswerAndTheEndOfTheConnection() throws Exception {
    assertThat(client.raw("GET /ready HTTP/1.0\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("LIVE\n");
  }

  @Test
  void whatIsTooLongOrNoRequestAtAllIsRefused() throws Exception {
    String host = " HTTP/1.1\r\nHost: localhost\r\n";
    assertThat(client.raw("GET /" + "a".repeat(9_000) + host + "\r\n")).startsWith("HTTP/1.1 414 ");
    assertThat(client.raw("GET /" + host + "X: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(client.raw("GET /" + host + "Content-Length: 5000\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(client.raw("\u0016\u0003\u0001 hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(client.raw("GET http://localhost/stats" + host + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void requestsInOnePacketAreAnsweredInTheirOrder() throws Exception {
    String answers =
        client.raw(
            "GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answers).containsSubsequence("200 OK", "ssl.handshake: 4", "200 OK", "LIVE", "404");
  }

  @Test
  void aSlowRequestEndsAtItsDeadline() throws Exception {
    AdminServer.Limits limits =
        new AdminServer.Limits(10, Duration.ofMillis(100), Duration.ofSeconds(10));
    try (Client impatient = new Client(view, limits)) {
      assertThat(impatient.raw("GET /stats HTTP/1.1\r\nHost: loc")).isEmpty();
      assertThat(impatient.raw("")).isEmpty();
    }
  }

  @Test
  void aClientThatTakesNothingLosesItsConnection() throws Exception {
    AdminServer.Limits limits =
        new AdminServer.Limits(10, Duration.ofSeconds(10), Duration.ofMillis(200));
    try (Client impatient = new Client(SampleView.large(40_000), limits);
        Socket lazy = impatient.connect();
        Socket probe = impatient.connect()) {
      lazy.getOutputStream().write(bytes("GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      // The probe reads at leisure what a lazy client does not: its own answer is whole.
      probe
          .getOutputStream()
          .write(bytes("GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
      assertThat(new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("LIVE\n");
      assertThatThrownBy(
              () -> {
                while (true) {
                  lazy.getOutputStream().write(bytes("x"));
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void oneConnectionTooManyIsClosedAndTheOthersGoOn() throws Exception {
    AdminServer.Limits limits =
        new AdminServer.Limits(2, Duration.ofSeconds(20), Duration.ofSeconds(20));
    try (Client narrow = new Client(view, limits);
        Socket first = narrow.connect();
        Socket second = narrow.connect()) {
      first.getOutputStream().write(bytes("GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      assertThat(first.getInputStream().read()).isEqualTo('H');
      second.getOutputStream().write(bytes("GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      assertThat(second.getInputStream().read()).isEqualTo('H');
      assertThat(narrow.raw("")).isEmpty();
    }
  }

  @Test
  void aPortInUseIsReportedInWordsForAPerson() throws Exception {
    AdminServer second = new AdminServer(client.address(), view);
    assertThatThrownBy(second::start)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot bind 127.0.0.1:" + client.address().getPort())
        .hasMessageContaining("in use");
  }

  @Test
  void onAnAddressForOthersAnyHostIsFine() throws Exception {
    InetSocketAddress all = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);
    try (AdminServer open = new AdminServer(all, view);
        Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), open.start().getPort())) {
      socket
          .getOutputStream()
          .write(
              bytes(
                  "GET /ready HTTP/1.1\r\nHost: admin.corp.example\r\nConnection: close\r\n\r\n"));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
