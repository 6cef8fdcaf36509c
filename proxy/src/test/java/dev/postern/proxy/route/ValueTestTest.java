package dev.postern.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ValueTestTest {
  @Test
  void anOrdinaryExpressionTakesAsLongAHeadAsThereMayBe() {
    assertThat(accepts("/[a-z]+/[0-9]{1,5}/.*", "/ab/1/" + "x".repeat(60_000))).isTrue();
  }

  @Test
  void aLongValueIsNotComparedWithALargeExpression() {
    String large = "(?:a?b?){900}.*";
    assertThat(accepts(large, "ab".repeat(500))).isTrue();
    assertThat(accepts(large, "ab".repeat(30_000))).isFalse();
  }

  private static boolean accepts(String re2, String value) {
    byte[] octets = value.getBytes(StandardCharsets.US_ASCII);
    return ValueTest.regex(re2).accepts(octets, 0, octets.length);
  }
}
