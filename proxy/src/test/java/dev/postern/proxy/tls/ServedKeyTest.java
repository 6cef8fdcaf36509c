package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.TlsParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServedKeyTest {
  /// All in IANA's numbers, in hexadecimal; of TLS 1.2 where versions are missing.
  @ParameterizedTest
  @CsvSource({
    "ecp384,  c02b,     0403, 00170018, ,     true",
    "ecp384,  c02b,     0403, 0017,     ,     false", // RFC 8422 5.1: not its curve
    "ecp384,  c02b,     0403, ,         ,     false",
    "ecp384,  c02fc023, 0403, 0018,     ,     false", // c023 is none of the listener's
    "ecp384,  c02b,     0401, 0018,     ,     false",
    "ecp384,  1301c02b, 0403, 0018,     0304, false", // TLS 1.3 means P-256 by that
    "ecp384,  1301c02b, 0503, 0018,     0304, true",
    "ecp384,  c02b,     0403, 0018,     0303, true",
    "rsa2048, c02f,     0401, 0017,     ,     true",
    "rsa2048, c02b,     0401, 0017,     ,     false",
    "rsa2048, c02f,     0403, 0017,     ,     false",
    "rsa2048, 1301,     0401, 0017,     0304, false", // RFC 8446 4.2.3: in certificates alone
    "rsa2048, 1301,     0804, 0017,     0304, true",
  })
  void keySuitsWhoTakesAllThatItNeeds(
      String key, String suites, String schemes, String groups, String versions, boolean suits)
      throws Exception {
    ClientOffer client =
        new ClientOffer(0x0303, list(suites), list(schemes), list(groups), list(versions));
    assertThat(key(key, TlsParameters.DEFAULT).suits(client)).isEqualTo(suits);
  }

  /// Where a client says nothing of signatures it takes SHA-1 (RFC 5246 7.4.1.4.1).
  @ParameterizedTest
  @CsvSource({
    "ecp256,  0303, c009, 0203, true",
    "ecp256,  0303, c009, 0201, false",
    "ecp256,  0303, c009, ,     true",
    "ecp256,  0301, c009, ,     true",
    "ecp256,  0301, c013, ,     false",
    "rsa2048, 0301, 002f, ,     true",
    "rsa2048, 0303, c013, 0201, true",
  })
  void oldClientsAreServedWhereTheListenerSaysSo(
      String key, String version, String suites, String schemes, boolean suits) throws Exception {
    TlsParameters old =
        new TlsParameters(
            Optional.of(TlsParameters.Version.TLS_1_0), Optional.empty(), List.of(), List.of());
    ClientOffer client =
        new ClientOffer(
            HexFormat.fromHexDigits(version),
            list(suites),
            list(schemes),
            list("0017"),
            list(null));
    assertThat(key(key, old).suits(client)).isEqualTo(suits);
  }

  private static ServedKey key(String algorithm, TlsParameters parameters) throws Exception {
    PublicKey key = Algorithm.valueOf(algorithm).generateKeyPair(new SecureRandom()).getPublic();
    return new ServedKey(key, parameters, TlsSettings.served(parameters));
  }

  private static ByteBuf list(String hex) {
    return hex == null
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }
}
