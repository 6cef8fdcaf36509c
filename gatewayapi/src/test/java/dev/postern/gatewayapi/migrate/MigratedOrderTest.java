package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Migrated.aged;
import static dev.postern.gatewayapi.migrate.Migrated.ingress;
import static dev.postern.gatewayapi.migrate.Migrated.regex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  @Test
  void aPrefixHasItsPlaceByItsTextWithoutASlash() {
    Migrated made =
        Migrated.of(ingress("users", "Prefix", "/users"), regex("words", "/[a-z]+", GUARD));
    assertThat(made.get("/users/1")).as("nginx compared 6 characters with 7").isEqualTo("500");
    assertThat(made.get("/users")).isEqualTo("500");
  }

  @Test
  void theLengthOfATextIsThatOfItsBytes() {
    Migrated bytes = Migrated.of(regex("open", "/[a-d]x*"), regex("guarded", "/[a-cé]*", GUARD));
    assertThat(bytes.get("/ax")).as("9 bytes before 8").isEqualTo("500");
  }

  @Test
  void ofTwoPrefixesTheOneThatIsWrittenWithASlashHasWhatIsBelow() {
    Migrated made =
        Migrated.of(
            aged("2024", ingress("old", "Prefix", "/foo")),
            aged("2025", ingress("young", "Prefix", "/foo/", GUARD)),
            regex("other", "/[0-9]+"));
    assertThat(made.get("/foo/x")).isEqualTo("500");
    assertThat(made.get("/foo")).isEqualTo("old");
    assertThat(made.get("/foox")).isEqualTo("old");
  }

  @Test
  void ofEqualPathsTheOlderGoesFirst() {
    String exact = ingress("exact", "Exact", "/admin", GUARD);
    String below = ingress("below", "Prefix", "/admin");
    String other = regex("other", "/[0-9]+");
    Migrated made = Migrated.of(aged("2024", exact), aged("2025", below), other);
    assertThat(made.get("/admin/x")).as("nginx had ^/admin for the older").isEqualTo("500");
    assertThat(made.get("/admin")).isEqualTo("500");
    assertThat(made.verdict("below", "path")).contains("left out", "/admin before it");
    Migrated turned = Migrated.of(aged("2025", exact), aged("2024", below), other);
    assertThat(turned.get("/admin/x")).isEqualTo("below");
    assertThat(turned.get("/admin")).isEqualTo("500");
    assertThat(turned.get("/adminx")).isEqualTo("500");
  }

  @Test
  void aDotThatEndsTheKnownPartOfAPrefixHidesNoOverlap() {
    Migrated made = Migrated.of(regex("a", "/v1.2(/|$)(.*)", GUARD), regex("b", "/v1\\.2.*"));
    assertThat(made.get("/v1.2/x")).isEqualTo("500");
  }

  @Test
  void expressionsThatCompeteStayShortEnough() {
    Migrated made =
        Migrated.of(
            IntStream.range(0, 260)
                .mapToObj(i -> regex("a" + i, "/[a-z]+%03d".formatted(i), i == 7 ? GUARD : "a=b"))
                .toArray(String[]::new));
    assertThat(values(made))
        .hasSize(260)
        .allSatisfy(value -> assertThat(value).hasSizeLessThan(1025));
    assertThat(made.get("/x007")).isEqualTo("500");
    assertThat(made.get("/x259")).isEqualTo("a259");
    assertThat(made.verdict("a259", "path")).contains("goes to");
  }

  @Test
  void anExpressionThatCannotBecomeLongerClosesWhatWouldTakeItsRequests() {
    // The first has the longer text, the second the longer expression.
    Migrated made =
        Migrated.of(
            regex("guarded", alternatives("/a", 99, 1022), GUARD),
            regex("open", alternatives("/c", 100, 1024)));
    assertThat(values(made))
        .hasSize(2)
        .allSatisfy(value -> assertThat(value).hasSizeLessThan(1025));
    assertThat(made.get("/x/b001")).isEqualTo("500");
    assertThat(made.verdict("open", "path")).contains("answers 500");
  }

  private static String alternatives(String first, int count, int length) {
    String others =
        String.join("", IntStream.range(0, count).mapToObj(i -> "|/b%03d".formatted(i)).toList());
    String text = first + others;
    return first + "x".repeat(length - new PathExpression(text).whole().length()) + others;
  }

  private static List<String> values(Migrated made) {
    return Stream.of(made.manifests().split("\n"))
        .filter(line -> line.contains("RegularExpression"))
        .map(line -> line.replaceAll(".*value: ['\"]?|['\"]?}.*", ""))
        .toList();
  }

  @Test
  void aGuardedPathWithADotKeepsWhatTheSamePrefixDoesNotTake() {
    Migrated made =
        Migrated.of(
            regex("one", "/v1\\.2(/|$)(.*)"),
            regex("two", "/v1.2(/|$)(.*)", GUARD),
            ingress("web", "Prefix", "/"));
    assertThat(made.get("/v1x2/a")).isEqualTo("500");
    assertThat(made.get("/v1.2/a")).isEqualTo("one");
    assertThat(made.get("/v1")).isEqualTo("web");
  }

  @Test
  void aQuotedTextIsNoMatch() {
    Migrated made = Migrated.of(regex("admin", "/\\Qadmin", GUARD), ingress("web", "Prefix", "/"));
    assertThat(made.get("/admin/x")).isEqualTo("500");
    assertThat(made.verdict("admin", "path")).contains("\\Q", "answers 500");
  }
}
