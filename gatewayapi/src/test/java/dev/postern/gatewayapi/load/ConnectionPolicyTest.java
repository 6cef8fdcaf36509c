package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Param;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Protocol;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.SkipVerify;
import dev.postern.gatewayapi.resource.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a BackendConnectionPolicy may say, and the words about what it may not. */
class ConnectionPolicyTest {

  /**
   * A spec without its targetRefs in flow style, and what is said; nothing where it is accepted.
   */
  record Case(String spec, String... said) {
    @Override
    public String toString() {
      return spec;
    }
  }

  static List<Case> all() {
    return List.of(
        new Case("protocol: HTTP2"),
        new Case("protocol: http2", "'http2' is not one of HTTP, HTTP11, HTTP2, FastCGI, AutoHTTP"),
        new Case("", "spec: says nothing; add protocol, tls, fastCGI"),
        new Case("tls: {}", "spec.tls: says nothing"),
        new Case("tls: {insecureSkipVerify: All}"),
        new Case("tls: {insecureSkipVerify: true}", "must be a text"),
        new Case("tls: {insecureSkipVerify: all}", "Did you mean 'All'?"),
        new Case("tls: {insecureSkipVerify: Hostname, caCertificateRefs: [" + CA + "]}"),
        new Case(
            "tls: {insecureSkipVerify: All, caCertificateRefs: [" + CA + "]}",
            "spec.tls: caCertificateRefs goes with insecureSkipVerify: Hostname alone"),
        new Case(
            "tls: {caCertificateRefs: [" + CA + "]}", "goes with insecureSkipVerify: Hostname"),
        new Case("tls: {clientCertificateRef: {name: c}}"),
        new Case("tls: {clientCertificateRef: {}}", "'name' is missing"),
        new Case("tls: {minVersion: '1.2', maxVersion: '1.2', cipherSuites: [AES128-SHA]}"),
        new Case("tls: {minVersion: '1.3', maxVersion: '1.2'}", "minVersion is newer than"),
        new Case("tls: {maxVersion: '1.1'}"),
        new Case("tls: {minVersion: 1.2}", "Write \"1.2\""),
        new Case("tls: {minVersion: '1.3', cipherSuites: [AES128-SHA]}", "no effect on TLS 1.3"),
        new Case("tls: {alpnProtocols: [h2, h2]}", "'h2' is in the list twice"),
        new Case("fastCGI: {}"),
        new Case("protocol: FastCGI, fastCGI: {documentRoot: /srv, splitPath: [.php]}"),
        new Case("protocol: HTTP, fastCGI: {}", "spec: fastCGI goes with protocol: FastCGI"),
        new Case("fastCGI: {documentRoot: srv}", "must be an absolute path"),
        new Case("fastCGI: {index: a/b}", "must be the name of a file"),
        new Case("fastCGI: {compatibility: IngressNginx, params: [{name: A, value: $uri}]}"),
        new Case(
            "fastCGI: {compatibility: IngressNginx, scriptFilename: /a.php}",
            "do not go with compatibility: IngressNginx"),
        new Case(
            "fastCGI: {params: [{name: A, value: x}, {name: A, value: z}]}",
            "spec.fastCGI.params[1]: has the same name ('A') as item [0]"),
        new Case("fastCGI: {params: [{name: A-B, value: x}]}", "must be the name of a parameter"),
        new Case("timeouts: {connect: 1s, idle: 0s, streamIdle: 0s}"),
        new Case("timeouts: {connect: 0s}", "connect must be longer than 0s"),
        new Case("timeouts: {connect: 1.5s}", "must be a duration"),
        new Case("connectionPool: {maxConnections: 1}"),
        new Case("connectionPool: {maxConnections: 0}", "0 is out of range"));
  }

  private static final String CA = "{group: '', kind: ConfigMap, name: ca}";

  @ParameterizedTest
  @MethodSource("all")
  void isAcceptedOrRefusedWithWordsThatHelp(Case example) {
    LoadedFile file = load(example.spec());
    List<String> errors =
        file.findings().stream()
            .filter(finding -> finding.severity() == Finding.Severity.ERROR)
            .map(finding -> finding.field() + ": " + finding.message())
            .toList();
    assertThat(errors).hasSameSizeAs(example.said());
    for (int i = 0; i < errors.size(); i++) {
      assertThat(errors.get(i)).contains(example.said()[i]);
    }
    assertThat(file.resources()).hasSize(example.said().length == 0 ? 1 : 0);
  }

  @Test
  void everyFieldReachesTheRecord() {
    BackendConnectionPolicy policy =
        (BackendConnectionPolicy)
            load("""
            protocol: FastCGI, tls: {insecureSkipVerify: Hostname, caCertificateRefs: [%s],
              clientCertificateRef: {name: c}, minVersion: '1.1', maxVersion: '1.2',
              cipherSuites: [A, B], alpnProtocols: [h2]},
            fastCGI: {compatibility: IngressNginx, documentRoot: /srv/, index: i.php,
              params: [{name: B, value: x}, {name: A, value: ''}],
              paramsConfigMapRef: {name: p}},
            timeouts: {connect: 1s, idle: 1m, streamIdle: 1h}, connectionPool: {maxConnections: 1,
              maxPendingRequests: 2, maxRequests: 3}\
            """
                    .formatted(CA)
                    .replace("\n", " "))
                .resources()
                .getFirst();
    assertThat(policy.protocol()).contains(Protocol.FASTCGI);
    BackendConnectionPolicy.Tls tls = policy.tls().orElseThrow();
    assertThat(tls.skipVerify()).contains(SkipVerify.HOSTNAME);
    assertThat(tls.caCertificateRefs()).hasSize(1);
    assertThat(tls.clientCertificateRef().orElseThrow().name()).isEqualTo("c");
    assertThat(tls.minVersion()).contains("1.1");
    assertThat(tls.maxVersion()).contains("1.2");
    assertThat(tls.cipherSuites()).containsExactly("A", "B");
    assertThat(tls.alpnProtocols()).containsExactly("h2");
    BackendConnectionPolicy.FastCgi fastCgi = policy.fastCgi().orElseThrow();
    assertThat(fastCgi.ingressNginx()).isTrue();
    assertThat(fastCgi.documentRoot()).isEqualTo("/srv");
    assertThat(fastCgi.index()).isEqualTo("i.php");
    assertThat(fastCgi.params()).containsExactly(new Param("B", "x"), new Param("A", ""));
    assertThat(fastCgi.paramsConfigMap()).contains("p");
    assertThat(policy.timeouts())
        .isEqualTo(
            new BackendConnectionPolicy.Timeouts(
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(Duration.ofMinutes(1)),
                Optional.of(Duration.ofHours(1))));
    assertThat(policy.pool())
        .isEqualTo(
            new BackendConnectionPolicy.Pool(Optional.of(1), Optional.of(2), Optional.of(3)));
  }

  @Test
  void whatNothingIsSaidAboutHasDefaults() {
    BackendConnectionPolicy policy =
        (BackendConnectionPolicy) load("fastCGI: {}").resources().getFirst();
    BackendConnectionPolicy.FastCgi fastCgi = policy.fastCgi().orElseThrow();
    assertThat(fastCgi.documentRoot()).isEqualTo("/var/www/html");
    assertThat(fastCgi.index()).isEqualTo("index.php");
    assertThat(fastCgi.ingressNginx()).isFalse();
    assertThat(policy.protocol()).isEmpty();
    assertThat(policy.timeouts().idle()).isEmpty();
  }

  private static LoadedFile load(String spec) {
    return Manifest.load(
        "f.yaml",
        "{apiVersion: postern.dev/v1alpha1, kind: BackendConnectionPolicy, metadata: {name: x}, spec:"
            + " {targetRefs: [{group: '', kind: Service, name: a}], "
            + spec
            + "}}");
  }
}
