package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockReaderTest {

  /** A tree as text, with types and lines. */
  private static void show(Node node, StringBuilder out) {
    switch (node) {
      case Scalar(String text, ScalarType type, int line) ->
          out.append(type).append('<').append(text).append('>').append(line);
      case Items items -> {
        out.append('@').append(items.line()).append('[');
        for (Node item : items.list()) {
          show(item, out);
          out.append(", ");
        }
        out.append(']');
      }
      case Fields fields -> {
        out.append('@').append(fields.line()).append('{');
        for (int i = 0; i < fields.size(); i++) {
          out.append(fields.keyLine(i)).append(' ').append(fields.key(i)).append(": ");
          show(fields.value(i), out);
          out.append(", ");
        }
        out.append('}');
      }
    }
  }

  private static String shown(List<Node> documents) {
    StringBuilder out = new StringBuilder();
    for (Node document : documents) {
      show(document, out);
      out.append('\n');
    }
    return out.toString();
  }

  private static String any(String text) {
    try {
      return shown(TreeReader.readAny(text));
    } catch (MalformedException e) {
      return "malformed: " + e.problem();
    }
  }

  @Test
  void readsWhatManifestsLookLike() throws MalformedException {
    for (String text : Samples.MANIFESTS) {
      List<Node> read = BlockReader.read(text);
      assertThat(read).as(text).isNotNull();
      assertThat(shown(read)).isEqualTo(any(text));
    }
  }

  @Test
  void givesUpAtWhatIsNotItsOwn() throws MalformedException {
    for (String text :
        List.of(
            "a: [b",
            "a: [b,]",
            "a: [b c]",
            "a: [b: c]",
            "a: [-1]",
            "a: {b}",
            "a: {b: c, b: d}",
            "a: {b:c}",
            "a: {b: }",
            "a: [b]c",
            "a: [\"b\"c]",
            "a: [b,\n  c]",
            "a: &x b",
            "a: *x",
            "a: !!str b",
            "a: >\n  b\n",
            "a: b\n  c\n",
            "a: \"b\\n\"",
            "a: 'b''c'",
            "a: b: c",
            "\ta: b",
            "a: \u00e9",
            "a: 1\na: 2",
            "? a\n: b",
            "--- a: b",
            "{\"a\": 1}",
            "- a\nb: c",
            "a:\n  b: 1\n c: 2",
            "a: |\n  b")) {
      assertThat(BlockReader.read(text)).as(text).isNull();
    }
  }

  @Test
  void agreesWithTheYamlParserOnWhateverItReads() throws MalformedException {
    Random random = new Random(20260131);
    int read = 0;
    for (int i = 0; i < 12_000; i++) {
      String text = Samples.mutated(random);
      List<Node> mine = BlockReader.read(text);
      if (mine != null) {
        read++;
        assertThat(shown(mine)).as(text).isEqualTo(any(text));
      }
    }
    assertThat(read).as("texts that it read").isGreaterThan(1_000);
  }
}
