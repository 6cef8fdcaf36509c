package dev.postern.gatewayapi.resolve.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files were made with OpenSSL and last for decades. */
class KeyPairTest {

  private static String read(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/certificates", name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair parse(String chain, String key) throws PemException {
    return KeyPair.parse("tls.crt", chain, "tls.key", key);
  }

  @ParameterizedTest
  @CsvSource({
    "leaf.crt, leaf.sec1, EC",
    "leaf.crt, leaf.p8, EC",
    "rsa.crt, rsa.p1, RSA",
    "rsa.crt, rsa.p8, RSA",
    "ed.crt, ed.p8, EdDSA"
  })
  void everyWayToWriteAKeyEndsAsPkcs8(String chain, String key, String algorithm) throws Exception {
    KeyPair pair = parse(read(chain), read(key));
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pair.key().reveal());
    assertThat(KeyFactory.getInstance(algorithm).generatePrivate(spec)).isNotNull();
    assertThat(pair.chain()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"leaf.crt, other.p8", "leaf.crt, rsa.p1", "rsa.crt, leaf.sec1", "ed.crt, other.p8"})
  void theKeyOfAnotherCertificateIsRefused(String chain, String key) {
    assertThatThrownBy(() -> parse(read(chain), read(key)))
        .isInstanceOf(PemException.class)
        .hasMessageStartingWith(
            "the private key in tls.key does not belong to the certificate in tls.crt (CN=");
  }

  @Test
  void aChainInTheWrongOrderIsNamed() {
    assertThatThrownBy(() -> parse(read("other.crt") + read("leaf.crt"), read("leaf.p8")))
        .hasMessage(
            "the private key in tls.key belongs to certificate 2 in tls.crt; put that one first");
  }

  @Test
  void whatCannotBeReadIsNamedAndNotQuoted() {
    assertThatThrownBy(() -> parse("", read("leaf.p8"))).hasMessage("key tls.crt: it is empty");
    assertThatThrownBy(() -> parse(read("leaf.p8"), read("leaf.p8")))
        .hasMessage("key tls.crt: it holds a private key and no certificate");
    assertThatThrownBy(() -> parse(read("leaf.crt"), "secret words"))
        .hasMessage("key tls.key: no PEM private key is in it");
    assertThatThrownBy(() -> parse(read("leaf.crt"), read("leaf.crt")))
        .hasMessage("key tls.key: no private key is in it, but CERTIFICATE");
    assertThatThrownBy(() -> parse(read("leaf.crt"), block("PRIVATE KEY", "c2VjcmV0")))
        .hasMessage("key tls.key: it is not a private key that can be read (RSA, EC or Ed25519)");
    assertThatThrownBy(() -> parse(read("leaf.crt"), block("EC PRIVATE KEY", "c2VjcmV0")))
        .hasMessage("key tls.key: it is not valid DER");
    assertThatThrownBy(() -> parse(read("leaf.crt"), block("PRIVATE KEY", "sec*ret")))
        .hasMessage("key tls.key: PEM block 1 is not valid base64");
    assertThatThrownBy(() -> parse(read("leaf.crt"), "-----BEGIN PRIVATE KEY-----\nc2Vj"))
        .hasMessage("key tls.key: PEM block 1 has no END line");
  }

  @Test
  void anEncryptedKeyIsRefusedWithAdvice() {
    String advice = "key tls.key: the private key is encrypted; store it without a passphrase";
    assertThatThrownBy(() -> parse(read("leaf.crt"), block("ENCRYPTED PRIVATE KEY", "c2Vj")))
        .hasMessage(advice);
    assertThatThrownBy(() ->
            parse(
                read("leaf.crt"),
                block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nc2Vj")))
        .hasMessage(advice);
  }

  @Test
  void textAroundTheBlocksIsLetPass() throws Exception {
    String key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assertThat(
            parse("# mine\r\n" + read("leaf.crt").replace("\n", "\r\n"), key + read("leaf.sec1")))
        .isEqualTo(parse(read("leaf.crt"), read("leaf.sec1").strip()));
  }

  private static String block(String label, String body) {
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
