package dev.postern.proxy.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v1CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates made on the spot, valid around [#NOW] unless said otherwise.
final class Certificates {
  static final Instant NOW = Instant.now();
  static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
  static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));
  static final String SAN_OID = "2.5.29.17";
  static final String NAME_CONSTRAINTS_OID = "2.5.29.30";

  private static final Map<Integer, KeyPair> RSA = new ConcurrentHashMap<>();

  private Certificates() {}

  /// A leaf to be, with these DNS names.
  static CertificateBuilder leaf(String... dnsNames) {
    CertificateBuilder builder = builder("CN=leaf");
    if (Arrays.stream(dnsNames).allMatch(name -> name.indexOf('*') < 0)) {
      Arrays.stream(dnsNames).forEach(builder::addSanDnsName);
      return builder;
    }
    GeneralName[] names =
        Arrays.stream(dnsNames)
            .map(name -> new GeneralName(GeneralName.dNSName, name))
            .toArray(GeneralName[]::new);
    try {
      return builder.addExtensionOctetString(SAN_OID, false, new GeneralNames(names).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static CertificateBuilder authority(String name) {
    return builder("CN=" + name)
        .setIsCertificateAuthority(true)
        .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign);
  }

  static CertificateBuilder builder(String subject) {
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .notBefore(YESTERDAY.minus(Duration.ofDays(1)))
        .notAfter(TOMORROW.plus(Duration.ofDays(1)));
  }

  /// Also where it is no CA, which the library refuses: then a CA with its name and key signs it.
  static X509Bundle selfSigned(CertificateBuilder builder) {
    try {
      return builder.buildSelfSigned();
    } catch (IllegalArgumentException e) {
      X509Bundle twin =
          selfSigned(builder.copy().setIsCertificateAuthority(true).keyPair(keyPair()));
      return issued(builder.copy().keyPair(twin.getKeyPair()), twin);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      return CertificateBuilder.Algorithm.ecp256.generateKeyPair(new SecureRandom());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// On NIST's curve of that many bits.
  static KeyPair ec(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  static X509Bundle issued(CertificateBuilder builder, X509Bundle issuer) {
    try {
      return builder.buildIssuedBy(issuer);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static CertificateBuilder pathLength(CertificateBuilder builder, int length) {
    return builder.setPathLengthConstraint(OptionalInt.of(length));
  }

  /// What the library above refuses to make: an extension as raw DER, an old hash, a short key.
  static X509Certificate odd(
      KeyPair subjectKey,
      String signature,
      X500Principal issuer,
      PrivateKey issuerKey,
      List<RawExtension> extensions)
      throws Exception {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(YESTERDAY),
            Date.from(TOMORROW),
            new X500Principal("CN=odd"),
            subjectKey.getPublic());
    for (RawExtension extension : extensions) {
      builder.addExtension(
          new org.bouncycastle.asn1.x509.Extension(
              new org.bouncycastle.asn1.ASN1ObjectIdentifier(extension.oid),
              extension.critical,
              extension.der));
    }
    return parsed(
        builder.build(
            new JcaContentSignerBuilder(signature)
                .setProvider(new BouncyCastleProvider())
                .build(issuerKey)));
  }

  /// Version 1: no extension at all.
  static X509Certificate version1(String name, KeyPair key) throws Exception {
    X509v1CertificateBuilder builder =
        new JcaX509v1CertificateBuilder(
            new X500Name(name),
            BigInteger.ONE,
            Date.from(YESTERDAY),
            Date.from(TOMORROW),
            new X500Name(name),
            key.getPublic());
    return parsed(
        builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate())));
  }

  record RawExtension(String oid, boolean critical, byte[] der) {}

  /// One key for each length: making them is slow, and who holds them does not matter here.
  static KeyPair rsa(int bits) {
    return RSA.computeIfAbsent(
        bits,
        b -> {
          try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(b);
            return generator.generateKeyPair();
          } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static X509Certificate parsed(X509CertificateHolder holder) throws Exception {
    return new JcaX509CertificateConverter().getCertificate(holder);
  }
}
