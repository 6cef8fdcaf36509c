package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.ForwardOptions.SessionPersistence;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.RouteAction;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where sessions go when their backend gets no new ones (GEP-1619).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionTest {
  private static final String COOKIE = "set-cookie";

  private final Gate gate = new Gate();
  private final Backend blue = saying("blue");
  private final Backend blueToo = saying("blue too");
  private final Backend green = saying("green");
  private String token = "";

  SessionTest() throws IOException {}

  private static Backend saying(String text) throws IOException {
    return new Backend((exchange, _) -> Backend.say(exchange, 200, text));
  }

  @BeforeEach
  void beginAtBlue() throws IOException {
    gate.cluster("blue", new UpstreamProtocol.Http1(), blue.port())
        .cluster("green", new UpstreamProtocol.Http1(), green.port());
    weights(1, 0);
    Curl first = Curl.get(gate, Curl.HTTP1, "/");
    assertThat(first.body()).isEqualTo("blue");
    token = first.field(COOKIE).orElseThrow().split(";")[0];
    weights(0, 1);
    assertThat(ask().body()).isEqualTo("blue");
  }

  @AfterEach
  void close() {
    gate.close();
    blue.close();
    blueToo.close();
    green.close();
  }

  @Test
  void whoseBackendIsGoneBeginsAnewByTheWeights() throws Exception {
    gate.cluster("blue", new UpstreamProtocol.Http1());
    weights(0, 1);
    assertBeginsAnewAtGreen();
  }

  @Test
  void aBackendWithoutWeightGetsNoneWhoseEndpointIsGone() throws Exception {
    gate.cluster("blue", new UpstreamProtocol.Http1(), blueToo.port());
    weights(0, 1);
    assertBeginsAnewAtGreen();
  }

  @Test
  void aBackendWithWeightKeepsThoseWhoseEndpointIsGone() throws Exception {
    gate.cluster("blue", new UpstreamProtocol.Http1(), blueToo.port());
    weights(1, 1_000_000);
    assertThat(ask().body()).isEqualTo("blue too");
  }

  private void assertBeginsAnewAtGreen() throws IOException {
    Curl moved = ask();
    assertThat(moved.body()).isEqualTo("green");
    token = moved.field(COOKIE).orElseThrow().split(";")[0];
    assertThat(ask().field(COOKIE)).isEmpty();
  }

  private Curl ask() throws IOException {
    return Curl.get(gate, Curl.HTTP1, "/", "-H", "Cookie: " + token);
  }

  private void weights(int ofBlue, int ofGreen) {
    SessionPersistence session =
        new SessionPersistence(
            "sid",
            SessionPersistence.Carrier.COOKIE,
            Optional.empty(),
            Optional.empty(),
            false,
            "/");
    ForwardOptions options =
        new ForwardOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(session));
    gate.act(new RouteAction.Forward(List.of(to("blue", ofBlue), to("green", ofGreen)), options));
  }

  private static WeightedBackend to(String cluster, int weight) {
    return new WeightedBackend(
        weight,
        new WeightedBackend.Destination.ToCluster(cluster),
        HeaderMutation.NONE,
        HeaderMutation.NONE);
  }
}
