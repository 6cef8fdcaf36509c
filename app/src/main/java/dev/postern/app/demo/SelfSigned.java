package dev.postern.app.demo;

import dev.postern.app.certificate.CertificatePem;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// A certificate that signed itself, for one DNS name: X.509 v3, P-256, digitalSignature,
/// serverAuth, no CA bit (RFC 5280). It is its own trust anchor, as in the kgateway guide.
///
/// The JDK reads certificates and writes none, so the few structures are put together here.
public record SelfSigned(PrivateKey key, X509Certificate certificate) {
  /// Clocks differ.
  private static final Duration EARLIER = Duration.ofHours(1);

  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.objectId(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] COMMON_NAME = Der.objectId(2, 5, 4, 3);
  private static final byte[] KEY_USAGE = Der.objectId(2, 5, 29, 15);
  private static final byte[] SUBJECT_ALT_NAME = Der.objectId(2, 5, 29, 17);
  private static final byte[] EXTENDED_KEY_USAGE = Der.objectId(2, 5, 29, 37);
  private static final byte[] SERVER_AUTH = Der.objectId(1, 3, 6, 1, 5, 5, 7, 3, 1);

  /// A fresh key and its certificate, good from an hour ago.
  public static SelfSigned forDnsName(String name, Duration validity) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] content = content(name, validity, keys);
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      byte[] whole = Der.sequence(content, ECDSA_WITH_SHA256, Der.bitString(0, signature.sign()));
      var parsed =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole));
      return new SelfSigned(keys.getPrivate(), (X509Certificate) parsed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make a P-256 certificate", e);
    }
  }

  private static byte[] content(String name, Duration validity, KeyPair keys) {
    Instant from = Instant.now().minus(EARLIER);
    byte[] distinguished = Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(name))));
    byte[] dates = Der.sequence(time(from), time(from.plus(validity)));
    return Der.sequence(
        Der.explicit(0, Der.integer(BigInteger.TWO)),
        Der.integer(new BigInteger(126, new SecureRandom()).setBit(0)),
        ECDSA_WITH_SHA256,
        distinguished,
        dates,
        distinguished,
        keys.getPublic().getEncoded(),
        Der.explicit(3, extensions(name)));
  }

  private static byte[] extensions(String name) {
    byte[] dnsName = Der.implicit(2, name.getBytes(StandardCharsets.US_ASCII));
    // digitalSignature is the first bit, so seven of the octet's are unused.
    byte[] usage = Der.bitString(7, new byte[] {(byte) 0x80});
    return Der.sequence(
        extension(KEY_USAGE, true, usage),
        extension(EXTENDED_KEY_USAGE, false, Der.sequence(SERVER_AUTH)),
        extension(SUBJECT_ALT_NAME, false, Der.sequence(dnsName)));
  }

  private static byte[] extension(byte[] id, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(id, Der.yes(), Der.octets(value))
        : Der.sequence(id, Der.octets(value));
  }

  private static byte[] time(Instant time) {
    // RFC 5280 4.1.2.5: UTCTime, with a year of two digits, through 2049.
    String text = GENERALIZED_TIME.format(time);
    return text.compareTo("2050") < 0 ? Der.utcTime(text.substring(2)) : Der.generalizedTime(text);
  }

  /// The certificate as PEM.
  public String pem() {
    return CertificatePem.of(certificate);
  }

  @Override
  public String toString() {
    return "SelfSigned[" + certificate.getSubjectX500Principal() + "]";
  }
}
