package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParamsWriterTest {

  @Test
  void noPairIsSplitOverRecordsWhateverItsLength() {
    int[] lengths = {0, 1, 2, 126, 127, 128, 129, 255, 256, 8000, 30000, 65000};
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      ByteBuf wire = Unpooled.buffer();
      ParamsWriter writer = new ParamsWriter(wire);
      List<Map.Entry<String, String>> pairs = new ArrayList<>();
      for (int i = random.nextInt(30); i > 0; i--) {
        String name = "n".repeat(1 + lengths[random.nextInt(lengths.length - 2)]);
        String value = "v".repeat(lengths[random.nextInt(lengths.length)]);
        boolean fits = ParamsWriter.size(name.length(), value.length()) <= 65528;
        assertThat(writer.pair(name.length(), value.length())).isEqualTo(fits);
        if (fits) {
          wire.writeBytes(name.getBytes(ISO_8859_1)).writeBytes(value.getBytes(ISO_8859_1));
          pairs.add(Map.entry(name, value));
        }
      }
      writer.end();
      assertThat(Pairs.read(wire)).as("seed %s", seed).isEqualTo(pairs);
      assertThat(wire.isReadable()).isFalse();
    }
  }

  @Test
  void aPairThatFillsARecordToTheLastOctetFits() {
    ByteBuf wire = Unpooled.buffer();
    ParamsWriter writer = new ParamsWriter(wire);
    int value = 65528 - 1 - 4 - 1;
    assertThat(writer.pair(1, value + 1)).isFalse();
    assertThat(writer.pair(1, value)).isTrue();
    wire.writeZero(1 + value);
    writer.end();
    assertThat(Pairs.read(wire)).hasSize(1);
  }
}
