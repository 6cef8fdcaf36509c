package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.RouteAction;
import dev.postern.ir.WeightedBackend;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A call whose backend is not configured correctly is UNAVAILABLE (GRPCRouteRule, backendRefs);
/// other requests of the route get the status that HTTP has for it.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GrpcMisconfiguredTest {
  private static final List<WeightedBackend> INVALID =
      List.of(
          new WeightedBackend(
              1,
              new WeightedBackend.Destination.Respond(500, "not configured\n"),
              HeaderMutation.NONE,
              HeaderMutation.NONE));

  @Test
  void anInvalidBackendIsUnavailable() throws Exception {
    isUnavailable(INVALID);
  }

  @Test
  void noBackendIsUnavailable() throws Exception {
    isUnavailable(List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void anythingElseGetsA500(String version) throws Exception {
    try (Gate gate = new Gate()) {
      gate.act(new RouteAction.Forward(INVALID, ForwardOptions.NONE));
      assertThat(Curl.get(gate, version, "/").status()).isEqualTo(500);
    }
  }

  private static void isUnavailable(List<WeightedBackend> backends) throws Exception {
    try (Gate gate = new Gate()) {
      gate.act(new RouteAction.Forward(backends, ForwardOptions.NONE));
      Curl answer =
          Curl.get(
              gate,
              Curl.HTTP2,
              "/a.B/c",
              "-X",
              "POST",
              "-H",
              "content-type: application/grpc",
              "-H",
              "te: trailers");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.all("grpc-status")).containsExactly("14");
    }
  }
}
