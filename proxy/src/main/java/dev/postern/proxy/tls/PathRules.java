package dev.postern.proxy.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must hold for the certificates of a path whose signatures are right, trust anchor included,
/// as OpenSSL and BoringSSL judge with partial chains allowed.
///
/// - Dates: every certificate's, also the anchor's and also those of a leaf that is its own anchor.
/// - Issuers: the CA bit (not asked of a self-signed version 1 anchor), keyCertSign where there is
///   a key usage, the path length, name constraints.
/// - The leaf: a key usage fit for TLS where there is one. An extended key usage, on any of them,
///   names the purpose or any usage.
/// - Strength, as at OpenSSL's security level 1: no MD2, MD4, MD5, RIPEMD or SHA-1 in a signature
///   that counts (an anchor's does not); RSA and DSA keys of 1024 bits or more, EC of 160 or more.
/// - No critical extension that nobody understands.
final class PathRules {
  private static final int KEY_CERT_SIGN = 5;
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private static final Set<String> UNDERSTOOD =
      Set.of(
          KEY_USAGE,
          EXTENDED_KEY_USAGE,
          "2.5.29.17", // subject alternative names
          "2.5.29.19", // basic constraints
          NameConstraints.OID,
          "2.5.29.32", // policies
          "2.5.29.33",
          "2.5.29.36",
          "2.5.29.54");

  /// These the JDK judges.
  private static final Set<String> POLICY = Set.of("2.5.29.33", "2.5.29.36", "2.5.29.54");

  private PathRules() {}

  /// @param path the leaf first, the anchor last; the leaf alone if it is the anchor
  /// @return why not, as what follows the name of a certificate; null when all is well
  static @Nullable String objection(List<X509Certificate> path, Instant now, Purpose purpose) {
    int anchor = path.size() - 1;
    int issuersBelow = 0;
    for (int i = 0; i <= anchor; i++) {
      X509Certificate certificate = path.get(i);
      String objection = objection(certificate, i == anchor, now, purpose);
      if (objection == null && i > 0) {
        objection = objectionToIssuer(certificate, i == anchor, issuersBelow, path.subList(0, i));
        issuersBelow += isSelfIssued(certificate) ? 0 : 1;
      }
      if (objection != null) {
        return (i == 0 ? "" : "is issued by " + Printable.subject(certificate) + ", which ")
            + objection;
      }
    }
    boolean[] usage = path.get(0).getKeyUsage();
    if (usage != null && !usage[0] && !usage[2] && !usage[4]) {
      return "must not be used for TLS: its key usage allows neither signatures nor key exchange";
    }
    return policyObjection(path, now);
  }

  private static @Nullable String objection(
      X509Certificate certificate, boolean anchor, Instant now, Purpose purpose) {
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      return "expired on " + day(certificate.getNotAfter());
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return "is not valid before " + day(certificate.getNotBefore());
    }
    if (isWeak(certificate.getPublicKey())) {
      return "has a key that is too short to be safe";
    }
    if (!anchor && isWeak(hash(certificate))) {
      return "is signed with " + certificate.getSigAlgName() + ", which can be forged";
    }
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null && !UNDERSTOOD.containsAll(critical)) {
      return "has a critical extension that is not understood";
    }
    try {
      List<String> usage = certificate.getExtendedKeyUsage();
      if (usage == null
          ? has(certificate, EXTENDED_KEY_USAGE)
          : !usage.contains(purpose.oid()) && !usage.contains(ANY_USAGE)) {
        return purpose.objection();
      }
    } catch (CertificateParsingException e) {
      return "has an extended key usage that cannot be read";
    }
    return certificate.getKeyUsage() == null && has(certificate, KEY_USAGE)
        ? "has a key usage that cannot be read"
        : null;
  }

  private static @Nullable String objectionToIssuer(
      X509Certificate issuer, boolean anchor, int issuersBelow, List<X509Certificate> below) {
    int pathLength = issuer.getBasicConstraints();
    boolean oldRoot = anchor && issuer.getVersion() == 1 && isSelfIssued(issuer);
    if (pathLength < 0 && !oldRoot) {
      return "is no CA certificate";
    }
    if (pathLength >= 0 && pathLength < issuersBelow) {
      return "must not stand above so many CA certificates";
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      return "must not sign certificates by its key usage";
    }
    try {
      NameConstraints constraints = NameConstraints.of(issuer);
      for (int i = 0; constraints != null && i < below.size(); i++) {
        X509Certificate named = below.get(i);
        if ((i == 0 || !isSelfIssued(named)) && !constraints.allow(named)) {
          return "does not permit its names by its name constraints";
        }
      }
    } catch (IllegalArgumentException e) {
      return "has name constraints that cannot be read";
    }
    return null;
  }

  /// Policies and the constraints of intermediates are rare and intricate: where there are any, the
  /// JDK must agree too.
  private static @Nullable String policyObjection(List<X509Certificate> path, Instant now) {
    List<X509Certificate> below = path.subList(0, path.size() - 1);
    boolean rare =
        below.stream()
            .anyMatch(
                c -> has(c, NameConstraints.OID) || POLICY.stream().anyMatch(oid -> has(c, oid)));
    if (!rare) {
      return POLICY.stream().anyMatch(oid -> isCritical(path.getLast(), oid))
          ? "depends on a trust anchor with policy constraints, which are not supported there"
          : null;
    }
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.getLast(), null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(below), parameters);
      return null;
    } catch (GeneralSecurityException e) {
      return "violates the constraints of its path: "
          + Printable.text(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isWeak(PublicKey key) {
    return switch (key) {
      case RSAKey rsa -> rsa.getModulus().bitLength() < 1024;
      case DSAKey dsa -> dsa.getParams() == null || dsa.getParams().getP().bitLength() < 1024;
      case ECKey ec -> ec.getParams().getOrder().bitLength() < 160;
      default -> false;
    };
  }

  /// The signature's hash, or its whole name where that says it.
  private static String hash(X509Certificate certificate) {
    String name = certificate.getSigAlgName();
    if (!name.equals("RSASSA-PSS")) {
      return name;
    }
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(certificate.getSigAlgParams());
      return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return "SHA-1"; // the default (RFC 4055 3.1)
    }
  }

  private static boolean isWeak(String signature) {
    String name = signature.toUpperCase(Locale.ROOT);
    return name.contains("MD2")
        || name.contains("MD4")
        || name.contains("MD5")
        || name.contains("RIPEMD")
        || name.startsWith("SHA1")
        || name.startsWith("SHA-1");
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static boolean has(X509Certificate certificate, String oid) {
    return certificate.getExtensionValue(oid) != null;
  }

  private static boolean isCritical(X509Certificate certificate, String oid) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    return critical != null && critical.contains(oid);
  }

  private static LocalDate day(Date date) {
    return LocalDate.ofInstant(date.toInstant(), ZoneOffset.UTC);
  }
}
