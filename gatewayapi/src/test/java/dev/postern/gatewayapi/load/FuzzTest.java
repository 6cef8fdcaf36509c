package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.postern.gatewayapi.resource.Finding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, loading ends with objects and findings. The seeds are fixed. */
class FuzzTest {
  private static final List<TextFormat> FORMATS =
      List.of(
          TextFormat.DNS_LABEL,
          TextFormat.DOMAIN,
          TextFormat.ROOTED_DOMAIN,
          TextFormat.GROUP,
          TextFormat.KIND,
          TextFormat.HOSTNAME,
          TextFormat.HEADER_NAME,
          TextFormat.HEADER_VALUE,
          TextFormat.DURATION,
          TextFormat.GO_DURATION,
          TextFormat.LABEL_VALUE,
          TextFormat.CONTROLLER_NAME,
          TextFormat.URL_PATH);

  @Test
  void brokenManifestsNeverThrow() {
    Random random = new Random(7);
    int accepted = 0;
    for (int i = 0; i < 4_000; i++) {
      LoadedFile file = Manifest.load("f.yaml", Samples.mutated(random));
      accepted += file.resources().size();
      assertThat(file.whole() || !file.findings().isEmpty()).isTrue();
    }
    assertThat(accepted).isPositive();
  }

  @Test
  void valuesOfTheWrongTypeNeverThrow() {
    Random random = new Random(8);
    String[] values = {
      "[]",
      "{}",
      "null",
      "1",
      "-1",
      "1.5",
      "true",
      "x",
      "'1'",
      "[[]]",
      "{a: b}",
      "1e999999999",
      "0x7fffffffffffffff",
      "99999999999999999999",
      ".inf",
      "''",
      "[null]",
      "{a: null}",
      "2001-01-01",
    };
    for (int i = 0; i < 4_000; i++) {
      String[] lines = Samples.MANIFESTS.get(random.nextInt(Samples.MANIFESTS.size())).split("\n");
      int at = random.nextInt(lines.length);
      int colon = lines[at].indexOf(": ");
      if (colon > 0) {
        lines[at] = lines[at].substring(0, colon + 2) + values[random.nextInt(values.length)];
      }
      LoadedFile file = Manifest.load("f.yaml", String.join("\n", lines));
      for (Finding finding : file.findings()) {
        assertThat(finding.message()).isNotBlank().doesNotContain("\n");
      }
    }
  }

  @Test
  void rawBytesNeverThrow() {
    Random random = new Random(9);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      String text =
          new String(bytes, i % 2 == 0 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII);
      assertThat(Manifest.load("f.yaml", text).file()).isEqualTo("f.yaml");
    }
  }

  @Test
  void aliasBombsAndDeepNestingEndSoon() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a%d: &a%d [".formatted(i, i))
          .append((before + ", ").repeat(9))
          .append(before)
          .append("]\n");
    }
    assertThat(Manifest.load("f.yaml", bomb.toString()).findings().getFirst().message())
        .contains("expand to more than");
    for (String deep : List.of("[".repeat(20_000), "- ".repeat(20_000), "{a: ".repeat(20_000))) {
      LoadedFile file = Manifest.load("f.yaml", deep);
      assertThat(file.whole()).isFalse();
      assertThat(file.findings()).hasSize(1);
    }
  }

  @Test
  void handWrittenFormatsAgreeWithTheExpressionsThatTheyStandFor() {
    Random random = new Random(10);
    String alphabet = "aZ09.-_/*: \t%2f#~é{hms0";
    for (TextFormat format : FORMATS) {
      Pattern pattern = Pattern.compile(format.pattern());
      for (int i = 0; i < 5_000; i++) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(9); length > 0; length--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        assertThat(format.matches(text.toString()))
            .as("%s on '%s'", format.pattern(), text)
            .isEqualTo(pattern.matcher(text.toString()).find());
      }
    }
  }

  @Test
  void messagesDoNotShowSecrets() {
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            data: {a: hunter2!}
            stringData: {b: 31337, c: [hunter2]}
            """);
    assertThat(file.findings()).hasSize(3);
    assertThat(file.findings().toString()).doesNotContain("hunter2").doesNotContain("31337");
  }
}
