package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A policy that is refused closes what it targets, as long as no good version of it is known. */
class RefusedPoliciesTest extends ProviderFixture {
  private static final String GOOD = policy("hostname: a.test");
  private static final String REFUSED = policy("hostnme: a.test");

  private static String policy(String hostname) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: BackendTLSPolicy
    metadata: {name: tls}
    spec:
      targetRefs: [{group: "", kind: Service, name: a}]
      validation: {%s, wellKnownCACertificates: System}
    """
        .formatted(hostname);
  }

  private BackendTlsPolicy seenPolicy() {
    return (BackendTlsPolicy) seen.get(name());
  }

  private String name() {
    return seen.names().stream()
        .filter(n -> n.startsWith("BackendTLSPolicy"))
        .findFirst()
        .orElse("");
  }

  @Test
  void fromTheStart() throws IOException {
    write(folder.resolve("a.yaml"), REFUSED);
    start(folder);
    assertThat(seenPolicy().standsIn()).isTrue();
    assertThat(seenPolicy().targetRefs())
        .extracting(BackendTlsPolicy.TargetRef::name)
        .containsExactly("a");
    assertThat(seen.findings())
        .contains(
            "ERROR a.yaml:6 'hostname' is missing. Until that is mended, nothing is sent to what it"
                + " is for, unless another object says how.");
    write(folder.resolve("a.yaml"), GOOD);
    seen.await("the mended one", r -> !seenPolicy().standsIn());
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void notWhereAGoodOneIsKnown() throws IOException {
    write(folder.resolve("a.yaml"), GOOD);
    start(folder);
    write(folder.resolve("a.yaml"), REFUSED);
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seenPolicy().hostname()).isEqualTo("a.test");
    assertThat(seenPolicy().standsIn()).isFalse();
  }

  @Test
  void notWhereAnotherFileHasAGoodOne() throws IOException {
    write(folder.resolve("a.yaml"), REFUSED);
    write(folder.resolve("b.yaml"), GOOD);
    start(folder);
    assertThat(seenPolicy().standsIn()).isFalse();
    Files.delete(folder.resolve("a.yaml"));
    seen.await("no finding", r -> r.findings().isEmpty());
    assertThat(seenPolicy().standsIn()).isFalse();
  }

  @Test
  void untilItIsTakenOut() throws IOException {
    write(folder.resolve("a.yaml"), REFUSED);
    write(folder.resolve("s.yaml"), service("a", 1));
    start(folder);
    assertThat(seenPolicy().standsIn()).isTrue();
    Files.delete(folder.resolve("a.yaml"));
    seen.awaitNames("Service default/a");
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void alsoWhenTheFirstOfTwoFilesThatAreWrongGoes() throws IOException {
    write(folder.resolve("a.yaml"), REFUSED);
    write(folder.resolve("b.yaml"), REFUSED.replace("name: a}", "name: b}"));
    start(folder);
    assertThat(seenPolicy().targetRefs().getFirst().name()).isEqualTo("a");
    Files.delete(folder.resolve("a.yaml"));
    seen.await("the other", r -> seenPolicy().targetRefs().getFirst().name().equals("b"));
    assertThat(seenPolicy().standsIn()).isTrue();
  }
}
