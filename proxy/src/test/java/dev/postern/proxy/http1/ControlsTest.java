package dev.postern.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ControlsTest {
  @Test
  void everyOctetAtEveryPlace() {
    for (int octet = 0; octet < 256; octet++) {
      for (int at = 0; at < 20; at++) {
        byte[] text = new byte[20];
        Arrays.fill(text, (byte) 'a');
        text[at] = (byte) octet;
        boolean control = octet < 0x20 || octet == 0x7f;
        assertThat(Controls.next(text, 0, 20))
            .as("%#x at %d", octet, at)
            .isEqualTo(control ? at : 20);
      }
    }
  }

  @Test
  void theFirstOfMany() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 100_000; round++) {
      byte[] text = new byte[40];
      random.nextBytes(text);
      int from = random.nextInt(40);
      int end = from + random.nextInt(41 - from);
      int first = from;
      while (first < end && (text[first] & 0xff) >= 0x20 && text[first] != 0x7f) {
        first++;
      }
      assertThat(Controls.next(text, from, end)).isEqualTo(first);
    }
  }
}
