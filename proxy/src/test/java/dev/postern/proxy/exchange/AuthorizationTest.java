package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.WeightedBackend.Destination;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A route that somebody else has to allow, which this proxy cannot ask.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AuthorizationTest {
  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void letsNothingPass(String version) throws Exception {
    HttpFilters.ExternalAuthorization authorization =
        new HttpFilters.ExternalAuthorization(
            new Destination.ToCluster("c"),
            new HttpFilters.ExternalAuthorization.Protocol.Grpc(),
            List.of(),
            0);
    try (Backend backend = Backend.answering(200);
        Gate gate = new Gate()) {
      gate.filters(new HttpFilters(Optional.empty(), Optional.of(authorization)))
          .to(backend.port())
          .forward(ForwardOptions.NONE);
      Curl answer = Curl.get(gate, version, "/");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).isEmpty();
      assertThat(backend.received).isEmpty();
      assertThat(gate.logged()).contains(" 403 UAEX ");
    }
  }
}
