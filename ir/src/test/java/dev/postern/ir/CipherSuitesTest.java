package dev.postern.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CipherSuitesTest {
  @Test
  void bothNamesOfASuiteAreKnown() {
    assertThat(CipherSuites.iana("ECDHE-RSA-AES128-GCM-SHA256"))
        .contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assertThat(CipherSuites.iana(" tls_ecdhe_rsa_with_aes_128_gcm_sha256"))
        .contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void whatIsNotKnownIsGivenBackAsItWasWritten() {
    assertThat(CipherSuites.unknown(List.of("AES128-SHA", "rot13", "[AES128-SHA|AES256-SHA]", "")))
        .containsExactly("rot13", "[AES128-SHA|AES256-SHA]", "");
  }
}
