package dev.postern.app.difftraffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.difftraffic.Answer.Response;
import dev.postern.app.difftraffic.RecordedRequest.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
  private static final Comparison USUAL = new Comparison(Set.of(), Set.of());

  private static Response answer(int status, String body, String... fields) {
    var list = new ArrayList<Field>();
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      list.add(new Field(parts[0], parts[1]));
    }
    return new Response(status, list, body.getBytes(StandardCharsets.UTF_8), false);
  }

  private static List<Difference> headers(String before, String now) {
    return USUAL.of(
        answer(200, "", before.isEmpty() ? new String[0] : before.split("\\|")),
        answer(200, "", now.isEmpty() ? new String[0] : now.split("\\|")));
  }

  @ParameterizedTest
  @CsvSource({
    "Date: Mon, Date: Tue",
    "Server: nginx, ''",
    "Content-Length: 3, Transfer-Encoding: chunked",
    "'Vary: Origin, Accept', 'vary: accept|Vary: Origin'",
    "'Cache-Control: a, b', 'cache-control: a|Cache-Control: b'",
    "Set-Cookie: SID=1; Path=/; HttpOnly, set-cookie: SID=2; httponly; path=/",
    "'Set-Cookie: a=1; Expires=Mon, 01 Jan', 'Set-Cookie: a=1; Expires=Tue, 02 Jan'",
  })
  void whatMustDifferIsLeftAlone(String before, String now) {
    assertThat(headers(before, now)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "X: 1, X: 2, X changed",
    "X: 1, '', X is gone",
    "'', X: 1, X came",
    "X: a|X: b, X: b|X: a, X changed",
    "Set-Cookie: a=1; Max-Age=9, Set-Cookie: a=2; Max-Age=9, Set-Cookie changed",
    "Set-Cookie: a=1; Secure, Set-Cookie: a=1, Set-Cookie changed",
    "Set-Cookie: a=1, Set-Cookie: b=1, Set-Cookie changed",
    "Location: /a, Location: /A, Location changed",
  })
  void everythingElseIsADifference(String before, String now, String subject) {
    assertThat(headers(before, now)).extracting(Difference::subject).containsExactly(subject);
  }

  @Test
  void statusComesFirstAndTheBodyLast() {
    assertThat(USUAL.of(answer(200, "same then this", "X: 1"), answer(404, "same then that")))
        .containsExactly(
            new Difference.Status(200, 404),
            new Difference.Header("X", List.of("1"), List.of()),
            new Difference.Body(12, "same then this", "same then that"));
  }

  @Test
  void bodiesOfIgnoredStatusesMayDiffer() {
    var comparison = new Comparison(Set.of("etag"), Set.of("4xx", "503"));
    assertThat(
            comparison.of(
                answer(404, "nginx", "Content-Type: text/html", "ETag: 1"), answer(404, "postern")))
        .isEmpty();
    assertThat(comparison.of(answer(503, "a"), answer(503, "b"))).isEmpty();
    assertThat(comparison.of(answer(500, "a", "ETag: 2"), answer(500, "b"))).hasSize(1);
  }

  @Test
  void valuesOfCookiesAndControlCharactersAreNotShown() {
    assertThat(headers("Set-Cookie: a=secret; Max-Age=9|X: a\u001b[2J", ""))
        .asString()
        .doesNotContain("secret", "\u001b")
        .contains("a=(hidden); Max-Age=9", "a?[2J");
  }

  @Test
  void ofCutBodiesOnlyWhatWasReadCounts() {
    var cut = new Response(200, List.of(), new byte[] {'a', 'b'}, true);
    assertThat(USUAL.of(cut, answer(200, "abc"))).isEmpty();
    assertThat(USUAL.of(cut, answer(200, "ax"))).hasSize(1);
    assertThat(USUAL.of(cut, answer(200, "a"))).hasSize(1);
  }

  @Test
  void theSameFailureOnBothSidesIsNoDifference() {
    assertThat(USUAL.of(new Answer.Broken("closed"), new Answer.Broken("closed"))).isEmpty();
    assertThat(USUAL.of(answer(200, ""), new Answer.Broken("closed")))
        .containsExactly(new Difference.Failure("", "closed"));
  }
}
