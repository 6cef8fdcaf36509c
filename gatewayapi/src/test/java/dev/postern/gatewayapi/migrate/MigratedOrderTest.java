package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Migrated.ingress;
import static dev.postern.gatewayapi.migrate.Migrated.regex;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order nginx tried the paths of a host. */
class MigratedOrderTest {
  private static final String GUARD = "whitelist-source-range=10.0.0.0/8";

  @ParameterizedTest
  @ValueSource(strings = {"/$", "/?$"})
  void theRootAloneIsNotEveryPath(String root) {
    Migrated made = Migrated.of(regex("landing", root), ingress("app", "Prefix", "/", GUARD));
    assertThat(made.get("/")).isEqualTo("landing");
    assertThat(made.get("/x")).isEqualTo("500");
    Migrated alone = Migrated.of(regex("landing", root));
    assertThat(alone.get("/")).isEqualTo("landing");
    assertThat(alone.get("/x")).isEqualTo("404");
  }
}
