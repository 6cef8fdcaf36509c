package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * BackendTLSPolicy, BackendConnectionPolicy and DestinationRule, whatever is written in them:
 * nothing throws, and what is found says where. Besides them there is a Gateway with routes to the
 * Service that they may target.
 */
class PolicyFuzzTest {
  private static final String FILE = "policy.yaml";

  private static final LoadedFile AROUND =
      Manifest.load(
          "around.yaml",
          """
          apiVersion: gateway.networking.k8s.io/v1
          kind: GatewayClass
          metadata: {name: postern}
          spec: {controllerName: postern.dev/gateway-controller}
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: Gateway
          metadata: {name: web, annotations: {postern.dev/allow-insecure-backends: "true"}}
          spec:
            gatewayClassName: postern
            listeners: [{name: http, protocol: HTTP, port: 80}]
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: svc}
          spec: {ports: [{name: web, port: 80}, {name: grpc-api, port: 81, appProtocol: https}]}
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata: {name: web}
          spec:
            parentRefs: [{name: web}]
            rules: [{backendRefs: [{name: svc, port: 80}, {name: svc, port: 81}]}]
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: GRPCRoute
          metadata: {name: grpc}
          spec:
            parentRefs: [{name: web}]
            hostnames: [grpc.test]
            rules: [{backendRefs: [{name: svc, port: 81}]}]
          ---
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: ca}
          data: {ca.crt: no certificate, SCRIPT_NAME: /index.php}
          """);

  private static final Map<String, String> KINDS =
      Map.of(
          "BackendTLSPolicy", "gateway.networking.k8s.io/v1",
          "BackendConnectionPolicy", "postern.dev/v1alpha1",
          "DestinationRule", "networking.istio.io/v1");

  private static final List<String> KIND_NAMES = List.copyOf(new TreeMap<>(KINDS).keySet());

  private static final List<String> FIELDS =
      List.of(
          "targetRefs[].group",
          "targetRefs[].kind",
          "targetRefs[].name",
          "targetRefs[].sectionName",
          "validation.hostname",
          "validation.wellKnownCACertificates",
          "validation.caCertificateRefs[].group",
          "validation.caCertificateRefs[].kind",
          "validation.caCertificateRefs[].name",
          "validation.subjectAltNames[].type",
          "validation.subjectAltNames[].hostname",
          "validation.subjectAltNames[].uri",
          "options.a",
          "protocol",
          "tls.insecureSkipVerify",
          "tls.clientCertificateRef.name",
          "tls.clientCertificateRef.namespace",
          "tls.minVersion",
          "tls.maxVersion",
          "tls.cipherSuites[]",
          "tls.alpnProtocols[]",
          "fastCGI.documentRoot",
          "fastCGI.index",
          "fastCGI.scriptFilename",
          "fastCGI.splitPath[]",
          "fastCGI.params.A",
          "fastCGI.paramsConfigMapRef.name",
          "timeouts.connect",
          "timeouts.idle",
          "connectionPool.maxConnections",
          "connectionPool.maxRequests",
          "loadBalancing.type",
          "healthCheck.http.path",
          "healthCheck.interval",
          "outlierDetection.consecutive5xx",
          "host",
          "exportTo[]",
          "workloadSelector.matchLabels.a",
          "subsets[].name",
          "trafficPolicy.tls.mode",
          "trafficPolicy.tls.sni",
          "trafficPolicy.tls.caCertificates",
          "trafficPolicy.tls.credentialName",
          "trafficPolicy.tls.clientCertificate",
          "trafficPolicy.tls.insecureSkipVerify",
          "trafficPolicy.tls.subjectAltNames[]",
          "trafficPolicy.portLevelSettings[].port.number",
          "trafficPolicy.portLevelSettings[].tls.mode",
          "trafficPolicy.portLevelSettings[].tls.credentialName",
          "trafficPolicy.connectionPool.http.h2UpgradePolicy",
          "trafficPolicy.connectionPool.http.idleTimeout",
          "trafficPolicy.connectionPool.tcp.connectTimeout",
          "trafficPolicy.connectionPool.tcp.maxConnections",
          "trafficPolicy.loadBalancer.simple",
          "trafficPolicy.loadBalancer.consistentHash.httpCookie.name",
          "trafficPolicy.loadBalancer.consistentHash.httpCookie.ttl",
          "trafficPolicy.outlierDetection.consecutive5xxErrors");

  private static final List<String> VALUES =
      List.of(
          "\"\"",
          "Service",
          "svc",
          "svc.default.svc.cluster.local",
          "\"*\"",
          "web",
          "\"80\"",
          "80",
          "81",
          "ConfigMap",
          "Secret",
          "ca",
          "System",
          "a.test",
          "\"*.test\"",
          "Hostname",
          "URI",
          "spiffe://a/b",
          "\"a b\"",
          "HTTP1",
          "HTTP2",
          "FastCGI",
          "All",
          "1.2",
          "\"1.3\"",
          "TLSv1_2",
          "h2",
          "http/1.1",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "/var/www",
          "$host",
          "${",
          "5s",
          "0s",
          "-1s",
          "99999999999999h",
          "-1",
          "0",
          "2147483648",
          "1e400",
          "null",
          "true",
          "[]",
          "{}",
          "[null]",
          "{a: b}",
          "SIMPLE",
          "MUTUAL",
          "ISTIO_MUTUAL",
          "DISABLE",
          "UPGRADE",
          "ROUND_ROBIN",
          "configmap://default/ca",
          "\"\\u0000\"",
          "\"\\u00e9\\ud83d\\ude00\"");

  @FuzzTest
  void anyTextIsReadOrRefused(byte[] text) {
    judge(new String(text, StandardCharsets.UTF_8));
  }

  @FuzzTest
  void anyFieldsAreFollowedOrSaid(FuzzedDataProvider data) {
    StringBuilder text = new StringBuilder();
    for (int i = data.consumeInt(1, 3); i > 0; i--) {
      String kind = data.pickValue(KIND_NAMES);
      Map<String, Object> spec = new TreeMap<>();
      for (int fields = data.consumeInt(0, 12); fields > 0; fields--) {
        put(spec, data.pickValue(FIELDS), data);
      }
      text.append(
          "apiVersion: %s\nkind: %s\nmetadata: {name: p%d}\nspec: %s\n---\n"
              .formatted(KINDS.get(kind), kind, i, flow(spec)));
    }
    judge(text.toString());
  }

  private static void put(Map<String, Object> in, String path, FuzzedDataProvider data) {
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot);
    String name = first.replace("[]", "");
    if (dot < 0) {
      Object value = data.pickValue(VALUES);
      in.put(name, name.equals(first) ? value : new ArrayList<>(List.of(value)));
      return;
    }
    Map<String, Object> next = new TreeMap<>();
    Object there = in.get(name);
    if (name.equals(first)) {
      if (there instanceof Map<?, ?> map) {
        map.forEach((key, value) -> next.put((String) key, value));
      }
      in.put(name, next);
    } else {
      List<Object> all = new ArrayList<>();
      if (there instanceof List<?> list) {
        all.addAll(list);
      }
      if (!all.isEmpty() && data.consumeBoolean() && all.removeLast() instanceof Map<?, ?> last) {
        last.forEach((key, value) -> next.put((String) key, value));
      }
      all.add(next);
      in.put(name, all);
    }
    put(next, path.substring(dot + 1), data);
  }

  private static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> entries = new ArrayList<>();
        map.forEach((key, inner) -> entries.add(key + ": " + flow(inner)));
        yield "{" + String.join(", ", entries) + "}";
      }
      case List<?> list -> "[" + String.join(", ", list.stream().map(v -> flow(v)).toList()) + "]";
      default -> value.toString();
    };
  }

  private static void judge(String text) {
    LoadedFile file = Manifest.load(FILE, text);
    long lines = text.chars().filter(c -> c == '\n' || c == '\r' || c > 0x7f).count() + 1;
    Translation translation = translate(file);
    List<Finding> findings = new ArrayList<>(file.findings());
    findings.addAll(translation.findings());
    for (Finding finding : findings) {
      assertThat(finding.message()).as("%s", finding).isNotBlank().doesNotContain("\n");
      String location = finding.location().orElse("nowhere");
      assertThat(location).as("%s", finding).matches("(policy|around)\\.yaml:[1-9]\\d*");
      if (location.startsWith(FILE)) {
        int line = Integer.parseInt(location.substring(FILE.length() + 1));
        assertThat((long) line).as("%s", finding).isLessThanOrEqualTo(lines);
      }
    }
  }

  private static Translation translate(LoadedFile file) {
    Translator translator = new Translator();
    translator.apply(new ResourceDelta(AROUND.resources(), List.of()));
    return translator.apply(new ResourceDelta(file.resources(), List.of()));
  }
}
