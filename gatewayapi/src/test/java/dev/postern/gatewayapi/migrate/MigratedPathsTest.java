package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Migrated.ingress;
import static dev.postern.gatewayapi.migrate.Migrated.regex;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a host's paths, requests find the one that nginx took. */
class MigratedPathsTest {
  private static final String GUARD = "whitelist-source-range=10.0.0.0/8";

  @ParameterizedTest
  @ValueSource(strings = {"/(.*)", "/.*", "/()(.*)", "/"})
  void aGuardedPathStaysClosedBesideAnExpressionForAll(String all) {
    Migrated made = Migrated.of(regex("web", all), ingress("private", "Prefix", "/private", GUARD));
    assertThat(made.get("/private")).isEqualTo("500");
    assertThat(made.get("/private/users")).isEqualTo("500");
    assertThat(made.get("/PRIVATE")).as("nginx looked at no letter case").isEqualTo("500");
    assertThat(made.get("/privatex")).as("nor for a slash").isEqualTo("500");
    assertThat(made.get("/other")).isEqualTo("web");
    assertThat(made.get("/")).isEqualTo("web");
  }

  @Test
  void aPrefixWithARewriteIsReachedBesideAnExpressionForAll() {
    Migrated made =
        Migrated.of(
            regex("web", "/(.*)", "rewrite-target=/$1"),
            regex("api", "/api(/|$)(.*)", "rewrite-target=/$2"));
    assertThat(made.get("/api/x")).isEqualTo("api");
    assertThat(made.get("/api")).isEqualTo("api");
    assertThat(made.get("/apis")).isEqualTo("web");
    assertThat(made.verdict("api", "rewrite-target")).startsWith("Same");
    assertThat(made.verdict("web", "rewrite-target")).startsWith("Same");
  }

  @Test
  void aLongerPathGoesBeforeAShorterExpressionThatTakesItToo() {
    Migrated made =
        Migrated.of(
            regex("items", "/[a-z]+"),
            ingress("exact", "Prefix", "/reports/annual", GUARD),
            regex("other", "/[0-9]+"));
    assertThat(made.get("/reports/annual")).isEqualTo("500");
    assertThat(made.get("/reports")).isEqualTo("items");
    assertThat(made.get("/7")).isEqualTo("other");
  }

  @Test
  void ofEquallyLongExpressionsTheLastOfTheAlphabetGoesFirst() {
    Migrated made = Migrated.of(regex("a", "/[a-c]x*"), regex("b", "/[a-d]x*", GUARD));
    assertThat(made.get("/ax")).isEqualTo("500");
  }

  @Test
  void whatNginxNeverCameToIsLeftOut() {
    // Of five characters against four.
    Migrated made = Migrated.of(regex("web", "/(.*)", GUARD), regex("api", "/api"));
    assertThat(made.get("/api")).isEqualTo("500");
    assertThat(made.verdict("api", "path")).contains("left out", "/(.*)");
    Migrated tail = Migrated.of(regex("api", "/api(/|$)(.*)", GUARD), regex("v1", "/api/v1"));
    assertThat(tail.get("/api/v1")).isEqualTo("500");
  }

  @Test
  void theRestOfAPrefixThatEndsAtASlashIsTheShorterPaths() {
    Migrated made =
        Migrated.of(
            regex("api", "/api(/|$)(.*)", "rewrite-target=/$2"), regex("rest", "/api", GUARD));
    assertThat(made.verdict("api", "rewrite-target")).startsWith("Same");
    assertThat(made.get("/api/x")).isEqualTo("api");
    assertThat(made.get("/api")).isEqualTo("api");
    assertThat(made.get("/apix")).isEqualTo("500");
  }

  @Test
  void anExactPathBesideAPrefixKeepsWhatNginxGaveIt() {
    Migrated made =
        Migrated.of(
            regex("web", "/(.*)"),
            ingress("below", "Prefix", "/admin"),
            ingress("exact", "Exact", "/admin", GUARD));
    assertThat(made.get("/admin")).isEqualTo("500");
    assertThat(made.get("/adminx")).isEqualTo("500");
    assertThat(made.get("/admin/x")).isEqualTo("below");
  }

  @Test
  void aRewriteIsLostRatherThanItsPathShadowed() {
    Migrated made =
        Migrated.of(
            regex("api", "/api(/|$)(.*)", "rewrite-target=/$2"), regex("word", "/[a-z]+", GUARD));
    assertThat(made.get("/api/x")).isEqualTo("api");
    assertThat(made.get("/word")).isEqualTo("500");
    assertThat(made.verdict("api", "rewrite-target")).startsWith("NotPossible");
    assertThat(made.manifests()).doesNotContain("ReplacePrefixMatch");
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.class,
      names = {"KGATEWAY", "STANDARD"})
  void whereExpressionsMayComeLastAGuardHasAPrefixToo(Target target) {
    Migrated made =
        Migrated.of(target, ingress("web", "Prefix", "/"), regex("admin", "/admin/[0-9]+", GUARD));
    assertThat(made.manifests()).contains("{type: PathPrefix, value: /admin/}");
    Migrated all =
        Migrated.of(target, ingress("web", "Prefix", "/"), regex("admin", "/[0-9]+", GUARD));
    assertThat(all.verdict("web", "path")).contains("it answers 500", "/[0-9]+");
  }

  @Test
  void theReportSaysWhenAnExpressionIsTried() {
    String[] two = {ingress("web", "Prefix", "/"), regex("items", "/[a-z]+")};
    assertThat(Migrated.of(two).verdict("items", "path")).contains("before all prefixes");
    assertThat(Migrated.of(Target.ISTIO, two).verdict("items", "path"))
        .startsWith("NotPossible")
        .contains("after all prefixes", "/ gets its requests");
    assertThat(Migrated.of(Target.STANDARD, two).verdict("items", "path"))
        .contains("before or after prefixes");
  }

  @ParameterizedTest
  @CsvSource({
    "/admin(?!/health), /admin/x",
    "/admin(?!/health), /admin",
    "/admin(?!/health), /Admin/x",
    "/secret files, /secret%20files",
    "/(?!public)x, /x",
    "/a/ä, /a/%C3%A4",
  })
  void aGuardedPathThatNoMatchCanHaveIsClosedAllTheSame(String path, String asked) {
    Migrated made = Migrated.of(ingress("web", "Prefix", "/"), regex("admin", path, GUARD));
    assertThat(made.get(asked)).isEqualTo("500");
    assertThat(made.verdict("admin", "path")).contains("begins with", "answers 500");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configuration-snippet=deny all;",
        "auth-type=basic",
        "auth-url=http://a.b/",
        "auth-tls-secret=default/none"
      })
  void whateverGuardsIt(String guard) {
    Migrated made =
        Migrated.of(ingress("web", "Prefix", "/"), regex("admin", "/admin(?!/health)", guard));
    assertThat(made.get("/admin/x")).isEqualTo("500");
    Migrated expression =
        Migrated.of(regex("web", "/(.*)"), ingress("admin", "Prefix", "/admin", guard));
    assertThat(expression.get("/admin/x")).isEqualTo("500");
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void aGuardedExpressionThatNoMatchCanHaveIsClosedEverywhere(Target target) {
    Migrated made =
        Migrated.of(
            target, ingress("web", "Prefix", "/"), regex("admin", "/admin(?!/health)", GUARD));
    assertThat(made.manifests())
        .contains("(?i)/admin.*")
        .matches(text -> target.isOrderKnown() || text.contains("{type: PathPrefix, value: /}"));
    assertThat(made.verdict("admin", "path")).contains("answers 500");
  }

  @Test
  void aGuardedPrefixThatNoMatchCanHaveClosesWhatIsAroundIt() {
    Migrated made =
        Migrated.of(
            ingress("web", "Prefix", "/"),
            ingress("open", "Prefix", "/files"),
            ingress("guarded", "Prefix", "/files/ä/b", GUARD));
    assertThat(made.get("/files/%C3%A4/b")).isEqualTo("500");
    assertThat(made.verdict("open", "path")).contains("it answers 500");
    assertThat(made.get("/")).isEqualTo("web");
  }

  @Test
  void anAlternativeAtTheTopIsBoundToTheStartInTheFirstAlone() {
    Migrated made =
        Migrated.of(regex("two", "/a|/b", GUARD), ingress("web", "ImplementationSpecific", "/"));
    assertThat(made.get("/a/x")).isEqualTo("500");
    assertThat(made.get("/b")).isEqualTo("500");
    assertThat(made.get("/x/b/y")).as("nginx had ^/a|/b").isEqualTo("500");
    assertThat(made.get("/x/a")).isEqualTo("web");
    assertThat(made.verdict("two", "path")).contains("any place in the path");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1.2(/|$)(.*), /$2, Same, ReplacePrefixMatch",
    "/v1\\.2(/|$)(.*), /$2, Same, ReplacePrefixMatch",
    "/api(/|$)(.*), /foo/$2, Same, ReplacePrefixMatch",
    "/v[0-9]+(/|$)(.*), /$2, NotPossible, ''",
    "/api(/|$)(.*), /foo$2, NotPossible, ''",
    "/api, /index.php?a=1, NotPossible, ''",
    "/api, /index.php, Same, ReplaceFullPath",
  })
  void aRewriteIsWrittenWhereItSaysTheSame(
      String path, String target, String verdict, String written) {
    Migrated made = Migrated.of(regex("api", path, "rewrite-target=" + target));
    assertThat(made.verdict("api", "rewrite-target")).startsWith(verdict);
    if (written.isEmpty()) {
      assertThat(made.manifests()).doesNotContain("URLRewrite");
    } else {
      assertThat(made.manifests()).contains(written);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(/|$)(.*)", "[0-9]+", "(?!x)"})
  void aGuardedPathOfAnyLengthStaysClosed(String end) {
    String path = "/admin/" + "a".repeat(50_000);
    Migrated made = Migrated.of(ingress("web", "Prefix", "/"), regex("admin", path + end, GUARD));
    assertThat(made.get(path)).isEqualTo("500");
    assertThat(made.get("/")).isEqualTo("web");
  }

  @Test
  void aDotOfAPrefixIsSaid() {
    Migrated made = Migrated.of(regex("api", "/v1.2(/|$)(.*)", "rewrite-target=/$2"));
    assertThat(made.get("/v1.2/x")).isEqualTo("api");
    assertThat(made.verdict("api", "path")).startsWith("Different").contains("a dot is a dot");
  }
}
