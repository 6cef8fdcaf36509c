package dev.postern.e2e.hop;

import static dev.postern.e2e.fixture.Manifests.NS;
import static dev.postern.e2e.fixture.Manifests.backendTls;
import static dev.postern.e2e.fixture.Manifests.caConfigMap;
import static dev.postern.e2e.fixture.Manifests.httpListener;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.route;
import static dev.postern.e2e.fixture.Manifests.service;
import static dev.postern.e2e.fixture.Manifests.slice;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static dev.postern.e2e.fixture.Manifests.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NodeProcess;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.Running;
import dev.postern.e2e.fixture.Tap;
import dev.postern.e2e.fixture.WebSocketClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * WebSockets through a folder of manifests: clients of HTTP/1.1 with and without TLS and of HTTP/2,
 * to backends that are Gorilla's (HTTP/1.1) and Node's (HTTP/2, RFC 8441). Before each backend with
 * TLS stands a {@link Tap}.
 */
class WebSocketHopIT {
  private static final String BACKEND = "backend.example";
  private static final Certificates authority = Certificates.authority("Authority");
  private static final Certificates front = Certificates.authority("Front");
  private static final String[] HANDSHAKE = {
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
  };

  /** Who asks. */
  private enum Client {
    HTTP1,
    HTTP1_OVER_TLS,
    HTTP2_OVER_TLS;

    List<String> converses(String path) {
      if (this == HTTP2_OVER_TLS) {
        return NodeProcess.run("websocket-client.js", "" + tlsPort, path, frontPem.toString());
      }
      try (WebSocketClient client = opens(path)) {
        return client.converses();
      }
    }

    WebSocketClient opens(String path) {
      return this == HTTP1
          ? WebSocketClient.plain(port, path)
          : WebSocketClient.tls(front.trustingContext(), tlsPort, path);
    }
  }

  @TempDir static Path temp;

  @AutoClose private static final Running running = new Running();
  private static final Map<String, Tap> taps = new LinkedHashMap<>();
  private static final List<String> good = new ArrayList<>();
  private static final Map<String, Integer> bad = new LinkedHashMap<>();
  private static final int port = Ports.free();
  private static final int tlsPort = Ports.free();
  private static Path frontPem;
  private static HttpBackend echo;
  private static int changing;
  private static ManifestFolder folder;
  private static PosternProcess postern;

  @BeforeAll
  static void startAll() throws Exception {
    Peers peers = new Peers(temp.resolve("peers"));
    folder = new ManifestFolder(temp.resolve("manifests"));
    Certificates shown = front.leafFor("localhost");
    frontPem = Files.writeString(temp.resolve("front.crt"), front.certificatePem());
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(httpListener("http", port), httpsListener("https", tlsPort, "", "front")),
        tlsSecret("infra", "front", shown.chainPem(), shown.keyPem()),
        caConfigMap("ca", authority.certificatePem()));

    Certificates leaf = authority.leafFor(BACKEND);
    Path key = Files.writeString(temp.resolve("backend.key"), leaf.keyPem());
    Path certificate = Files.writeString(temp.resolve("backend.crt"), leaf.chainPem());
    NodeProcess http2 = NodeProcess.http2WebSockets();
    NodeProcess http2Tls = NodeProcess.http2WebSockets(key, certificate);
    running.add(http2);
    running.add(http2Tls);
    String h2 = ":kubernetes.io/h2c";
    String wss = ":kubernetes.io/wss";
    good("unset", "", peers.add("websocket"), "");
    good("ws", ":kubernetes.io/ws", peers.add("websocket"), "");
    good("wss", wss, peers.add("websocket", leaf), "ca");
    good("negotiated", "", peers.add("http+websocket", leaf), "ca");
    good("wss-that-prefers-http2", wss, peers.add("http+websocket", leaf), "ca");
    good("http2", h2, http2.port(), "");
    good("http2-over-tls", h2, http2Tls.port(), "ca");

    Certificates strange = Certificates.authority("Authority").leafFor(BACKEND);
    Certificates other = authority.leafFor("other.example");
    Certificates expired =
        authority.leaf(BACKEND, b -> Certificates.expired(Certificates.withDns(b, BACKEND)));
    for (String hint : List.of(wss, "", h2)) {
      String kind = hint.equals(h2) ? "http2" : "http+websocket";
      String suffix = hint.equals(wss) ? "-wss" : hint.isEmpty() ? "-negotiated" : "-http2";
      bad("stranger" + suffix, hint, peers.add(kind, strange), "ca", 503);
      bad("wrong-name" + suffix, hint, peers.add(kind, other), "ca", 503);
      bad("expired" + suffix, hint, peers.add(kind, expired), "ca", 503);
      bad("plaintext" + suffix, hint, peers.add(kind), "ca", 503);
      bad("unverifiable" + suffix, hint, peers.add(kind, leaf), "nowhere", 500);
    }
    bad("no-policy", wss, peers.add("websocket", leaf), "", 500);
    // It speaks HTTP/2 and takes no extended CONNECT.
    bad("no-websockets", h2, peers.add("http2", leaf), "ca", 502);

    echo = running.add(HttpBackend.echo("echo"));
    write("echo", "", echo.port(), "");
    changing = peers.add("websocket");
    write("changing", "", changing, "");
    folder.put(
        "hasty.yaml",
        service(NS, "hasty", "p:80"),
        slice(NS, "hasty", "p", peers.add("websocket")),
        route("hasty", "", rule("hasty") + "  timeouts:\n    request: 700ms\n"));
    running.add(peers.start());
    postern = running.add(PosternProcess.serving(folder));
  }

  private static void good(String name, String hint, int target, String ca) {
    good.add(name);
    write(name, hint, tap(name, target), ca);
  }

  private static void bad(String name, String hint, int target, String ca, int status) {
    bad.put(name, status);
    write(name, hint, tap(name, target), ca);
  }

  private static int tap(String name, int target) {
    Tap tap = running.add(new Tap(target));
    taps.put(name, tap);
    return tap.port();
  }

  private static void write(String name, String hint, int target, String ca) {
    List<String> documents =
        new ArrayList<>(
            List.of(
                service(NS, name, "p:80" + hint),
                slice(NS, name, "p", target),
                route(name, "", rule(name))));
    if (!ca.isEmpty()) {
      documents.add(backendTls(name, name, trust(BACKEND, ca)));
    }
    folder.put(name + ".yaml", documents.toArray(String[]::new));
  }

  /** Clients of WebSockets do not choose their Host: the path says which backend is meant. */
  private static String rule(String name) {
    return """
    - matches:
      - path: {type: PathPrefix, value: /%s/}
      filters:
      - type: URLRewrite
        urlRewrite:
          path: {type: ReplacePrefixMatch, replacePrefixMatch: /}
      backendRefs:
      - name: %s
        port: 80
    """
        .formatted(name, name);
  }

  static Stream<Arguments> good() {
    return good.stream()
        .flatMap(name -> Stream.of(Client.values()).map(client -> Arguments.of(client, name)));
  }

  @ParameterizedTest
  @MethodSource("good")
  void messagesPingsAndTheCloseGoBothWays(Client client, String name) {
    assertThat(client.converses("/" + name + "/chat"))
        .as("%s", postern)
        .containsExactly("text hello", "binary 1048576 true", "pong ping", "close 4321");
    boolean tls = !List.of("unset", "ws", "http2").contains(name);
    assertThat(taps.get(name).heardOnlyTls()).isEqualTo(tls);
    assertThat(taps.get(name).connections()).isPositive();
  }

  static Stream<Arguments> bad() {
    return bad.keySet().stream()
        .flatMap(name -> Stream.of(Client.values()).map(client -> Arguments.of(client, name)));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatCannotBeTrustedHearsNoOctetInPlaintext(Client client, String name) {
    int status = bad.get(name);
    assertThat(client.converses("/" + name + "/chat"))
        .as("%s", postern)
        .containsExactly("status " + status);
    Tap tap = taps.get(name);
    assertThat(tap.heardOnlyTls()).isTrue();
    if (status == 500) {
      assertThat(tap.connections()).isZero();
    }
  }

  @Test
  void theLogSaysWhyABackendOfHttp2GetsNoWebSocket() {
    Client.HTTP1.converses("/no-websockets/chat");
    assertThat(postern.awaitLine("SETTINGS_ENABLE_CONNECT_PROTOCOL", Duration.ofSeconds(20)))
        .as("%s", postern)
        .isTrue();
  }

  /** The upgrade needs HTTP/1.1, and all else goes on over HTTP/2. */
  @Test
  void anUpgradeGetsAConnectionOfItsOwn() {
    String name = "negotiated";
    String proto = "proto=HTTP/2.0";
    assertThat(RawHttp.get(port, "localhost", "/" + name + "/").text()).contains(proto);
    try (WebSocketClient client = Client.HTTP1_OVER_TLS.opens("/" + name + "/told")) {
      assertThat(client.hears())
          .contains("upgrade=websocket\n", "alpn=http/1.1\n", "sni=" + BACKEND + "\n");
      assertThat(RawHttp.get(port, "localhost", "/" + name + "/").text()).contains(proto);
      assertThat(client.says("still there")).isEqualTo("text still there");
    }
    assertThat(postern.clusterStat(name, 80, "upstream_cx_http1_total")).isPositive();
    assertThat(postern.clusterStat(name, 80, "upstream_cx_http2_total")).isPositive();
  }

  /** The same server, where the hint says that HTTP/1.1 alone is wanted. */
  @Test
  void aHintForWebSocketsMakesEveryConnectionHttp1() {
    String path = "/wss-that-prefers-http2/";
    assertThat(RawHttp.get(port, "localhost", path).text()).contains("proto=HTTP/1.1");
    try (WebSocketClient client = Client.HTTP1.opens(path + "told")) {
      assertThat(client.hears()).contains("alpn=http/1.1\n", "sni=" + BACKEND + "\n");
    }
  }

  @Test
  void ofSeveralTokensWebsocketAloneIsRelayed() {
    try (RawHttp client = RawHttp.connect(port)) {
      String[] fields = fields("Upgrade: h2c, websocket, TLS/1.0");
      client.send(RawHttp.requestHead("GET", "localhost", "/ws/told", fields));
      RawResponse response = client.response("GET");
      assertThat(response.status()).as("%s", response).isEqualTo(101);
      assertThat(response.value("upgrade")).isEqualTo("websocket");
      assertThat(octets(client, 2 + "upgrade=websocket\n".length()))
          .endsWith("upgrade=websocket\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2c", "TLS/1.0, h2c", "websocket2", "foo"})
  void noOtherTokenIsRelayed(String token) {
    RawResponse response =
        RawHttp.request(port, "GET", "localhost", "/echo/", fields("Upgrade: " + token));
    assertThat(response.status()).isEqualTo(200);
    assertThat(echo.lastExchange().values("upgrade")).isEmpty();
    assertThat(echo.lastExchange().value("connection")).doesNotContainIgnoringCase("upgrade");
  }

  /** A backend that knows of no WebSockets answers as it does, and the client hears that. */
  @Test
  void aRefusalOfTheBackendArrives() {
    assertThat(Client.HTTP1.converses("/echo/")).containsExactly("status 200");
    assertThat(echo.lastExchange().value("upgrade")).isEqualTo("websocket");
    // RFC 8441: there a 200 would be the switch.
    assertThat(Client.HTTP2_OVER_TLS.converses("/echo/")).containsExactly("status 502");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss", "negotiated"})
  void theBackendsCloseArrivesWithItsReason(String name) {
    for (Client client : List.of(Client.HTTP1, Client.HTTP1_OVER_TLS)) {
      try (WebSocketClient socket = client.opens("/" + name + "/bye")) {
        assertThat(socket.hears()).isEqualTo("close 4001 enough");
      }
    }
  }

  /** The route's time-out is for the handshake. */
  @Test
  void aTimeOutOfTheRouteEndsAHandshakeAndNoWebSocket() {
    try (WebSocketClient open = Client.HTTP1.opens("/hasty/chat")) {
      assertThat(open.says("early")).isEqualTo("text early");
      assertThat(Client.HTTP1.converses("/hasty/silent")).containsExactly("status 504");
      assertThat(Client.HTTP1_OVER_TLS.converses("/hasty/silent")).containsExactly("status 504");
      assertThat(open.says("late")).isEqualTo("text late");
    }
  }

  /**
   * Policies come and go: who has a WebSocket keeps it, who comes next is served by what is new.
   */
  @Test
  void aPolicyThatComesDoesNotEndTheWebSocketsBeforeIt() {
    try (WebSocketClient open = Client.HTTP1.opens("/changing/chat")) {
      write("changing", "", changing, "ca");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Client.HTTP1.converses("/changing/chat").equals(List.of("status 503")));
      assertThat(open.says("still there")).isEqualTo("text still there");
      write("changing", "", changing, "");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Client.HTTP1.converses("/changing/chat").size() == 4);
      assertThat(open.says("still there")).isEqualTo("text still there");
    }
  }

  private static String[] fields(String upgrade) {
    return Stream.concat(Stream.of(upgrade), Stream.of(HANDSHAKE)).toArray(String[]::new);
  }

  private static String octets(RawHttp client, int count) {
    try {
      return new String(client.input().readNBytes(count), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
