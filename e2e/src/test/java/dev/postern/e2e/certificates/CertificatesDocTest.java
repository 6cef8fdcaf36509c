package dev.postern.e2e.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.EnvoyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The docs show the matrix that is tested. {@code -Dgolden.update=true} rewrites them. */
class CertificatesDocTest {
  private static final Path DOCS =
      Path.of(System.getProperty("postern.root", "..")).resolve("docs/certificates.md");
  private static final String BEGIN = "<!-- generated -->\n";

  @Test
  void docsShowTheMatrix() throws IOException {
    String docs = Files.readString(DOCS);
    int begin = docs.indexOf(BEGIN) + BEGIN.length();
    assertThat(begin).isGreaterThan(BEGIN.length());
    String wanted = docs.substring(0, begin) + table();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCS, wanted);
      return;
    }
    assertThat(docs).as("docs/certificates.md; ./dev golden rewrites it").isEqualTo(wanted);
  }

  @Test
  void everyDifferenceIsExplainedAndNothingElse() {
    for (Row row : Matrix.rows()) {
      assertThat(!row.why().isEmpty()).as(row.id()).isEqualTo(row.differs() && !row.wantsUri());
    }
  }

  @Test
  void noTwoRowsAreOne() {
    List<Row> rows = Matrix.rows();
    assertThat(rows.stream().map(Row::id)).doesNotHaveDuplicates();
    assertThat(new HashSet<>(rows.stream().map(Row::words).toList())).hasSameSizeAs(rows);
  }

  @Test
  void aRefusalSaysSomething() {
    for (Row row : Matrix.rows()) {
      assertThat(row.says().isEmpty()).as(row.id()).isEqualTo(row.postern() == Verdict.YES);
    }
  }

  private static String table() {
    Map<String, Integer> notes = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    Matrix.sections()
        .forEach((title, rows) -> {
          text.append("\n## ").append(title).append("\n\n| | Postern | Envoy ");
          text.append(EnvoyProcess.VERSION.replaceFirst("\\.\\d+$", ""));
          text.append(" | OpenSSL 3 | |\n|---|---|---|---|---|\n");
          for (Row row : rows) {
            text.append(line(row, notes));
          }
        });
    text.append("\n## Why they differ\n\n");
    notes.forEach((why, number) -> text.append(number).append(". ").append(why).append('\n'));
    return text.toString();
  }

  private static String line(Row row, Map<String, Integer> notes) {
    String note = "";
    if (!row.why().isEmpty()) {
      note = String.valueOf(notes.computeIfAbsent(row.why(), why -> notes.size() + 1));
    }
    return List.of(row.words(), row.postern().words, row.envoy().words, row.openssl().words, note)
        .stream()
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
