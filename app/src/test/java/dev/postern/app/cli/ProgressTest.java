package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private String shown(boolean visible) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Progress progress = new Progress(out, visible)) {
      progress.show("hosts", 0, 0);
      for (int i = 0; i < 1_000; i++) {
        progress.show("hosts", i, 1_000);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aTerminalSeesOneLineThatGoesAway() {
    String text = shown(true);
    assertThat(text).contains("\r", " 50 % hosts", " 99 % hosts").doesNotContain("\n");
    assertThat(text.split("\r", -1)).hasSizeLessThan(200);
    assertThat(text).endsWith(" \r");
  }

  @Test
  void nothingIsWrittenElsewhere() {
    assertThat(shown(false)).isEmpty();
  }
}
