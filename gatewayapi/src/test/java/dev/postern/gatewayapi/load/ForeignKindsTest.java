package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.XBackend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kinds of other gateways are read with all that is honoured of them, and told about the rest. */
class ForeignKindsTest {
  static final List<String> MANIFESTS =
      List.of(
          """
          apiVersion: networking.istio.io/v1beta1
          kind: DestinationRule
          metadata: {name: r, namespace: a}
          spec:
            host: web
            exportTo: ["."]
            trafficPolicy:
              tls:
                mode: MUTUAL
                credentialName: c
                sni: a.example
                subjectAltNames: [a.example, b.example]
                caCrl: /x
              connectionPool:
                tcp: {maxConnections: 7, connectTimeout: 1.5s}
                http: {http1MaxPendingRequests: 0, http2MaxRequests: 9, idleTimeout: 90s, h2UpgradePolicy: UPGRADE}
              portLevelSettings:
              - port: {number: 8443}
                tls: {mode: SIMPLE, insecureSkipVerify: true}
          """,
          """
          apiVersion: gateway.kgateway.dev/v1alpha1
          kind: BackendConfigPolicy
          metadata: {name: p}
          spec:
            targetRefs: [{group: "", kind: Service, name: web}]
            targetSelectors: [{group: "", kind: Service, matchLabels: {a: b}}]
            connectTimeout: 2s
            commonHttpProtocolOptions: {idleTimeout: 0s}
            circuitBreakers: {maxConnections: 1, maxPendingRequests: 2, maxRequests: 3}
            tls:
              secretRef: {name: s}
              sni: a.example
              verifySubjectAltNames: [b.example]
              simpleTLS: true
              parameters: {minVersion: AUTO, maxVersion: "1.2", cipherSuites: [A]}
              alpnProtocols: [h2]
            loadBalancer: {ringHash: {hashPolicies: [{header: {name: x-user}}]}}
            healthCheck:
              timeout: 1s
              interval: 5s
              unhealthyThreshold: 2
              healthyThreshold: 1
              http: {host: a.example, path: /healthz}
            outlierDetection: {consecutive5xx: 3, splitExternalLocalOriginErrors: true}
          """,
          """
          apiVersion: gateway.kgateway.dev/v1alpha1
          kind: Backend
          metadata: {name: b}
          spec:
            type: Static
            static:
              appProtocol: grpc
              hosts: [{host: 127.0.0.1, port: 80}, {host: a.example, port: 81}]
          """,
          """
          apiVersion: gateway.envoyproxy.io/v1alpha1
          kind: Backend
          metadata: {name: b}
          spec:
            endpoints:
            - ip: {address: 127.0.0.1, port: 80}
            - fqdn: {hostname: a.example, port: 81}
            - unix: {path: /x}
            appProtocols: [gateway.envoyproxy.io/h2c]
            tls:
              insecureSkipVerify: yes
              sni: a.example
              clientCertificateRef: {name: c}
              alpnProtocols: []
              minVersion: Auto
              maxVersion: "1.3"
              ciphers: [A]
          """,
          """
          apiVersion: gateway.networking.x-k8s.io/v1alpha1
          kind: XBackend
          metadata: {name: x}
          spec:
            type: ExternalHostname
            port: {name: https, port: 443}
            externalHostname: {hostname: a.example}
            protocol: HTTP2
            tls:
              mode: ClientAndServer
              clientCertificateRef: {name: c, namespace: other}
              validation: {hostname: b.example, wellKnownCACertificates: System}
          """);

  @Test
  void destinationRulesAreRead() {
    DestinationRule rule = (DestinationRule) only(MANIFESTS.get(0));
    DestinationRule.TrafficPolicy policy = rule.trafficPolicy().orElseThrow();
    assertThat(policy.tls())
        .contains(
            new DestinationRule.Tls(
                "MUTUAL",
                Optional.of("c"),
                List.of("caCrl"),
                Optional.of("a.example"),
                List.of("a.example", "b.example"),
                false));
    assertThat(policy.connectTimeout()).contains(Duration.ofMillis(1500));
    assertThat(policy.idleTimeout()).contains(Duration.ofSeconds(90));
    assertThat(policy.maxConnections()).contains(7);
    assertThat(policy.maxPendingRequests()).isEmpty();
    assertThat(policy.maxRequests()).contains(9);
    assertThat(policy.http2()).isTrue();
    DestinationRule.PortPolicy port = rule.portLevelSettings().getFirst();
    assertThat(port.port()).isEqualTo(8443);
    assertThat(port.policy().tls().orElseThrow().insecureSkipVerify()).isTrue();
    assertThat(port.policy().connectTimeout()).isEmpty();
  }

  @Test
  void backendConfigPoliciesAreRead() {
    BackendConfigPolicy policy = (BackendConfigPolicy) only(MANIFESTS.get(1));
    assertThat(policy.targetRefs()).hasSize(1);
    assertThat(policy.targetSelectors().getFirst().kind()).isEqualTo(Kind.SERVICE);
    assertThat(policy.idleTimeout()).contains(Duration.ZERO);
    assertThat(policy.maxRequests()).contains(3);
    BackendConfigPolicy.Tls tls = policy.tls().orElseThrow();
    assertThat(tls.secret()).contains("s");
    assertThat(tls.oneWay()).isTrue();
    assertThat(tls.limits().minVersion()).isEmpty();
    assertThat(tls.limits().maxVersion()).contains("1.2");
    assertThat(tls.limits().alpnProtocols()).contains(List.of("h2"));
    assertThat(policy.loadBalancing().orElseThrow().hashOn())
        .contains(new BackendConnectionPolicy.HashOn("Header", "x-user"));
    assertThat(policy.healthCheck().orElseThrow().path()).isEqualTo("/healthz");
    assertThat(policy.outlierDetection().orElseThrow().consecutive5xx()).contains(3);
    assertThat(policy.outlierDetection().orElseThrow().consecutiveGatewayErrors()).contains(5);
  }

  @Test
  void backendsOfTwoGatewaysAreToldApartByTheirGroup() {
    KgatewayBackend kgateway = (KgatewayBackend) only(MANIFESTS.get(2));
    assertThat(kgateway.hosts()).hasSize(2);
    assertThat(kgateway.appProtocol()).contains("grpc");
    EnvoyBackend envoy = (EnvoyBackend) only(MANIFESTS.get(3));
    assertThat(envoy.endpoints())
        .containsExactly(
            new EnvoyBackend.Endpoint.Ip("127.0.0.1", 80, Optional.empty()),
            new EnvoyBackend.Endpoint.Fqdn("a.example", 81, Optional.empty()),
            new EnvoyBackend.Endpoint.Unix());
    assertThat(envoy.tls().orElseThrow().insecureSkipVerify()).isTrue();
    assertThat(envoy.tls().orElseThrow().limits().alpnProtocols()).contains(List.of());
  }

  @Test
  void xBackendsAreRead() {
    XBackend backend = (XBackend) only(MANIFESTS.get(4));
    assertThat(backend.hostname()).isEqualTo("a.example");
    assertThat(backend.port()).isEqualTo(443);
    assertThat(backend.tls().orElseThrow().validation().orElseThrow().hostname())
        .isEqualTo("b.example");
  }

  @Test
  void whatXBackendsMayNotSayIsRefused() {
    assertThat(errors("{type: ExternalHostname, port: {port: 1}}"))
        .containsExactly("type ExternalHostname needs the field externalHostname");
    assertThat(
            errors(
                "{type: ExternalHostname, port: {port: 1, name: A}, externalHostname: {hostname:"
                    + " a.svc.cluster.local}, tls: {mode: ClientAndServer}}"))
        .hasSize(3)
        .anyMatch(m -> m.contains("'A' must be lower-case letters"))
        .anyMatch(m -> m.contains("refer to the Service instead"))
        .anyMatch(m -> m.contains("needs a clientCertificateRef"));
  }

  @Test
  void aBackendThatSaysTwiceWhomToTrustIsRefused() {
    String refs = "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}]";
    assertThat(envoyTls(refs + ", wellKnownCACertificates: System"))
        .containsExactly(ForeignRules.TWO_TRUSTS);
    assertThat(envoyTls(refs + ", insecureSkipVerify: true"))
        .containsExactly(ForeignRules.SKIPPED_TRUST);
    assertThat(envoyTls("wellKnownCACertificates: System, insecureSkipVerify: true"))
        .containsExactly(ForeignRules.SKIPPED_TRUST);
    assertThat(envoyTls(refs + ", insecureSkipVerify: false")).isEmpty();
  }

  @Test
  void versionsOfTlsThatNoHandshakeCouldHaveAreRefused() {
    String crossed = "minVersion: '1.3', maxVersion: '1.2'";
    assertThat(envoyTls("wellKnownCACertificates: System, " + crossed))
        .containsExactly(ForeignRules.VERSIONS_CROSSED);
    assertThat(envoyTls("wellKnownCACertificates: System, minVersion: '1.3', maxVersion: Auto"))
        .isEmpty();
  }

  @Test
  void whatIsNoAddressAndNoNameIsRefused() {
    assertThat(endpoint("ip: {address: db.example, port: 1}"))
        .containsExactly(
            "'db.example' must be an IP address, such as 10.0.0.1 or 2001:db8::1; a name goes into"
                + " fqdn");
    assertThat(endpoint("ip: {address: '2001:db8::1', port: 1}")).isEmpty();
    assertThat(endpoint("fqdn: {hostname: 'a b', port: 1}")).hasSize(1);
    assertThat(endpoint("fqdn: {hostname: a.example., port: 1}")).isEmpty();
    assertThat(endpoint("fqdn: {hostname: a.example, port: 1}, ip: {address: 10.0.0.1, port: 1}"))
        .containsExactly("must have one of fqdn, ip and unix, and has fqdn and ip");
    assertThat(endpoint("hostname: a.example"))
        .containsExactly("must have one of fqdn, ip and unix, and has none");
    for (String host : List.of("1.2.3", "300.1.1.1", "a..b", "fe80::1%eth0", "http://a")) {
      assertThat(host(host)).as(host).hasSize(1).first().asString().contains("or a host name");
    }
    for (String host : List.of("1.2.3.4", "::1", "a_b.Example.com.", "web", "1.2.3.example")) {
      assertThat(host(host)).as(host).isEmpty();
    }
  }

  @Test
  void anXBackendOfTheClusterIsRefusedByItsShortNameToo() {
    assertThat(
            errors(
                "{type: ExternalHostname, port: {port: 1}, externalHostname: {hostname:"
                    + " pay.bank.svc}}"))
        .containsExactly("must not be a name of the cluster; refer to the Service instead");
  }

  private static List<String> envoyTls(String tls) {
    return errors(
        "gateway.envoyproxy.io/v1alpha1, kind: Backend",
        "{endpoints: [{fqdn: {hostname: a.example, port: 1}}], tls: {" + tls + "}}");
  }

  private static List<String> endpoint(String endpoint) {
    return errors(
        "gateway.envoyproxy.io/v1alpha1, kind: Backend", "{endpoints: [{" + endpoint + "}]}");
  }

  private static List<String> host(String host) {
    return errors(
        "gateway.kgateway.dev/v1alpha1, kind: Backend",
        "{static: {hosts: [{host: '" + host + "', port: 1}]}}");
  }

  private static List<String> errors(String spec) {
    return errors("gateway.networking.x-k8s.io/v1alpha1, kind: XBackend", spec);
  }

  private static List<String> errors(String kind, String spec) {
    return Manifest.load(
            "f.yaml", "{apiVersion: " + kind + ", metadata: {name: x}, spec: " + spec + "}")
        .findings()
        .stream()
        .map(Finding::message)
        .toList();
  }

  @Test
  void whatIsNotHonouredIsSaidAtItsLine() {
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: r}
            spec:
              host: web
              trafficPolicy:
                tunnel: {protocol: CONNECT}
                connectionPool: {http: {useClientProtocol: false}}
              nonsense: 1
              subsets: [{name: v1}]
            """);
    assertThat(file.resources()).hasSize(1);
    assertThat(file.findings())
        .allMatch(finding -> finding.severity() == Severity.WARNING)
        .extracting(finding -> finding.location().orElse("") + " " + finding.field())
        .containsExactly(
            "f.yaml:7 spec.trafficPolicy.tunnel",
            "f.yaml:9 spec.nonsense",
            "f.yaml:10 spec.subsets");
    assertThat(file.findings().getFirst().message())
        .isEqualTo("Postern does not honour this field. Nothing is tunnelled.");
  }

  @Test
  void nothingThatIsWrittenMakesADecoderThrow() {
    Random random = new Random(11);
    String[] values = {
      "[]",
      "{}",
      "null",
      "1",
      "-1",
      "1.5",
      "true",
      "x",
      "'1'",
      "[[]]",
      "{a: b}",
      "''",
      "[null]",
      "99999999999",
      "1e9",
      "0s",
      "9999999999999999999h",
      "ns.s",
      "[{}]",
      "[1, x]",
      "SIMPLE",
    };
    int accepted = 0;
    for (int i = 0; i < 6_000; i++) {
      String text = MANIFESTS.get(random.nextInt(MANIFESTS.size()));
      int colon = text.indexOf(": ", random.nextInt(text.length()));
      if (colon > 0) {
        int end = colon + 2;
        while (end < text.length() && ",}\n".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        text =
            text.substring(0, colon + 2)
                + values[random.nextInt(values.length)]
                + text.substring(end);
      }
      LoadedFile file = Manifest.load("f.yaml", text);
      accepted += file.resources().size();
      for (Finding finding : file.findings()) {
        assertThat(finding.message()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(accepted).isPositive();
  }

  private static Object only(String manifest) {
    LoadedFile file = Manifest.load("f.yaml", manifest);
    assertThat(file.findings()).isEmpty();
    return file.resources().getFirst();
  }
}
