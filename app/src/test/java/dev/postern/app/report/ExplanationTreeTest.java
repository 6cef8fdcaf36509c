package dev.postern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resolve.hop.Hop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExplanationTreeTest {
  @Test
  void docsNameTheKeyOfEveryQuestion() throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "explaining.md"));
    assertThat(Arrays.stream(Hop.Question.values()).map(ExplanationTree::key))
        .allSatisfy(key -> assertThat(docs).contains("`" + key + "`"));
  }
}
