package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
