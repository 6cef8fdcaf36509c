package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The list of annotations in the documentation; {@code -Dgolden.update=true} writes it. */
class AnnotationDocsTest {
  private static final Path DOCS = Path.of("../docs/ingress-nginx-annotations.md");

  @Test
  void theDocumentationListsWhatTheCodeKnows() throws IOException {
    String text = text();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCS, text);
    }
    assertThat(Files.readString(DOCS)).isEqualTo(text);
  }

  private static String text() {
    var out =
        new StringBuilder(
            """
            # What becomes of ingress-nginx's annotations

            Made from the code, for [`postern migrate`](migrating-from-ingress-nginx.md). *converted*
            holds for the values that can be converted, and the report says what is different then;
            other values are reported as lost. *refused* is always reported as lost.

            | annotation | | |
            |---|---|---|
            """);
    AnnotationTable.ENTRIES.forEach((name, entry) ->
        out.append("| `%s` | %s | %s |\n".formatted(name, entry.fate(), entry.words())));
    return out.toString();
  }
}
