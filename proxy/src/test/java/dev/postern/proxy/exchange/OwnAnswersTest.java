package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HeaderMutation.HeaderValue;
import dev.postern.ir.RouteAction;
import dev.postern.proxy.FreePort;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a rule says of responses holds for those that the gateway itself gives. */
class OwnAnswersTest {
  private Gate gate;

  @BeforeEach
  void start() throws IOException {
    gate = new Gate();
    gate.responseHeaders(
        new HeaderMutation(
            List.of(new HeaderValue("strict-transport-security", "max-age=1")),
            List.of(new HeaderValue("x-added", "yes")),
            List.of("content-type")));
  }

  @AfterEach
  void stop() {
    gate.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void whenNoBackendCanBeReached(String version) throws Exception {
    gate.to(FreePort.next()).forward(ForwardOptions.NONE);
    Curl answer = Curl.get(gate, version, "/", "-H", "Host: a");
    assertThat(answer.status()).isEqualTo(503);
    isChanged(answer);
    assertThat(answer.body()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void whenThereIsNoBackend(String version) throws Exception {
    gate.act(new RouteAction.DirectResponse(500, "no\n"));
    Curl answer = Curl.get(gate, version, "/", "-H", "Host: a");
    assertThat(answer.status()).isEqualTo(500);
    isChanged(answer);
  }

  private static void isChanged(Curl answer) {
    assertThat(answer.all("strict-transport-security")).containsExactly("max-age=1");
    assertThat(answer.all("x-added")).containsExactly("yes");
    assertThat(answer.all("content-type")).isEmpty();
  }
}
