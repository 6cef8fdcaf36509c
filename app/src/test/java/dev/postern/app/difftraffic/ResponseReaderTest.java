package dev.postern.app.difftraffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.difftraffic.Answer.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseReaderTest {
  private static Response read(String answer, int bodyLimit) throws IOException {
    return ResponseReader.read(
        new ByteArrayInputStream(answer.getBytes(StandardCharsets.US_ASCII)), false, bodyLimit);
  }

  @Test
  void aBodyThatIsLongerThanWhatIsReadIsCutThoughItsEndComesAtOnce() throws IOException {
    Response response = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", 3);
    assertThat(response.body()).isEqualTo(new byte[] {'a', 'b', 'c'});
    assertThat(response.cut()).isTrue();
    Response inChunks =
        read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", 3);
    assertThat(inChunks.body()).isEqualTo(new byte[] {'a', 'b', 'c'});
    assertThat(inChunks.cut()).isTrue();
  }

  @Test
  void aBodyOfExactlyWhatIsReadIsWhole() throws IOException {
    Response response = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 3);
    assertThat(response.body()).isEqualTo(new byte[] {'a', 'b', 'c'});
    assertThat(response.cut()).isFalse();
  }
}
