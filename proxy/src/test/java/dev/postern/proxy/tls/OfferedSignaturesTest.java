package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfferedSignaturesTest {
  /// A ClientHello without a session, of one cipher suite and no compression.
  ///
  /// @param extensions in hexadecimal, with their length in front
  private static ClientOffer hello(String version, String extensions) {
    String hex = version + "00".repeat(32) + "00" + "0002c02f" + "0100" + extensions;
    return ClientOffer.of(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
  }

  /// @param schemes in hexadecimal
  private static ClientOffer offering(String schemes) {
    int octets = schemes.length() / 2;
    String list = "%04x%s".formatted(octets, schemes);
    String other = "00170000";
    return hello("0303", "%04x%s000d%04x%s".formatted(octets + 10, other, octets + 2, list));
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 0401",
    "RSA, 02010804",
    "RSA, 02030601",
    "RSASSA-PSS, 0809",
    "EC, 02030403",
    "EC, 0603",
    "EdDSA, 0807",
  })
  void keySignsWithWhatTheClientTakes(String key, String schemes) {
    assertThat(OfferedSignatures.goodFor(offering(schemes), key)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 0201",
    "RSA, 01010201",
    "RSA, 04030201",
    "RSA, 0301",
    "EC, 0203",
    "EC, 04010203",
    "RSASSA-PSS, 0804",
    "EdDSA, 0403",
  })
  void sha1AndOtherKeysAreNoGood(String key, String schemes) {
    assertThat(OfferedSignatures.goodFor(offering(schemes), key)).isFalse();
  }

  @Test
  void clientOfTls12ThatOffersNothingMeansSha1() {
    assertThat(OfferedSignatures.goodFor(hello("0303", ""), "EC")).isFalse();
    assertThat(OfferedSignatures.goodFor(hello("0303", "000400170000"), "EC")).isFalse();
    assertThat(OfferedSignatures.goodFor(hello("0303", "0000"), "EC")).isFalse();
  }

  @Test
  void olderAndMalformedOnesAreLeftToTheTlsEngine() {
    assertThat(OfferedSignatures.goodFor(hello("0302", ""), "EC")).isTrue();
    assertThat(OfferedSignatures.goodFor(hello("0303", "00ff000d"), "EC")).isTrue();
    assertThat(OfferedSignatures.goodFor(ClientOffer.of(Unpooled.EMPTY_BUFFER), "EC")).isTrue();
  }
}
