package dev.postern.e2e.roundtrip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.GrpcClient;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import dev.postern.e2e.fixture.WebSockets;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no list of requests can say: gRPC calls, tunnels, shares, and TLS that is passed through.
 */
class RoundTripCallsIT extends BothServed {
  private static final int MANY = 2_000;

  /// A Service by GRPC, by GRPCS, and by GRPCS with proxy-ssl-* for another certificate, at which
  /// nginx does not look.
  @ParameterizedTest
  @ValueSource(strings = {"calls", "secure-calls", "inert-calls"})
  void grpcCallsEndAlike(String name) throws Exception {
    String host = name + ".example.com";
    List<String> expected =
        List.of(
            "grpc-java\n", "FAILED_PRECONDITION: as asked", "100 from 0 to 99", "7", "[a, b, c]");
    List<GrpcClient> clients =
        List.of(
            new GrpcClient(gateways.nginxHttp2Port, host),
            new GrpcClient(gateways.nginx.tlsPort(), host, gateways.sites),
            new GrpcClient(gateways.plainPort, host),
            new GrpcClient(gateways.tlsPort, host, gateways.sites));
    for (GrpcClient each : clients) {
      try (GrpcClient client = each) {
        assertThat(outcomes(client)).isEqualTo(expected);
      }
    }
  }

  private static List<String> outcomes(GrpcClient client) throws Exception {
    List<String> outcomes = new ArrayList<>();
    outcomes.add(client.unary("Tell", "who?"));
    try {
      outcomes.add(client.unary("Fail", "please"));
    } catch (StatusRuntimeException failed) {
      outcomes.add(failed.getStatus().getCode() + ": " + failed.getStatus().getDescription());
    }
    List<String> counted = client.serverStream("Count", "please");
    outcomes.add(counted.size() + " from " + counted.getFirst() + " to " + counted.getLast());
    outcomes.add(client.clientStream("Collect", List.of("abc", "defg")));
    outcomes.add(client.bidi("Echo", List.of("a", "b", "c")).toString());
    return outcomes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"socket.example.com", "secure-socket.example.com"})
  void tunnelsCarryWhatIsSaid(String host) throws IOException {
    SSLContext trusting = gateways.sites.trustingContext();
    WebSockets.echoesTexts(RawHttp.connect(gateways.nginx.plainPort()), host, "/echo");
    WebSockets.echoesTexts(
        RawHttp.connectTls(gateways.nginx.tlsPort(), host, trusting), host, "/echo");
    WebSockets.echoesTexts(RawHttp.connect(gateways.plainPort), host, "/echo");
    WebSockets.echoesTexts(RawHttp.connectTls(gateways.tlsPort, host, trusting), host, "/echo");
  }

  @Test
  void aCanaryGetsItsShare() {
    assertThat(shareOfTheCanary(gateways.nginx.plainPort())).isBetween(0.16, 0.24);
    assertThat(shareOfTheCanary(gateways.plainPort)).isBetween(0.16, 0.24);
  }

  private static double shareOfTheCanary(int port) {
    Map<String, Integer> served = new TreeMap<>();
    try (RawHttp client = RawHttp.connect(port)) {
      for (int i = 0; i < MANY; i++) {
        client.send(RawHttp.requestHead("GET", "weight.example.com", "/"));
        served.merge(client.response("GET").value("backend"), 1, Integer::sum);
      }
    }
    assertThat(served).containsOnlyKeys("echo", "other");
    return served.get("other") / (double) MANY;
  }

  /// The controller passes TLS on before nginx sees it, so that the backend itself is the measure.
  @Test
  void passedThroughTlsIsWithTheBackendItself() {
    String host = "through.example.com";
    SSLContext trusting = backends.authority.trustingContext();
    List<String> bodies = new ArrayList<>();
    for (int port : new int[] {backends.ports().get("verified"), gateways.tlsPort}) {
      try (RawHttp client = RawHttp.connectTls(port, host, trusting)) {
        client.send(RawHttp.requestHead("GET", host, "/x?y", "X-Forwarded-For: 192.0.2.7"));
        RawResponse response = client.response("GET");
        assertThat(response.value("backend")).isEqualTo("verified");
        bodies.add(response.text());
      }
    }
    assertThat(bodies.getLast()).contains("server name " + host).isEqualTo(bodies.getFirst());
  }
}
