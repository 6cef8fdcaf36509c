package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Finding.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are small and mean much. */
class LimitsTest {
  private static String only(LoadedFile file) {
    assertThat(file.whole()).isFalse();
    assertThat(file.findings()).hasSize(1);
    return file.findings().getFirst().message();
  }

  /** Each link is two levels deep as it is written, and one deeper than the one before in fact. */
  private static String chain(int links) {
    var text = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < links; i++) {
      text.append("a").append(i).append(": &a").append(i);
      text.append(i % 2 == 0 ? " [*a" : " {x: *a").append(i - 1).append(i % 2 == 0 ? "]\n" : "}\n");
    }
    return text.toString();
  }

  @Test
  void aChainOfAliasesNestsAsDeepAsWhatItStandsFor() {
    assertThat(Manifest.load("f.yaml", chain(60)).findings().toString())
        .contains("'apiVersion' is missing")
        .doesNotContain("levels deep");
    for (int links : new int[] {70, 440, 20_000}) {
      LoadedFile file = Manifest.load("f.yaml", chain(links));
      assertThat(only(file))
          .isEqualTo("this nests more than 64 levels deep, which no manifest does");
      assertThat(file.findings().getFirst().location()).contains("f.yaml:64");
      assertThat(Documents.read("f.yaml", chain(links)).findings())
          .singleElement()
          .asString()
          .contains("more than 64 levels");
    }
  }

  private static String secret(String data) {
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n" + data;
  }

  @Test
  void aliasesOfALongTextCostWhatTheyStandFor() {
    String text = "AAAA".repeat(1024 * 1024);
    String once = secret("  k0: &long " + text + "\n  k1: *long\n");
    assertThat(Manifest.load("f.yaml", once).findings().toString())
        .contains("bytes of data; 1048576 are allowed")
        .doesNotContain("aliases");
    var often = new StringBuilder(once);
    for (int i = 2; i < 10_000; i++) {
      often.append("  k").append(i).append(": *long\n");
    }
    assertThat(only(Manifest.load("f.yaml", often.toString())))
        .isEqualTo("the aliases of this file expand to more than 16777216 characters");
  }

  @Test
  void whatIsTooLargeIsNotDecoded() {
    String half = "!!!!".repeat(200_000);
    LoadedFile file = Manifest.load("f.yaml", secret("  a: '" + half + "'\n"));
    assertThat(file.findings()).singleElement().asString().contains("is not valid base64");
    file = Manifest.load("f.yaml", secret("  a: '" + half.repeat(4) + "'\n  b: '!'\n"));
    assertThat(file.findings())
        .singleElement()
        .asString()
        .contains("holds 2400000 bytes of data; 1048576 are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"- a\n", "[0,0,0,0,0,0,0,0]\n", "a: [0, 0, 0, 0, 0, 0, 0]\n"})
  void aFileOfMillionsOfValuesIsRefused(String line) {
    String text =
        switch (line.charAt(0)) {
          case '[' -> "[" + (line.strip() + ",").repeat(300_000) + "]";
          case 'a' -> ("b: 1\n---\n" + line).repeat(300_000);
          default -> line.repeat(2_100_000);
        };
    assertThat(only(Manifest.load("f.yaml", text)))
        .isEqualTo("this file holds more than 2 million values; divide it");
  }

  /** As terse as 16 MiB of objects get. */
  @Test
  void aFullFileOfTerseObjectsIsRead() {
    String endpoint = "{\"addresses\":[\"10.244.11.23\"],\"conditions\":{\"ready\":true}},";
    String slice =
        "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":"
            + "\"a@\"},\"addressType\":\"IPv4\",\"ports\":[],\"endpoints\":[";
    var text = new StringBuilder();
    for (int i = 0; text.length() < 15 * 1024 * 1024; i++) {
      text.append(slice.replace("@", Integer.toString(i))).append(endpoint.repeat(999));
      text.append(endpoint, 0, endpoint.length() - 1).append("]}\n---\n");
    }
    LoadedFile file = Manifest.load("f.yaml", text.toString());
    assertThat(file.whole()).isTrue();
    assertThat(file.resources()).hasSizeGreaterThan(200);
    assertThat(file.findings()).isEmpty();
  }

  @Test
  void ofAMillionMistakesThoseOfTheBeginningAreNamedAndTheOthersCounted() {
    var text = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n");
    for (int i = 0; i < 1_000_000; i++) {
      text.append("x").append(i).append(": 1\n");
    }
    text.append("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: '!'}\n");
    LoadedFile file = Manifest.load("f.yaml", text.toString());
    assertThat(file.resources()).hasSize(1);
    assertThat(file.rejected()).hasSize(1);
    assertThat(file.findings()).hasSize(10_002);
    assertThat(file.findings().get(10_000).severity()).isEqualTo(Severity.ERROR);
    assertThat(file.findings().getLast().message())
        .isEqualTo("990000 more warnings and notes of this file are not shown");
  }
}
