package dev.postern.proxy.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/// Whatever an authorization server answers, it is a verdict or is refused.
class CheckResponseFuzzTest {
  @FuzzTest
  void anyMessageIsAVerdictOrRefused(byte[] message) {
    try {
      Verdict verdict = CheckResponse.read(message);
      if (verdict instanceof Verdict.Denied denied) {
        assertThat(denied.status()).isBetween(200, 599);
      }
    } catch (IOException refused) {
      assertThat(refused).hasMessageNotContaining("\n");
    }
  }
}
