package dev.postern.proxy.fastcgi;

import static dev.postern.proxy.fastcgi.ScriptedApplication.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.ForwardOptions;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attempts at an application whose request's body had to be gathered.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FastCgiRetryTest {
  private static final FastCgiOptions OPTIONS =
      new FastCgiOptions(
          FastCgiOptions.Parameters.STANDARD,
          "/srv/www",
          Optional.empty(),
          "index.php",
          List.of(".php"),
          List.of(),
          1 << 20);

  private static final ForwardOptions TWICE =
      new ForwardOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.of(
              new ForwardOptions.RetryPolicy(1, List.of(503), Optional.of(Duration.ofMillis(5)))),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());

  @ParameterizedTest(name = "{0} octets")
  @ValueSource(ints = {10, 1_000_000})
  void getTheWholeBodyAgain(int octets) throws Exception {
    byte[] body = new byte[octets];
    Arrays.fill(body, (byte) 'x');
    AtomicInteger number = new AtomicInteger();
    try (ScriptedApplication application =
            new ScriptedApplication((request, out) ->
                respond(
                    out,
                    number.incrementAndGet() == 1
                        ? "Status: 503\r\n\r\n"
                        : "Content-Type: text/plain\r\n\r\n" + request.stdin().length));
        FastCgiGateway gateway = new FastCgiGateway(OPTIONS, TWICE, application.port())) {
      HttpResponse<String> answer =
          gateway.send(
              gateway
                  .request("/a")
                  .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("" + octets);
      assertThat(application.requests)
          .extracting(request -> request.stdin().length)
          .containsExactly(octets, octets);
    }
  }
}
