package dev.postern.gatewayapi.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Re2Test {
  private static final String[] PIECES = {
    "a",
    "b?",
    "(",
    ")",
    "(?:",
    "(?i)",
    "(?P<n>",
    "|",
    "*",
    "+",
    "{2}",
    "{0,3}",
    "{7,}",
    "{40}",
    "{",
    "}",
    "[a-z]",
    "[^]]",
    "[[:alpha:]{9}]",
    "\\d",
    "\\p{Greek}",
    "\\x{41}",
    "\\Q({9}\\E",
    "\\{",
    "^",
    ".",
    "$",
    ",",
    "\\b",
    "é",
    "[\\]]"
  };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/[0-9]+",
        "(?i)/x.*",
        "/(b?){1000}",
        "/((a{10}){10}){10}",
        "a{2,}",
        "/[{9999}]",
        "\\{5000}",
        "x{,5}",
      })
  void whatRe2TakesIsTaken(String expression) {
    assertThat(Re2.compile(expression).pattern()).isEqualTo(expression);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/(((a{500}){500}){500}) ; multiply to more than 1000",
        "/((a{1000}){1000})      ; multiply to more than 1000",
        "/((b?){100}){100}       ; multiply to more than 1000",
        "/((a{0,}b){500}){3,}    ; multiply to more than 1000",
        "((a{500}){0,500}        ; multiply to more than 1000",
        "/(a?b?c?d?e?f?g?){1000} ; it is too large: about 16003 instructions where 5000 are allowed",
        "/a{1001}                ; ",
        "/(?=a)                  ; ",
      })
  void whatItRefusesOrWouldTakeAllMemoryIsRefused(String expression, String why) {
    assertThatThrownBy(() -> Re2.compile(expression))
        .isInstanceOfSatisfying(
            PatternSyntaxException.class,
            e -> assertThat(e.getDescription()).contains(why == null ? "" : why));
  }

  @Test
  void theLargestIsMatchedWithoutEndOfTheStack() {
    Pattern largest = Re2.compile("(a?b?){700}");
    assertThat(largest.programSize()).isGreaterThan(3_000);
    assertThat(largest.matches("ab".repeat(690) + "c")).isFalse();
    assertThat(largest.matches("b".repeat(690))).isTrue();
  }

  @Test
  void sizesAreToldBeforeCompiling() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int valid = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      Re2Size size = Re2Size.of(text.toString());
      if (size.repetitions() > Re2Size.MAX_REPETITIONS || size.instructions() > 100_000) {
        continue;
      }
      try {
        int program = Pattern.compile(text.toString()).programSize();
        valid++;
        assertThat(size.instructions() + 5)
            .describedAs("%s (seed %d)", text, seed)
            .isGreaterThanOrEqualTo(program);
        assertThat(size.instructions())
            .describedAs("%s (seed %d)", text, seed)
            .isLessThanOrEqualTo(5L * program + 200);
      } catch (PatternSyntaxException e) {
        assertThat(e.getDescription()).isNotEmpty();
      }
    }
    assertThat(valid).isGreaterThan(1_000);
  }
}
