package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Migrated.ingress;
import static dev.postern.gatewayapi.migrate.Migrated.regex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody comes past a guard, whatever the gateway tries first. */
class MigratedGuardsTest {
  private static final String GUARD = "whitelist-source-range=10.0.0.0/8";
  private static final String ASKED = "auth-url=http://auth.default.svc.cluster.local/check";

  /** Whether or not a Service is there to be asked. */
  private static String got(Migrated made, String path) {
    return TargetOrder.get(made.migration, true, path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ADMIN/x", "/Admin", "/admiN/x/y"})
  void aConvertedGuardWithARewriteHoldsInAnyLetterCase(String asked) {
    Migrated made =
        Migrated.of(
            regex("admin", "/admin(/|$)(.*)", "rewrite-target=/$2", ASKED),
            ingress("web", "Prefix", "/"));
    assertThat(got(made, "/admin/x")).isEqualTo("admin");
    assertThat(got(made, "/admin")).isEqualTo("admin");
    assertThat(made.manifests()).contains("ReplacePrefixMatch");
    assertThat(made.verdict("admin", "rewrite-target")).startsWith("Same");
    assertThat(got(made, asked)).isEqualTo("500");
    assertThat(made.verdict("admin", "path")).contains("answers 500");
    assertThat(got(made, "/adminx")).isEqualTo("web");
    assertThat(got(made, "/ADMINX")).isEqualTo("web");
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.class,
      names = {"ENVOY_GATEWAY", "ISTIO"})
  void soItDoesForOtherGateways(Target target) {
    Migrated made =
        Migrated.of(
            target,
            regex("admin", "/v1.2(/|$)(.*)", "rewrite-target=/$2", GUARD),
            ingress("web", "Prefix", "/"));
    for (String asked : new String[] {"/V1.2/x", "/v1x2/x", "/V1x2"}) {
      assertThat(TargetOrder.get(made.migration, target != Target.ISTIO, asked))
          .as(asked)
          .isEqualTo("500");
    }
  }

  @Test
  void aRewriteBehindALongPrefixIsLostRatherThanItsGuard() {
    String path = "/" + "admin".repeat(60);
    Migrated made =
        Migrated.of(
            regex("admin", path + "(/|$)(.*)", "rewrite-target=/$2", ASKED),
            ingress("web", "Prefix", "/"));
    assertThat(got(made, path.toUpperCase(Locale.ROOT))).isEqualTo("admin");
    assertThat(made.verdict("admin", "rewrite-target")).startsWith("NotPossible");
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.class,
      names = {"KGATEWAY", "STANDARD"})
  void aLongerPrefixThatNginxTriedAfterAGuardedExpressionIsClosed(Target target) {
    Migrated made =
        Migrated.of(
            target, ingress("users", "Prefix", "/users"), regex("edit", "/[a-z]+/edit", GUARD));
    assertThat(made.getOnIstio("/users/edit")).isEqualTo("500");
    assertThat(made.verdict("users", "path")).contains("it answers 500", "/[a-z]+/edit");
  }

  @Test
  void onIstioSuchAPrefixIsTriedAfterTheExpression() {
    Migrated made =
        Migrated.of(
            Target.ISTIO,
            ingress("web", "Prefix", "/"),
            ingress("users", "Prefix", "/users"),
            regex("edit", "/[a-z]+/edit", GUARD));
    assertThat(made.getOnIstio("/users/edit")).isEqualTo("500");
    assertThat(made.getOnIstio("/USERS/edit")).isEqualTo("500");
    assertThat(made.getOnIstio("/users/1")).isEqualTo("users");
    assertThat(made.getOnIstio("/usersx")).as("as in nginx").isEqualTo("users");
    assertThat(made.getOnIstio("/7")).isEqualTo("web");
    assertThat(made.verdict("users", "path")).contains("tries it after /[a-z]+/edit");
  }

  @ParameterizedTest
  @CsvSource({"/admin(/.*)?, /adminx", "/admin(/|$)?, /adminx", "/admin(?!/x)?, /adminx"})
  void aPrefixThatClosesHasAllOfTheExpression(String path, String asked) {
    Migrated made =
        Migrated.of(Target.ISTIO, regex("admin", path, GUARD), ingress("web", "Prefix", "/"));
    assertThat(made.getOnIstio(asked)).isEqualTo("500");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/admin", "/adminx", "/ADMIN", "/Admin/x"})
  void onIstioAGuardedPrefixIsTriedBeforeShorterOnes(String asked) {
    Migrated made =
        Migrated.of(
            Target.ISTIO,
            ingress("web", "Prefix", "/"),
            ingress("admin", "Prefix", "/admin", GUARD),
            regex("items", "/items[0-9]+"));
    assertThat(made.getOnIstio(asked)).isEqualTo("500");
    assertThat(made.getOnIstio("/x")).isEqualTo("web");
    assertThat(made.getOnIstio("/items7")).isEqualTo("items");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/admin", "/adminx", "/ADMIN", "/ADMINX"})
  void onIstioAGuardedExactPathTakesWhatIsBesideAPrefix(String asked) {
    Migrated made =
        Migrated.of(
            Target.ISTIO,
            regex("web", "/(.*)"),
            ingress("below", "Prefix", "/admin"),
            ingress("exact", "Exact", "/admin", GUARD));
    assertThat(made.getOnIstio(asked)).isEqualTo("500");
    assertThat(made.getOnIstio("/admin/x")).isEqualTo("below");
    assertThat(made.getOnIstio("/x")).isEqualTo("web");
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.class,
      names = {"KGATEWAY", "STANDARD"})
  void whereItIsNotKnownItIsSaid(Target target) {
    Migrated made =
        Migrated.of(
            target,
            ingress("web", "Prefix", "/"),
            ingress("admin", "Prefix", "/admin", GUARD),
            regex("items", "/items[0-9]+"));
    assertThat(made.verdict("admin", "path"))
        .startsWith("NotPossible")
        .contains("letter case", "/ may get");
  }
}
