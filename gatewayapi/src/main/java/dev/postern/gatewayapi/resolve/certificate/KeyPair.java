package dev.postern.gatewayapi.resolve.certificate;

import dev.postern.ir.PrivateKeyDer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/// A chain and the key of its first certificate.
public record KeyPair(List<X509Certificate> chain, PrivateKeyDer key) {
  private static final byte[] PROBE =
      "postern".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  public KeyPair {
    chain = List.copyOf(chain);
  }

  /// Reads both and checks that they belong together.
  ///
  /// @param chainName what to call the chain in messages, such as `tls.crt`
  /// @param keyName what to call the key
  public static KeyPair parse(String chainName, String chainPem, String keyName, String keyPem)
      throws PemException {
    List<X509Certificate> chain = named(chainName, () -> CertificateChain.parse(chainPem));
    byte[] der = named(keyName, () -> PrivateKeyPem.toPkcs8(keyPem));
    PublicKey publicKey = chain.getFirst().getPublicKey();
    PrivateKey privateKey = named(keyName, () -> privateKey(der, publicKey));
    if (!fits(publicKey, privateKey)) {
      throw new PemException(mismatch(chainName, keyName, chain, privateKey));
    }
    return new KeyPair(chain, new PrivateKeyDer(der));
  }

  private interface Reading<T> {
    T read() throws PemException;
  }

  private static <T> T named(String name, Reading<T> reading) throws PemException {
    try {
      return reading.read();
    } catch (PemException e) {
      throw new PemException("key " + name + ": " + e.getMessage());
    }
  }

  private static PrivateKey privateKey(byte[] der, PublicKey publicKey) throws PemException {
    for (String algorithm : List.of(publicKey.getAlgorithm(), "RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException _) {
        // of another algorithm, or broken: the next one may read it
      }
    }
    throw new PemException("it is not a private key that can be read (RSA, EC or Ed25519)");
  }

  private static boolean fits(PublicKey publicKey, PrivateKey privateKey) {
    if (!publicKey.getAlgorithm().equals(privateKey.getAlgorithm())) {
      return false;
    }
    if (publicKey instanceof RSAPublicKey rsa && privateKey instanceof RSAPrivateKey own) {
      return rsa.getModulus().equals(own.getModulus());
    }
    try {
      String algorithm = publicKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA";
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static String mismatch(
      String chainName, String keyName, List<X509Certificate> chain, PrivateKey key) {
    for (int i = 1; i < chain.size(); i++) {
      if (fits(chain.get(i).getPublicKey(), key)) {
        return "the private key in "
            + keyName
            + " belongs to certificate "
            + (i + 1)
            + " in "
            + chainName
            + "; put that one first";
      }
    }
    return "the private key in "
        + keyName
        + " does not belong to the certificate in "
        + chainName
        + " ("
        + chain.getFirst().getSubjectX500Principal()
        + ")";
  }
}
