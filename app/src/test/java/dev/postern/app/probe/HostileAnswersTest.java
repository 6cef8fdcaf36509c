package dev.postern.app.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.probe.Heard.End;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileAnswersTest {
  private static Heard heard(byte[] bytes) {
    return new Heard(
        End.ANSWERED,
        Handshake.NONE,
        true,
        Map.of("grpc-status", "0", "content-type", "application/grpc"),
        bytes,
        "",
        "");
  }

  @Test
  void noOctetsTripAParser() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (bytes.length > 5 && random.nextBoolean()) {
        bytes[0] = 0; // an uncompressed message, of which the rest is nonsense
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
      }
      Heard heard = heard(bytes);
      Grpc grpc = Grpc.of(heard).orElseThrow().with(heard);
      assertThat(grpc.services()).as("seed %d", seed).hasSizeLessThanOrEqualTo(20);
      assertThat(String.join("", grpc.services())).as("seed %d", seed).matches("[ -~]*");
      FastCgiQuestion.isAnsweredBy(heard);
      HttpAnswer.of(heard)
          .ifPresent(answer -> assertThat(answer.status()).as("seed %d", seed).isBetween(100, 599));
    }
  }

  @Test
  void namesOfServicesAreReadFromReflection() {
    // ServerReflectionResponse: list_services_response (6) of one service (1) with a name (1)
    byte[] name = "acme.Users".getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[5 + 6 + name.length];
    message[4] = (byte) (6 + name.length);
    message[5] = 0x32;
    message[6] = (byte) (4 + name.length);
    message[7] = 0x0a;
    message[8] = (byte) (2 + name.length);
    message[9] = 0x0a;
    message[10] = (byte) name.length;
    System.arraycopy(name, 0, message, 11, name.length);
    assertThat(new Grpc("12", "", List.of()).with(heard(message)).services())
        .containsExactly("acme.Users");
  }

  @Test
  void aStatusLineNeedsAStatus() {
    assertThat(HttpAnswer.of(heard("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII))))
        .isPresent();
    for (String line : new String[] {"HTTP/1.1 2000 OK", "HTTP/2 200", "HTTP/1.1 OK", "ICY 200"}) {
      assertThat(HttpAnswer.of(heard(line.getBytes(StandardCharsets.US_ASCII)))).isEmpty();
    }
  }
}
