package dev.postern.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfSignedTest {

  @Test
  void itIsWhatTheGuideAsksFor() throws GeneralSecurityException {
    var certificate = SelfSigned.forDnsName("example.com", Duration.ofDays(365)).certificate();

    certificate.checkValidity();
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSubjectX500Principal()).hasToString("CN=example.com");
    assertThat(certificate.getIssuerX500Principal())
        .isEqualTo(certificate.getSubjectX500Principal());
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(2, (Object) "example.com"));
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getKeyUsage()[0]).as("digitalSignature").isTrue();
    assertThat(certificate.getKeyUsage()[5]).as("keyCertSign").isFalse();
    assertThat(certificate.getBasicConstraints()).as("no CA").isEqualTo(-1);
  }

  @Test
  void aDateAfter2049IsWrittenInFull() throws GeneralSecurityException {
    var certificate = SelfSigned.forDnsName("example.com", Duration.ofDays(20_000)).certificate();

    assertThat(certificate.getNotAfter()).isAfter("2070-01-01");
  }
}
