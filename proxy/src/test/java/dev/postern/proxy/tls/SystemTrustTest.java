package dev.postern.proxy.tls;

import static dev.postern.proxy.tls.Certificates.authority;
import static dev.postern.proxy.tls.Certificates.issued;
import static dev.postern.proxy.tls.Certificates.leaf;
import static dev.postern.proxy.tls.Certificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.UpstreamTls.SubjectName;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemTrustTest {
  private static final X509Bundle CA = selfSigned(authority("ca"));

  @TempDir Path folder;

  @Test
  void theFirstBundleWithACertificateIsTaken() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.crt"));
    Path bundle =
        Files.writeString(
            folder.resolve("bundle.crt"),
            "# rubbish\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                + CA.getCertificatePEM());

    Anchors anchors =
        SystemTrust.load(Optional.empty(), List.of(folder.resolve("none"), empty, bundle), folder);

    assertThat(anchors.contain(CA.getCertificate())).isTrue();
    assertThat(anchors).hasToString("the system's trusted certificates in " + bundle);
  }

  @Test
  void theChosenFileIsTheOnlyOne() throws Exception {
    Path bundle = Files.writeString(folder.resolve("bundle.crt"), CA.getCertificatePEM());

    assertThat(SystemTrust.load(Optional.of(bundle), List.of(), folder).isEmpty()).isFalse();
    assertThat(SystemTrust.load(Optional.of(folder.resolve("x")), List.of(bundle), folder))
        .satisfies(none -> assertThat(none.isEmpty()).isTrue())
        .hasToString("SSL_CERT_FILE names " + folder.resolve("x") + ", where there is none");
  }

  @Test
  void javasOwnIsTheLastResort() {
    Path cacerts = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");

    assertThat(SystemTrust.load(Optional.empty(), List.of(), cacerts).isEmpty()).isFalse();
  }

  @Test
  void whereThereIsNoneNothingIsTrustedAndTheReasonSaysSo() {
    Anchors none = SystemTrust.load(Optional.empty(), List.of(), folder.resolve("none"));
    BackendVerifier verifier =
        new BackendVerifier(
            () -> none,
            List.of(new SubjectName.Dns("example.com")),
            InstantSource.system(),
            _ -> {});

    assertThatThrownBy(() ->
            verifier.checkServerTrusted(
                issued(leaf("example.com"), CA).getCertificatePath(), "UNKNOWN"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining(
            "there is no trusted certificate, neither the system nor Java has any");
  }

  @Test
  void aChangedBundleIsReadOnceItIsLeftAlone() throws Exception {
    Path bundle = Files.writeString(folder.resolve("bundle.crt"), CA.getCertificatePEM());
    X509Bundle other = selfSigned(authority("other"));
    SystemTrust trust = new SystemTrust(Optional.of(bundle), List.of(), folder);
    Anchors before = trust.now();
    trust.look();
    assertThat(trust.now()).isSameAs(before);

    Files.writeString(bundle, other.getCertificatePEM() + "\n");
    trust.look();
    assertThat(trust.now()).isSameAs(before);
    trust.look();
    assertThat(trust.now().contain(other.getCertificate())).isTrue();
    assertThat(trust.now().contain(CA.getCertificate())).isFalse();

    Files.delete(bundle);
    trust.look();
    trust.look();
    assertThat(trust.now().isEmpty()).isTrue();
  }

  @Test
  void theSystemsStoreDoesNotTrustAPrivateCa() {
    assertThat(SystemTrust.anchors().contain(CA.getCertificate())).isFalse();
  }
}
