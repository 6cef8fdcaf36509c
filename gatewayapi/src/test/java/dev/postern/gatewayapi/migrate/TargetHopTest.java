package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.Cluster;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is written for another gateway is read by Postern itself, which follows those kinds too: the
 * hop has to be what the Ingress meant.
 */
class TargetHopTest {
  private static final Path CERTIFICATES =
      Path.of(
          "src/test/resources/golden/a-connection-policy-sets-protocol-limits-and-the-client-certificate/in.yaml");

  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: %1$s
        annotations:
      %2$s
      spec:
        rules:
        - host: %1$s.example.com
          http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %1$s, port: {number: 443}}}}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: %1$s, namespace: default}
      spec: {ports: [{name: web, port: 443}]}
      ---
      """;

  private static String ingress(String name, String... annotations) {
    return INGRESS.formatted(
        name,
        Arrays.stream(annotations)
            .map(annotation -> "    " + Ingress.PREFIX + annotation)
            .collect(Collectors.joining("\n")));
  }

  private static String secret(String name, boolean withClientCertificate) throws IOException {
    String[] documents = Files.readString(CERTIFICATES).split("\n---\n", -1);
    String ca = documents[5].substring(documents[5].indexOf("  ca.crt:"));
    String client = documents[6].substring(documents[6].indexOf("  tls.crt:"));
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: default}\nstringData:\n%s\n%s\n---\n"
        .formatted(name, ca, withClientCertificate ? client : "");
  }

  private static Map<String, Cluster> clusters(Target target) throws IOException {
    String ingresses =
        ingress(
                "verified",
                "backend-protocol: HTTPS",
                "proxy-ssl-secret: default/ca",
                "proxy-ssl-verify: 'on'",
                "proxy-ssl-name: verified.internal")
            + ingress(
                "client",
                "backend-protocol: HTTPS",
                "proxy-ssl-secret: default/client",
                "proxy-ssl-verify: 'on'",
                "proxy-ssl-name: client.internal",
                "proxy-ssl-protocols: TLSv1.2 TLSv1.3")
            + ingress(
                "limited",
                "backend-protocol: HTTPS",
                "proxy-ssl-secret: default/ca",
                "proxy-ssl-verify: 'on'",
                "proxy-ssl-name: limited.internal",
                "proxy-ssl-protocols: TLSv1.3")
            + ingress(
                "timed",
                "backend-protocol: HTTPS",
                "proxy-connect-timeout: '3'",
                "proxy-ssl-secret: default/ca",
                "proxy-ssl-verify: 'on'",
                "proxy-ssl-name: timed.internal")
            + ingress("open", "backend-protocol: HTTPS")
            + ingress("grpc", "backend-protocol: GRPC")
            + ingress("grpcs", "backend-protocol: GRPCS")
            + secret("ca", false)
            + secret("client", true);
    Documents input = Documents.read("in.yaml", ingresses);
    Migration migration = Migrator.migrate(input, MigrationOptions.of(target, false));
    String manifests =
        MigrationGoldenText.json(migration)
            .replace(
                "\"gatewayClassName\": \"" + target.className(), "\"gatewayClassName\": \"mine")
            .replace(
                "\"kind\": \"Gateway\", \"metadata\": {",
                "\"kind\": \"Gateway\", \"metadata\": {\"annotations\":"
                    + " {\"postern.dev/allow-insecure-backends\": \"true\"}, ");
    String ofCluster =
        Arrays.stream(ingresses.split("(?m)^---\n", -1))
            .filter(text -> text.contains("kind: Secret") || isUnpatched(text, manifests))
            .collect(Collectors.joining("---\n"));
    var loaded =
        Manifest.load(
            "out.yaml",
            manifests
                + "\n---\n"
                + ofCluster
                + """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: GatewayClass
                metadata: {name: mine}
                spec: {controllerName: postern.dev/gateway-controller}
                """);
    assertThat(loaded.findings()).noneMatch(finding -> finding.severity().name().equals("ERROR"));
    Translation translation =
        new Translator().apply(new ResourceDelta(loaded.resources(), List.of()));
    return translation.ir().clusters();
  }

  private static boolean isUnpatched(String text, String manifests) {
    if (!text.contains("kind: Service")) {
      return false;
    }
    String name = text.replaceAll("(?s).*metadata: \\{name: ([a-z]+).*", "$1");
    return !manifests.contains("\"kind\": \"Service\", \"metadata\": {\"name\": \"" + name + "\"");
  }

  private static Cluster cluster(Map<String, Cluster> clusters, String service) {
    return clusters.values().stream()
        .filter(cluster -> cluster.name().contains("default_" + service))
        .findFirst()
        .orElseThrow(() -> new AssertionError(service + " is not among " + clusters.keySet()));
  }

  private static UpstreamTls verified(Map<String, Cluster> clusters, String service) {
    UpstreamTls tls = cluster(clusters, service).tls().orElseThrow();
    assertThat(tls.trust()).isInstanceOf(UpstreamTls.Trust.Anchors.class);
    assertThat(tls.sni()).isEqualTo(service + ".internal");
    assertThat(tls.names()).containsExactly(new UpstreamTls.SubjectName.Dns(service + ".internal"));
    return tls;
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.class,
      names = {"ENVOY_GATEWAY", "KGATEWAY", "ISTIO"})
  void theHopIsWhatTheIngressMeant(Target target) throws IOException {
    Map<String, Cluster> clusters = clusters(target);
    assertThat(verified(clusters, "verified").clientCertificate()).isEmpty();
    assertThat(verified(clusters, "client").clientCertificate())
        .map(ClientCertificate::name)
        .contains("default/client");
    TlsParameters limits = verified(clusters, "limited").parameters();
    if (target.limitsTls()) {
      assertThat(limits.minVersion()).contains(TlsParameters.Version.TLS_1_3);
    }
    verified(clusters, "timed");
    if (target != Target.ENVOY_GATEWAY) {
      // Envoy Gateway says it of routes, in a kind that Postern does not read.
      assertThat(cluster(clusters, "timed").connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    }
    assertThat(cluster(clusters, "grpc_").protocol()).isEqualTo(new UpstreamProtocol.Http2());
    assertThat(cluster(clusters, "grpc_").tls()).isEmpty();
    for (String unverified : List.of("open", "grpcs")) {
      assertThat(cluster(clusters, unverified).tls().orElseThrow().trust())
          .isEqualTo(new UpstreamTls.Trust.Unverified());
    }
    assertThat(cluster(clusters, "grpcs").protocol()).isEqualTo(new UpstreamProtocol.Http2());
  }
}
