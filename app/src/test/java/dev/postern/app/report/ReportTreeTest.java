package dev.postern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTreeTest {

  @Test
  void keysAreThoseOfTheDocumentedSchema() {
    Map<String, Object> tree = ReportTree.of(Samples.bad());

    assertThat(tree).containsOnlyKeys("verdict", "summary", "findings", "objects");
    assertThat(tree).containsEntry("verdict", "bad");
    assertThat((Map<?, ?>) tree.get("summary"))
        .hasToString(
            "{objects=5, objectsWithoutEffect=1, conditions=9, conditionsBad=2,"
                + " conditionsWarning=0, errors=1, warnings=1, notes=0}");
    assertThat((List<?>) tree.get("findings"))
        .first()
        .hasToString(
            "{severity=error, field=, location=demo/broken.yaml:12, message=This is not YAML: a"
                + " mapping key has no value. The objects of the last good version stay in force.}");
  }

  @Test
  void whatATerminalObeysAndYamlForbidsIsEscaped() {
    assertThat(JsonText.of("\u007f\u009b\u0080\uffff\u00e9"))
        .isEqualTo("\"\\u007f\\u009b\\u0080\\uffff\u00e9\"\n");
    assertThat(YamlText.of("\u009b\u00e9")).isEqualTo("\"\\u009b\u00e9\"\n");
  }

  @Test
  void jsonEscapesWhatJsonForbids() {
    assertThat(JsonText.of(Map.of("a", "\"\\\n\u0001\ud800é")))
        .isEqualTo("{\n  \"a\": \"\\\"\\\\\\n\\u0001\\ud800é\"\n}\n");
  }

  @Test
  void yamlQuotesWhatWouldNotComeBackAsAString() {
    var tree = new TreeMap<String, Object>();
    tree.put("a", List.of("no", "1e3", "plain words", "a: b", "", "# c", "é"));
    tree.put("b", List.of(Map.of("c", Map.of("d", 1L))));
    tree.put("e", List.of());

    assertThat(YamlText.of(tree))
        .isEqualTo(
            """
            a:
            - "no"
            - "1e3"
            - plain words
            - "a: b"
            - ""
            - "# c"
            - "é"
            b:
            - c:
                d: 1
            e: []
            """);
  }

  @Test
  void aWarningIsWorseThanANoteAndBetterThanAnError() {
    assertThat(Samples.good().mark()).isEqualTo(Mark.GOOD);
    assertThat(Samples.bad().mark()).isEqualTo(Mark.BAD);
  }
}
