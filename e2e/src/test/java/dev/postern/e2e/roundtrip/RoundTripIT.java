package dev.postern.e2e.roundtrip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.difftraffic.Comparison;
import dev.postern.app.difftraffic.Difference;
import dev.postern.app.difftraffic.Gateway;
import dev.postern.app.difftraffic.GatewayClient;
import dev.postern.app.difftraffic.RequestFile;
import dev.postern.app.difftraffic.Requests;
import dev.postern.app.difftraffic.TrafficDiff;
import dev.postern.app.difftraffic.TrafficDiff.Compared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ingresses behind a real nginx, and the same after `postern migrate`. */
class RoundTripIT extends BothServed {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern INGRESS =
      Pattern.compile("kind: Ingress\nmetadata:\n  name: (\\S+)");

  /** Whoever makes a redirect or an error words it; backends in this test make no such bodies. */
  private static final Comparison COMPARISON =
      new Comparison(Set.of(), Set.of("3xx", "4xx", "5xx"));

  static Stream<String> everyIngress() {
    return IngressCase.all().stream().map(IngressCase::name);
  }

  @ParameterizedTest
  @MethodSource
  void everyIngress(String name) throws Exception {
    IngressCase ingress = new IngressCase(IngressCase.ALL.resolve(name));
    List<String> expected = ingress.differences();
    List<String> found = new ArrayList<>();
    compare(ingress, "http", gateways.nginx.plainPort(), gateways.plainPort, found);
    compare(ingress, "https", gateways.nginx.tlsPort(), gateways.tlsPort, found);

    assertThat(found)
        .as("what differs, while different.txt says %s:%n%s", expected, String.join("\n", found))
        .extracting(line -> line.split("\n", 2)[0])
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(line -> line.split(" \\| ", 2)[1]).toList());
    List<String> ingresses =
        INGRESS
            .matcher(ingress.text("ingress.yaml", Map.of()))
            .results()
            .map(match -> "default/" + match.group(1))
            .toList();
    assertThat(gateways.reportedDifferent(ingresses))
        .as("what the migration's report calls different")
        .containsAll(expected.stream().map(line -> line.split(" \\| ", 2)[0]).toList());
  }

  @Test
  void autoHttpSpeaksToTheBackendAsTheClientDid() throws Exception {
    long tls = backends.auto.overTls();
    long plain = backends.auto.overPlaintext();
    everyIngress("auto-http");
    assertThat(backends.auto.overTls() - tls).as("from both gateways").isEqualTo(2);
    assertThat(backends.auto.overPlaintext() - plain).as("from both gateways").isEqualTo(2);
  }

  private static void compare(
      IngressCase ingress, String scheme, int before, int now, List<String> found)
      throws IOException, InterruptedException {
    Requests requests = new Requests(true, "none.example.com", 1000);
    RequestFile.read(
        new ByteArrayInputStream(ingress.requests(scheme).getBytes(StandardCharsets.UTF_8)),
        requests);
    assertThat(requests.leftOut()).isEmpty();
    try (GatewayClient old = client(scheme, before);
        GatewayClient fresh = client(scheme, now)) {
      TrafficDiff.Result result =
          new TrafficDiff(old, fresh, COMPARISON, false, (_, _) -> {}).compare(requests.list(), 1);
      assertThat(result.notReached()).isEmpty();
      for (Compared each : result.different()) {
        List<Difference> differences =
            each.differences().stream().filter(one -> !isOfThePort(one, now)).toList();
        if (!differences.isEmpty()) {
          found.add(
              "%s | %s%n%s"
                  .formatted(
                      (scheme.equals("https") ? "TLS " : "") + each.request(),
                      differences.stream()
                          .map(Difference::subject)
                          .collect(Collectors.joining(", ")),
                      differences));
        }
      }
    }
  }

  private static GatewayClient client(String scheme, int port) {
    return new GatewayClient(
        Gateway.of(scheme + "://127.0.0.1:" + port).orElseThrow(), PATIENCE, 1 << 20, true);
  }

  /// Whether a Location has the port of a listener, which only in this test is not 80 or 443.
  private static boolean isOfThePort(Difference difference, int port) {
    return difference instanceof Difference.Header(String _, List<String> before, List<String> now)
        && now.stream().map(value -> value.replace(":" + port, "")).toList().equals(before);
  }
}
