package dev.postern.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccessLogTest {
  @TempDir private Path folder;

  @Test
  void aPipeThatNobodyReadsYetHoldsNothingUp() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (LineWriter log = AccessLog.toFile(pipe)) {
      log.accept("a request");
      try (BufferedReader reader = Files.newBufferedReader(pipe)) {
        assertThat(reader.readLine()).isEqualTo("a request");
      }
    }
  }

  @Test
  void aFileIsWrittenToItsEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("access.log"), "before\n");
    AccessLog.toFile(file).close();
    try (LineWriter log = AccessLog.toFile(file)) {
      log.accept("a request");
    }
    assertThat(file).hasContent("before\na request\n");
  }
}
