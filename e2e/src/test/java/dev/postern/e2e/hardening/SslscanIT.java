package dev.postern.e2e.hardening;

import static dev.postern.e2e.fixture.Manifests.backend;
import static dev.postern.e2e.fixture.Manifests.httpsListener;
import static dev.postern.e2e.fixture.Manifests.routeTo;
import static dev.postern.e2e.fixture.Manifests.tlsSecret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sslscan says of TLS towards clients. */
class SslscanIT {
  private static final String NAME = "scan.test";

  private static final String[] TLS13 = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
  };

  @TempDir static Path temp;

  private static final int usual = Ports.free();
  private static final int rsa = Ports.free();
  private static final int newest = Ports.free();
  private static final int narrow = Ports.free();
  private static final int old = Ports.free();
  private static final Map<Integer, Sslscan> scans = new HashMap<>();
  private static HttpBackend backend;
  private static PosternProcess postern;

  @BeforeAll
  static void start() throws Exception {
    Certificates authority = Certificates.authority("Scan");
    Certificates ec = authority.leafFor(NAME);
    Certificates rsa2048 =
        authority.leaf(NAME, builder -> Certificates.withDns(builder.rsa2048(), NAME));
    backend = HttpBackend.echo("one");
    ManifestFolder folder =
        new ManifestFolder(temp.resolve("manifests"))
            .put(
                "all.yaml",
                Manifests.gatewayClass(),
                Manifests.gateway(
                    httpsListener("usual", usual, "", "ec"),
                    httpsListener("rsa", rsa, "", "rsa"),
                    httpsListener("newest", newest, "", "ec")
                        + options("postern.dev/min-version: \"1.3\""),
                    httpsListener("narrow", narrow, "", "ec")
                        + options(
                            "postern.dev/max-version: \"1.2\"",
                            "postern.dev/cipher-suites: ECDHE-ECDSA-AES256-GCM-SHA384"),
                    httpsListener("old", old, "", "rsa")
                        + options("postern.dev/min-version: \"1.0\"")),
                tlsSecret("infra", "ec", ec.chainPem(), ec.keyPem())
                    + "  tls.ocsp-staple: "
                    + Base64.getEncoder().encodeToString(ocspResponse(authority, ec))
                    + "\n",
                tlsSecret("infra", "rsa", rsa2048.chainPem(), rsa2048.keyPem()),
                backend("one", backend.port()),
                routeTo("all", "", "one", 80));
    postern = PosternProcess.serving(folder);
  }

  @AfterAll
  static void stop() {
    postern.assertNoStackTrace();
    postern.close();
    backend.close();
  }

  private static String options(String... options) {
    return "      options:\n        " + String.join("\n        ", options) + "\n";
  }

  /** That the certificate is good, as its authority says. */
  private static byte[] ocspResponse(Certificates authority, Certificates leaf) throws Exception {
    Files.writeString(temp.resolve("ca.pem"), authority.certificatePem());
    Files.writeString(temp.resolve("ca.key"), authority.keyPem());
    Files.writeString(temp.resolve("leaf.pem"), leaf.certificatePem());
    Files.writeString(
        temp.resolve("index.txt"),
        "V\t491231235959Z\t\t%X\tunknown\t/CN=%s\n"
            .formatted(leaf.certificate().getSerialNumber(), NAME));
    Process openssl =
        new ProcessBuilder(
                ("openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer"
                        + " ca.pem -cert leaf.pem -no_nonce -ndays 2 -respout staple.der")
                    .split(" "))
            .directory(temp.toFile())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("ocsp.txt").toFile())
            .start();
    assertThat(openssl.waitFor()).as("%s", temp.resolve("ocsp.txt")).isZero();
    return Files.readAllBytes(temp.resolve("staple.der"));
  }

  private static Sslscan scan(int port) throws Exception {
    if (!scans.containsKey(port)) {
      scans.put(port, Sslscan.of(temp, port, NAME));
    }
    return scans.get(port);
  }

  @Test
  void usualListenerTakesWhatIsSafeAndNothingElse() throws Exception {
    Sslscan scan = scan(usual);
    assertThat(scan.versions()).containsExactly("tls 1.2", "tls 1.3");
    assertThat(scan.ciphers("TLSv1.2"))
        .containsExactlyInAnyOrder(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES256-GCM-SHA384");
    assertThat(scan.ciphers("TLSv1.3")).containsExactlyInAnyOrder(TLS13);
    assertThat(scan.groups())
        .containsExactlyInAnyOrder("x25519", "secp256r1 (NIST P-256)", "secp384r1 (NIST P-384)");
    assertThat(scan.signatures()).containsExactly("ecdsa_secp256r1_sha256");
    assertThat(scan.holes()).isEmpty();
  }

  @Test
  void rsaCertificateMakesNothingWeaker() throws Exception {
    Sslscan scan = scan(rsa);
    assertThat(scan.versions()).containsExactly("tls 1.2", "tls 1.3");
    assertThat(scan.ciphers("TLSv1.2"))
        .containsExactlyInAnyOrder(
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES256-GCM-SHA384");
    assertThat(scan.signatures())
        .containsExactlyInAnyOrder(
            "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512");
    assertThat(scan.holes()).isEmpty();
  }

  @Test
  void cipherSuiteIsTheServersChoice() throws Exception {
    // sslscan offers those with keys of 256 bits first.
    Sslscan scan = scan(rsa);
    assertThat(scan.ciphers("TLSv1.2")).first().isEqualTo("ECDHE-RSA-AES128-GCM-SHA256");
    assertThat(scan.ciphers("TLSv1.3")).first().isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void ocspResponseIsStapledWhereThereIsOne() throws Exception {
    assertThat(scan(usual).text()).containsPattern("Cert Status:\\s+good");
    assertThat(scan(rsa).text()).contains("No OCSP response received");
  }

  @Test
  void leastVersionIsTheListeners() throws Exception {
    Sslscan scan = scan(newest);
    assertThat(scan.versions()).containsExactly("tls 1.3");
    assertThat(scan.ciphers("")).containsExactlyInAnyOrder(TLS13);
    assertThat(scan.holes()).isEmpty();
  }

  @Test
  void greatestVersionAndCipherSuitesAreTheListeners() throws Exception {
    Sslscan scan = scan(narrow);
    assertThat(scan.versions()).containsExactly("tls 1.2");
    assertThat(scan.ciphers("")).containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384");
    assertThat(scan.holes()).isEmpty();
  }

  @Test
  void oldVersionsAreServedOnlyWhereAListenerAsksForThem() throws Exception {
    Sslscan scan = scan(old);
    assertThat(scan.versions()).containsExactly("tls 1.0", "tls 1.1", "tls 1.2", "tls 1.3");
    assertThat(scan.ciphers("TLSv1.0"))
        .contains("ECDHE-RSA-AES128-SHA")
        .allMatch(cipher -> cipher.matches("(ECDHE-RSA-)?AES(128|256)-SHA"));
    assertThat(scan.holes()).isEmpty();
  }

  /** Which sslscan does not ask for TLS 1.2. */
  @Test
  void nothingIsSignedWithSha1UnlessAListenerAsksForOldVersions() throws Exception {
    String refused = "alert handshake failure";
    assertThat(handshake(usual, "RSA+SHA256:ECDSA+SHA1")).contains(refused);
    assertThat(handshake(rsa, "ECDSA+SHA256:RSA+SHA1")).contains(refused);
    assertThat(handshake(rsa, "RSA+SHA1:ECDSA+SHA1")).contains(refused);
    assertThat(handshake(usual, "ECDSA+SHA256")).contains("Cipher is ECDHE-ECDSA");
    assertThat(handshake(rsa, "RSA+SHA256")).contains("Cipher is ECDHE-RSA");
    assertThat(handshake(old, "RSA+SHA1")).contains("Cipher is ECDHE-RSA");
  }

  private static String handshake(int port, String signatures) throws Exception {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-servername",
                NAME,
                "-tls1_2",
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-sigalgs",
                signatures)
            .redirectErrorStream(true)
            .start();
    openssl.getOutputStream().close();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    openssl.waitFor();
    return said;
  }
}
