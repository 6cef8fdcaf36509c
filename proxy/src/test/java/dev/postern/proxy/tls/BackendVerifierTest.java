package dev.postern.proxy.tls;

import static dev.postern.proxy.tls.Certificates.NOW;
import static dev.postern.proxy.tls.Certificates.TOMORROW;
import static dev.postern.proxy.tls.Certificates.YESTERDAY;
import static dev.postern.proxy.tls.Certificates.authority;
import static dev.postern.proxy.tls.Certificates.builder;
import static dev.postern.proxy.tls.Certificates.issued;
import static dev.postern.proxy.tls.Certificates.leaf;
import static dev.postern.proxy.tls.Certificates.pathLength;
import static dev.postern.proxy.tls.Certificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.proxy.tls.Certificates.RawExtension;
import dev.postern.proxy.tls.TlsFailure.Kind;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendVerifierTest {
  private static final X509Bundle CA = selfSigned(authority("ca"));

  @Test
  void aSelfSignedLeafMayBeItsOwnAnchor() {
    X509Bundle leaf = selfSigned(leaf("example.com").setKeyUsage(true, KeyUsage.digitalSignature));

    assertThat(refusal(trusting(leaf), leaf)).isNull();
  }

  @Test
  void aLeafThatACaIssuedMayBeItsOwnAnchor() {
    X509Bundle leaf = issued(leaf("example.com"), CA);

    assertThat(refusal(trusting(leaf), leaf)).isNull();
  }

  @Test
  void anExpiredLeafThatIsItsOwnAnchorIsRefused() {
    X509Bundle leaf = selfSigned(leaf("example.com").notAfter(YESTERDAY));

    assertThat(refusal(trusting(leaf), leaf))
        .isEqualTo(
            new TlsFailure(
                Kind.FAIL_VERIFY_ERROR,
                "the certificate of the backend (CN=leaf) expired on "
                    + YESTERDAY.toString().substring(0, 10)));
  }

  @Test
  void datesAreThoseOfTheClock() {
    X509Bundle leaf = selfSigned(leaf("example.com"));
    UpstreamTls tls = trusting(leaf);

    assertThat(refusal(tls, NOW.plus(Duration.ofDays(9)), leaf.getCertificate()).reason())
        .contains("expired on");
    assertThat(refusal(tls, NOW.minus(Duration.ofDays(9)), leaf.getCertificate()).reason())
        .contains("is not valid before");
  }

  @Test
  void anotherSelfSignedLeafIsRefused() {
    X509Bundle leaf = selfSigned(leaf("example.com"));

    assertThat(refusal(trusting(selfSigned(leaf("example.com"))), leaf))
        .satisfies(f -> assertThat(f.kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR))
        .satisfies(f -> assertThat(f.reason()).contains("issuer's name", "CN=leaf"));
    assertThat(refusal(trusting(CA), leaf).reason())
        .contains("is self-signed and not itself among the trusted certificates");
  }

  @Test
  void whatAPrivateCaIssuedIsAccepted() {
    X509Bundle intermediate = issued(authority("intermediate"), CA);

    assertThat(refusal(trusting(CA), issued(leaf("example.com"), CA))).isNull();
    assertThat(refusal(trusting(CA), issued(leaf("example.com"), intermediate))).isNull();
  }

  @Test
  void theBackendMaySendItsChainInAnyOrderWithStrangersInBetween() {
    X509Bundle one = issued(authority("one"), CA);
    X509Bundle two = issued(authority("two"), one);
    X509Bundle leaf = issued(leaf("example.com"), two);
    X509Bundle stranger = selfSigned(authority("stranger"));

    assertThat(
            refusal(
                trusting(CA),
                NOW,
                leaf.getCertificate(),
                stranger.getCertificate(),
                one.getCertificate(),
                CA.getCertificate(),
                two.getCertificate()))
        .isNull();
  }

  @Test
  void anIntermediateMayBeTheAnchor() {
    X509Bundle intermediate = issued(authority("intermediate"), CA);
    X509Bundle leaf = issued(leaf("example.com"), intermediate);

    assertThat(refusal(trusting(intermediate), NOW, leaf.getCertificate())).isNull();
  }

  @Test
  void aMissingIntermediateIsNamed() {
    X509Bundle intermediate = issued(authority("intermediate"), CA);
    X509Bundle leaf = issued(leaf("example.com"), intermediate);

    TlsFailure failure = refusal(trusting(CA), NOW, leaf.getCertificate());

    assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
    assertThat(failure.reason()).contains("CN=intermediate", "did not send it");
  }

  @Test
  void anExpiredAnchorIsRefused() {
    X509Bundle old = selfSigned(authority("old").notAfter(YESTERDAY));
    X509Bundle leaf = issued(leaf("example.com"), old);

    assertThat(refusal(trusting(old), leaf).reason())
        .contains("is issued by CN=old, which expired on");
  }

  @Test
  void anExpiredIntermediateIsRefused() {
    X509Bundle old = issued(authority("old").notAfter(YESTERDAY), CA);

    assertThat(refusal(trusting(CA), issued(leaf("example.com"), old)).reason())
        .contains("is issued by CN=old, which expired on");
  }

  @Test
  void anExpiredIntermediateDoesNotHideAValidOneOfTheSameName() {
    CertificateBuilder authority = authority("renewed");
    X509Bundle renewed = issued(authority, CA);
    X509Bundle expired =
        issued(authority.copy().keyPair(renewed.getKeyPair()).notAfter(YESTERDAY), CA);
    X509Bundle leaf = issued(leaf("example.com"), renewed);

    assertThat(
            refusal(
                trusting(CA),
                NOW,
                leaf.getCertificate(),
                expired.getCertificate(),
                renewed.getCertificate()))
        .isNull();
  }

  @Test
  void whatIsNotYetValidIsRefused() {
    X509Bundle leaf = issued(leaf("example.com").notBefore(TOMORROW), CA);

    assertThat(refusal(trusting(CA), leaf).reason()).contains("is not valid before");
  }

  @Test
  void allAnchorsOfOneNameAreTried() {
    X509Bundle other = selfSigned(authority("ca"));
    X509Bundle third = selfSigned(authority("ca"));

    assertThat(refusal(trusting(other, third, CA), issued(leaf("example.com"), CA))).isNull();
    assertThat(refusal(trusting(other, third), issued(leaf("example.com"), CA)).reason())
        .contains("not signed by the key of the trusted certificate that has its issuer's name");
  }

  @ParameterizedTest
  @CsvSource({
    "example.com,       example.com,     true",
    "Example.COM,       example.com,     true",
    "*.example.com,     www.example.com, true",
    "*.EXAMPLE.com,     www.example.com, true",
    "*.example.com,     a.b.example.com, false",
    "*.example.com,     example.com,     false",
    "w*.example.com,    www.example.com, false",
    "*w.example.com,    www.example.com, false",
    "www.*.com,         www.example.com, false",
    "*.*.com,           www.example.com, false",
    "*,                 com,             false",
    "*.com,             example.com,     true",
    "other.com,         example.com,     false",
    "example.com.evil,  example.com,     false",
  })
  void dnsNamesAreComparedByRfc9525(String presented, String expected, boolean fits)
      throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate leaf = oddLeaf(key, san(new GeneralName(2, presented)));

    TlsFailure failure = refusal(trusting(leaf, new SubjectName.Dns(expected)), NOW, leaf);

    assertThat(failure == null).isEqualTo(fits);
    if (!fits) {
      assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_SAN);
      assertThat(failure.reason()).contains("is for DNS:" + presented, "expected DNS:" + expected);
    }
  }

  @Test
  void aCommonNameIsNoName() {
    X509Bundle leaf = selfSigned(builder("CN=example.com"));

    TlsFailure failure = refusal(trusting(leaf), leaf);

    assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_SAN);
    assertThat(failure.reason()).contains("has no subject alternative name");
  }

  @Test
  void aVersion1CertificateHasNoName() throws Exception {
    X509Certificate leaf = Certificates.version1("CN=example.com", Certificates.rsa(2048));

    assertThat(refusal(trusting(leaf, new SubjectName.Dns("example.com")), NOW, leaf).kind())
        .isEqualTo(Kind.FAIL_VERIFY_SAN);
  }

  @Test
  void anIpAddressIsNoDnsName() {
    X509Bundle leaf = issued(builder("CN=leaf").addSanIpAddress("127.0.0.1"), CA);

    assertThat(refusal(trusting(CA), leaf).kind()).isEqualTo(Kind.FAIL_VERIFY_SAN);
  }

  @Test
  void aUriIsComparedAsItIs() throws Exception {
    X509Bundle leaf = issued(leaf("example.com").addSanUriName("spiffe://cluster/ns/a/sa/b"), CA);

    assertThat(refusal(trustingUri("spiffe://cluster/ns/a/sa/b"), leaf)).isNull();
    assertThat(refusal(trustingUri("spiffe://cluster/ns/a/sa/B"), leaf).kind())
        .isEqualTo(Kind.FAIL_VERIFY_SAN);
    assertThat(refusal(trustingUri("spiffe://cluster/ns/a/sa"), leaf)).isNotNull();
  }

  @Test
  void oneOfSeveralNamesIsEnough() {
    UpstreamTls tls =
        new UpstreamTls(
            "sni.example",
            new UpstreamTls.Trust.Anchors(List.of(CA.getCertificate())),
            List.of(
                new SubjectName.Uri("https://x"),
                new SubjectName.Dns("other.com"),
                new SubjectName.Dns("example.com")));

    assertThat(refusal(tls, issued(leaf("example.com"), CA))).isNull();
    assertThat(refusal(tls, issued(leaf("sni.example"), CA)).kind())
        .isEqualTo(Kind.FAIL_VERIFY_SAN);
  }

  @Test
  void anOddNameDoesNotSpoilTheOthers() throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate leaf =
        oddLeaf(key, san(new GeneralName(6, "*"), new GeneralName(2, "example.com")));

    assertThat(refusal(trusting(leaf, new SubjectName.Dns("example.com")), NOW, leaf)).isNull();
    assertThat(refusal(trusting(leaf, new SubjectName.Uri("*")), NOW, leaf)).isNull();
  }

  @Test
  void namesThatAreNotDerAreNone() throws Exception {
    byte[] truncated = {0x30, 0x20, (byte) 0x82, 0x0b, 'e', 'x'};
    X509Certificate leaf =
        oddLeaf(Certificates.rsa(2048), new RawExtension(Certificates.SAN_OID, false, truncated));

    assertThat(refusal(trusting(leaf, new SubjectName.Dns("example.com")), NOW, leaf).kind())
        .isEqualTo(Kind.FAIL_VERIFY_SAN);
  }

  @Test
  void anExtendedKeyUsageMustAllowServers() {
    assertThat(
            refusal(trusting(CA), issued(leaf("example.com").addExtendedKeyUsageClientAuth(), CA))
                .reason())
        .contains("lacks serverAuth");
    X509Bundle own = selfSigned(leaf("example.com").addExtendedKeyUsageClientAuth());
    assertThat(refusal(trusting(own), own).reason()).contains("lacks serverAuth");
    assertThat(
            refusal(
                trusting(CA),
                issued(
                    leaf("example.com")
                        .addExtendedKeyUsageClientAuth()
                        .addExtendedKeyUsageServerAuth(),
                    CA)))
        .isNull();
    X509Bundle any = issued(leaf("example.com").addExtendedKeyUsage("2.5.29.37.0"), CA);
    assertThat(refusal(trusting(CA), any).reason()).contains("lacks serverAuth");
    X509Bundle clientsOnly = issued(authority("clients").addExtendedKeyUsageClientAuth(), CA);
    assertThat(refusal(trusting(CA), issued(leaf("example.com"), clientsOnly)).reason())
        .contains("CN=clients, which", "lacks serverAuth");
  }

  @Test
  void aCaCertificateIsALeafUnlessItsKeyUsageForbidsIt() {
    X509Bundle plain = selfSigned(leaf("example.com").setIsCertificateAuthority(true));
    X509Bundle signsOnly =
        selfSigned(
            leaf("example.com")
                .setIsCertificateAuthority(true)
                .setKeyUsage(true, KeyUsage.keyCertSign));

    assertThat(refusal(trusting(plain), plain)).isNull();
    assertThat(refusal(trusting(signsOnly), signsOnly).reason()).contains("its key usage allows");
  }

  @Test
  void whoIsNoCaCannotIssue() throws Exception {
    KeyPair forged = Certificates.rsa(2048);
    X509Bundle honest = issued(leaf("honest.com"), CA);
    X509Certificate leaf =
        Certificates.odd(
            forged,
            "SHA256withECDSA",
            honest.getCertificate().getSubjectX500Principal(),
            honest.getKeyPair().getPrivate(),
            List.of(san(new GeneralName(2, "example.com"))));

    assertThat(refusal(trusting(CA), NOW, leaf, honest.getCertificate()).reason())
        .contains("which is no CA certificate");
    assertThat(refusal(trusting(honest), NOW, leaf).reason())
        .contains("which is no CA certificate");
  }

  @Test
  void aCaMustBeAllowedToSign() {
    X509Bundle mute =
        issued(
            builder("CN=mute").setIsCertificateAuthority(true).setKeyUsage(true, KeyUsage.cRLSign),
            CA);

    assertThat(refusal(trusting(CA), issued(leaf("example.com"), mute)).reason())
        .contains("CN=mute, which must not sign");
  }

  @Test
  void thePathLengthIsKeptAlsoByAnAnchor() {
    X509Bundle zero = selfSigned(pathLength(authority("zero"), 0));
    X509Bundle below = issued(authority("below"), zero);

    assertThat(refusal(trusting(zero), issued(leaf("example.com"), zero))).isNull();
    assertThat(refusal(trusting(zero), issued(leaf("example.com"), below)).reason())
        .contains("CN=zero, which must not stand above");
  }

  @Test
  void anOldRootOfVersion1IsAnAnchor() throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate root = Certificates.version1("CN=old root", key);
    X509Certificate leaf =
        Certificates.odd(
            Certificates.rsa(2048),
            "SHA256withRSA",
            root.getSubjectX500Principal(),
            key.getPrivate(),
            List.of(san(new GeneralName(2, "example.com"))));

    assertThat(refusal(trusting(root, new SubjectName.Dns("example.com")), NOW, leaf)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "SHA1withRSA, SHA1",
    "MD5withRSA, MD5",
    "SHA256withRSA,",
    "SHA1withRSAandMGF1, RSASSA-PSS"
  })
  void hashesThatCanBeForgedAreRefused(String signature, String named) throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate root = Certificates.version1("CN=root", key);
    X509Certificate leaf =
        Certificates.odd(
            Certificates.rsa(2048),
            signature,
            root.getSubjectX500Principal(),
            key.getPrivate(),
            List.of(san(new GeneralName(2, "example.com"))));

    TlsFailure failure = refusal(trusting(root, new SubjectName.Dns("example.com")), NOW, leaf);

    if (named == null) {
      assertThat(failure).isNull();
    } else {
      assertThat(failure.kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
      assertThat(failure.reason()).contains("is signed with " + named);
    }
  }

  @Test
  void theSignatureOfAnAnchorDoesNotCount() throws Exception {
    KeyPair key = Certificates.rsa(2048);
    X509Certificate leaf =
        Certificates.odd(
            key,
            "SHA1withRSA",
            new X500Principal("CN=odd"),
            key.getPrivate(),
            List.of(san(new GeneralName(2, "example.com"))));

    assertThat(refusal(trusting(leaf, new SubjectName.Dns("example.com")), NOW, leaf)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"512, false", "1024, true", "2048, true"})
  void shortKeysAreRefused(int bits, boolean accepted) throws Exception {
    X509Certificate leaf = oddLeaf(Certificates.rsa(bits), san(new GeneralName(2, "example.com")));

    TlsFailure failure = refusal(trusting(leaf, new SubjectName.Dns("example.com")), NOW, leaf);

    assertThat(failure == null).isEqualTo(accepted);
    if (!accepted) {
      assertThat(failure.reason()).contains("too short");
    }
  }

  @Test
  void nameConstraintsHoldForIntermediatesAndAnchors() throws Exception {
    byte[] onlyExampleCom =
        constraints(new GeneralName(2, "example.com"), new GeneralName(2, "evil.example.com"));
    CertificateBuilder constrained =
        authority("constrained")
            .addExtensionOctetString(Certificates.NAME_CONSTRAINTS_OID, true, onlyExampleCom);
    for (boolean isAnchor : new boolean[] {true, false}) {
      X509Bundle authority = isAnchor ? selfSigned(constrained) : issued(constrained, CA);
      UpstreamTls tls = trusting(isAnchor ? authority : CA);

      assertThat(refusal(tls, issued(leaf("example.com"), authority))).isNull();
      assertThat(refusal(tls, issued(leaf("example.com", "a.example.com"), authority))).isNull();
      for (String outside :
          List.of("example.org", "notexample.com", "a.evil.example.com", "*.example.com")) {
        assertThat(refusal(tls, issued(leaf("example.com", outside), authority)).reason())
            .as(outside)
            .contains("name constraints");
      }
    }
  }

  @Test
  void constraintsOnOtherKindsOfNamesHold() throws Exception {
    X509Bundle organisation =
        selfSigned(
            authority("org")
                .addExtensionOctetString(
                    Certificates.NAME_CONSTRAINTS_OID,
                    true,
                    constraints(
                        new GeneralName(4, "C=DE,O=Acme"), new GeneralName(7, "10.0.0.0/8"))));

    assertThat(
            refusal(
                trusting(organisation),
                issued(named("CN=x,O=ACME,C=DE").addSanIpAddress("192.0.2.1"), organisation)))
        .isNull();
    assertThat(refusal(trusting(organisation), issued(named("CN=x,O=Other,C=DE"), organisation)))
        .isNotNull();
    assertThat(
            refusal(
                trusting(organisation),
                issued(named("CN=x,O=Acme,C=DE").addSanIpAddress("10.1.2.3"), organisation)))
        .isNotNull();
  }

  @Test
  void aCriticalExtensionThatNobodyUnderstandsIsRefused() {
    X509Bundle leaf =
        selfSigned(leaf("example.com").addExtensionUtf8String("1.2.3.4.5", true, "what?"));

    assertThat(refusal(trusting(leaf), leaf).reason()).contains("not understood");
  }

  @Test
  void noCertificateHasItsOwnKind() {
    assertThat(refusal(trusting(CA), NOW).kind()).isEqualTo(Kind.FAIL_VERIFY_NO_CERT);
  }

  @Test
  void crossSignedCasThatGoInCirclesEnd() {
    X509Bundle a = selfSigned(authority("a"));
    X509Bundle b = issued(authority("b"), a);
    X509Certificate[] chain = new X509Certificate[40];
    chain[0] = issued(leaf("example.com"), b).getCertificate();
    for (int i = 1; i < chain.length; i++) {
      CertificateBuilder again = authority(i % 2 == 0 ? "a" : "b");
      chain[i] =
          issued(again.keyPair((i % 2 == 0 ? a : b).getKeyPair()), i % 2 == 0 ? b : a)
              .getCertificate();
    }

    assertThat(refusal(trusting(CA), NOW, chain).kind()).isEqualTo(Kind.FAIL_VERIFY_ERROR);
  }

  @Test
  void whatTheBackendSentCannotForgeALogLine() {
    X509Bundle leaf = selfSigned(builder("CN=\"a\nINFO all is well\"").addSanDnsName("x.com"));

    assertThat(refusal(trusting(leaf), leaf).reason()).doesNotContain("\n");
  }

  private static CertificateBuilder named(String subject) {
    return builder(subject).addSanDnsName("example.com");
  }

  private static byte[] constraints(GeneralName permitted, GeneralName excluded) throws Exception {
    return new NameConstraints(
            new GeneralSubtree[] {new GeneralSubtree(permitted)},
            new GeneralSubtree[] {new GeneralSubtree(excluded)})
        .getEncoded();
  }

  private static RawExtension san(GeneralName... names) throws Exception {
    return new RawExtension(Certificates.SAN_OID, false, new GeneralNames(names).getEncoded());
  }

  private static X509Certificate oddLeaf(KeyPair key, RawExtension extension) throws Exception {
    return Certificates.odd(
        key, "SHA256withRSA", new X500Principal("CN=odd"), key.getPrivate(), List.of(extension));
  }

  private static UpstreamTls trusting(X509Bundle... anchors) {
    return new UpstreamTls(
        "example.com",
        new UpstreamTls.Trust.Anchors(Stream.of(anchors).map(X509Bundle::getCertificate).toList()),
        List.of(new SubjectName.Dns("example.com")));
  }

  private static UpstreamTls trusting(X509Certificate anchor, SubjectName name) {
    return new UpstreamTls(
        "example.com", new UpstreamTls.Trust.Anchors(List.of(anchor)), List.of(name));
  }

  private static UpstreamTls trustingUri(String uri) {
    return trusting(CA.getCertificate(), new SubjectName.Uri(uri));
  }

  private static TlsFailure refusal(UpstreamTls tls, X509Bundle backend) {
    return refusal(tls, NOW, backend.getCertificatePath());
  }

  /// Null when the chain is accepted.
  private static TlsFailure refusal(UpstreamTls tls, Instant now, X509Certificate... chain) {
    try {
      new BackendVerifier(tls, InstantSource.offset(() -> now, Duration.ZERO))
          .checkServerTrusted(chain, "UNKNOWN");
      return null;
    } catch (CertificateException e) {
      return TlsFailure.of(e, "the backend");
    }
  }
}
