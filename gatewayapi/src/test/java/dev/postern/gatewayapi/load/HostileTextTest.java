package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever writes manifests cannot forge lines of the log, nor send the terminal commands. */
class HostileTextTest {
  private static final String FORGED = "x\\n\\x1b[2J\\u0085\\u202eready: 1 gateway";

  private static String lines(LoadedFile file) {
    var all = new StringBuilder();
    for (Finding finding : file.findings()) {
      all.append(finding.object().map(Object::toString).orElse(""));
      all.append(finding.field()).append(finding.location().orElse("")).append(finding.message());
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"apiVersion\": v1, \"kind\": Service, metadata: {name: \"@\"}, spec: {}}",
        "{\"apiVersion\": v1, \"kind\": Service, metadata: {name: a, namespace: \"@\"}, spec: {}}",
        "{\"apiVersion\": v1, \"kind\": \"@\", metadata: {name: a}}",
        "{\"apiVersion\": \"@\", \"kind\": Service, metadata: {name: a}}",
        "{\"apiVersion\": v1, \"kind\": Service, metadata: {name: a}, spec: {\"@\": 1}}",
        "{\"apiVersion\": v1, \"kind\": Secret, metadata: {name: a}, data: {\"@\": \"@\"}}",
        "{\"apiVersion\": v1, \"kind\": ConfigMap, metadata: {name: a, labels: {\"@\": \"@\"}}}",
        "{\"@\": 1, \"@\": 2}",
        "{\"apiVersion\": v1, \"kind\": Service, metadata: {name: a}, spec: {type: \"@\"}}",
      })
  void findingsStandOnOneLineWhateverAManifestSays(String manifest) {
    String said = lines(Manifest.load("f.yaml", manifest.replace("@", FORGED)));
    assertThat(said).isNotEmpty().doesNotContain("\n", "\u001b", "\u0085", "\u202e");
  }

  @Test
  void findingsDoNotGrowWithWhatAManifestSays() {
    String huge = "y".repeat(1_000_000);
    String longest = "k".repeat(1_000);
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            "{apiVersion: v1, kind: Service, metadata: {name: @}, spec: {#: 1, type: @}}"
                .replace("@", huge)
                .replace("#", longest));
    assertThat(file.findings()).hasSizeGreaterThan(2);
    assertThat(lines(file)).hasSizeLessThan(1_000 * file.findings().size());
    assertThat(lines(Manifest.load("f.yaml", "{#: 1, #: 2}".replace("#", longest))))
        .contains("is here twice")
        .hasSizeLessThan(500);
  }

  @Test
  void textsInAnyScriptStayAsTheyAre() {
    assertThat(lines(Manifest.load("ordner/größe/网关.yaml", "größe: 1\ngröße: 2\n")))
        .contains("ordner/größe/网关.yaml:2", "the key 'größe' is here twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"123", "true", "{a: b}", "[a]", "1.5"})
  void aNamespaceThatIsNoTextLeavesTheObjectUnknown(String namespace) {
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n"
                + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: @\n"
                    .replace("@", namespace));
    assertThat(file.whole()).isFalse();
    assertThat(file.rejected()).isEmpty();
    assertThat(file.resources()).hasSize(1);
    assertThat(file.findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.field()).isEqualTo("metadata.namespace");
          assertThat(finding.location()).contains("f.yaml:9");
          assertThat(finding.message()).contains("a namespace must be a text; put it in quotes");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "~", "default"})
  void anAbsentNamespaceIsTheDefault(String namespace) {
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: "
                + namespace
                + "\n");
    assertThat(file.findings()).isEmpty();
    assertThat(file.resources().getFirst().ref()).hasToString("ConfigMap default/a");
  }
}
