package dev.postern.app.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.probe.HttpAnswer.WebSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
  private static final Spoken HTTP =
      new Spoken(
          Optional.of(new HttpAnswer("1.1", 200, Map.of())),
          false,
          Optional.empty(),
          WebSocket.NOT_HERE,
          false);

  @ParameterizedTest
  @CsvSource({"api.example.com, [Service]", "my_app, '[Service, EndpointSlice]'"})
  void aNameThatAServiceCannotReferToIsWrittenAsItsAddress(String host, String kinds)
      throws UnknownHostException {
    var target = new ProbeTarget(host, 80, Optional.empty(), Duration.ofSeconds(1));
    var address = new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 80);
    var reached =
        new Probed.Reached(address, "", Optional.empty(), Spoken.NOTHING, HTTP, List.of());

    Advice advice =
        Advice.of(
            target,
            WantedService.of(target),
            reached,
            Optional.empty(),
            Optional.empty(),
            Instant.EPOCH);

    assertThat(advice.objects().stream().map(object -> object.get("kind")).toList())
        .hasToString(kinds);
    assertThat(advice.objects().toString().contains("192.0.2.7"))
        .isEqualTo(!advice.steps().isEmpty());
  }
}
