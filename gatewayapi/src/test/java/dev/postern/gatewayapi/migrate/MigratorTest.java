package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get for their Ingresses, and that nothing of them is lost in silence. */
class MigratorTest {
  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: shop
        annotations:
          %s
      spec:
        rules:
        - host: shop.example.com
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 8080}}}}
      """;

  private static Migration migrate(String text) {
    return Migrator.migrate(Documents.read("in.yaml", text), MigrationOptions.USUAL);
  }

  private static Migration with(String... annotations) {
    List<String> lines = new ArrayList<>();
    for (String annotation : annotations) {
      lines.add(Ingress.PREFIX + annotation);
    }
    return migrate(INGRESS.formatted(String.join("\n    ", lines)));
  }

  private static List<Finding> warnings(Migration migration) {
    return migration.findings().stream()
        .filter(finding -> finding.severity() != Severity.NOTE)
        .toList();
  }

  private static List<String> notes(Migration migration) {
    return migration.findings().stream()
        .filter(finding -> finding.severity() == Severity.NOTE)
        .map(Finding::message)
        .toList();
  }

  private static String kinds(Migration migration) {
    return String.join(
        " ",
        migration.objects().stream().map(object -> String.valueOf(object.get("kind"))).toList());
  }

  @Test
  void anIngressWithoutAnnotationsIsTheSame() {
    Migration migration = migrate(INGRESS.replace("  annotations:\n    %s\n", ""));
    assertThat(kinds(migration)).isEqualTo("GatewayClass Gateway HTTPRoute");
    assertThat(migration.exitCode()).isZero();
  }

  @Test
  void httpsIsTrimmedAndReadInAnyLetterCaseAndWarnsThatNobodyIsVerified() {
    Migration migration = with("backend-protocol: ' hTTps '");
    assertThat(kinds(migration))
        .isEqualTo("GatewayClass Gateway HTTPRoute BackendConnectionPolicy");
    assertThat(warnings(migration)).hasSize(1);
    assertThat(warnings(migration).getFirst().message())
        .contains(
            "nobody verifies default/shop:8080",
            "BackendConnectionPolicy default/shop-8080 skips it",
            "kubectl create configmap shop-ca -n default",
            "\"kind\":\"BackendTLSPolicy\"");
    assertThat(migration.exitCode()).isZero();
  }

  @Test
  void otherTargetsFailClosedWhereNginxVerifiedNobody() {
    Migration migration =
        Migrator.migrate(
            Documents.read(
                "in.yaml", INGRESS.formatted(Ingress.PREFIX + "backend-protocol: HTTPS")),
            MigrationOptions.of(Target.STANDARD, false));
    assertThat(kinds(migration)).contains("BackendTLSPolicy");
    assertThat(migration.exitCode()).isEqualTo(2);
  }

  @Test
  void proxySslWithoutItsSecretIsIgnoredAsNginxDid() {
    Migration migration = with("backend-protocol: HTTPS", "proxy-ssl-verify: 'on'");
    assertThat(kinds(migration)).doesNotContain("BackendTLSPolicy");
    assertThat(migration.judgements())
        .anySatisfy(judgement -> {
          assertThat(judgement.subject()).isEqualTo("proxy-ssl-verify");
          assertThat(judgement.verdict().toString()).contains("nginx ignored it");
        });
  }

  @Test
  void aPathThatWasGuardedIsNotServedWithoutItsGuard() {
    Migration migration = with("whitelist-source-range: 10.0.0.0/8");
    assertThat(migration.exitCode()).isEqualTo(2);
    assertThat(migration.objects().toString()).doesNotContain("backendRefs");
  }

  @Test
  void unknownAnnotationsAreReported() {
    Migration migration = with("no-such-thing: x");
    assertThat(migration.judgements()).hasSize(1);
    assertThat(migration.judgements().getFirst().location()).contains("in.yaml:6");
    assertThat(migration.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "proxy-ssl-protocols, TLSv1.3",
    "proxy-ssl-ciphers, ALL:",
    "proxy-next-upstream, error",
    "proxy-next-upstream, http_503",
    "upstream-vhost, a.",
    "x-forwarded-prefix, /a",
    "x-forwarded-prefix, a",
    "canary-by-header-value, a",
    "canary-by-header-pattern, a",
    "rewrite-target, /a",
    "auth-url, /a",
    "permanent-redirect, /a",
    "app-root, /a",
    "cors-allow-origin, '*,'",
    "server-alias, a",
    "whitelist-source-range, '10.0.0.0/8,'"
  })
  void aValueOfManyWordsEndsNothing(String annotation, String word) {
    String start = annotation.equals("auth-url") ? "http://a.default.svc" : "";
    for (String between : List.of("", " ")) {
      String value = start + (word + between).repeat(8_000).strip();
      String second = annotation.equals("rewrite-target") ? "use-regex: on" : "rewrite-target: /";
      Migration migration =
          with(
              annotation + ": '" + value + "'",
              second,
              "backend-protocol: HTTPS",
              "proxy-ssl-secret: default/ca",
              "canary-by-header: X-A");
      assertThat(migration.judgements()).anyMatch(one -> one.subject().equals(annotation));
    }
  }

  @Test
  void aBrokenDocumentDoesNotTakeTheOthersAlong() {
    Migration migration = migrate("a: [\n---\n" + INGRESS.replace("  annotations:\n    %s\n", ""));
    assertThat(kinds(migration)).isEqualTo("GatewayClass Gateway HTTPRoute");
    assertThat(warnings(migration)).hasSize(1);
    assertThat(migration.exitCode()).isEqualTo(2);
  }

  @Test
  void missingPortsAndEmptyRulesAreSaid() {
    Migration migration =
        migrate(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: a}
            spec: {rules: [{host: a.example.com}]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: b}
            spec:
              rules:
              - http: {paths: [{path: /, backend: {service: {name: s, port: {name: web}}}}]}
            """);
    assertThat(migration.findings()).hasSize(1);
    assertThat(migration.judgements().getFirst().verdict().toString()).contains("port 'web'");
  }

  private static final String HTTPS_HOST =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: %s
        annotations: {%s}
      spec:
        tls: [{hosts: ['*.example.com'], secretName: wild}]
        rules:
        - host: a.example.com
          http:
            paths:
            - {path: %s, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}
      ---
      """;

  private static String verdict(Migration migration, String subject) {
    List<Judgement> found =
        migration.judgements().stream().filter(one -> one.subject().equals(subject)).toList();
    assertThat(found).as(subject).hasSize(1);
    return found.getFirst().verdict().toString();
  }

  @Test
  void aWildcardCertificateCoversAHostAndHstsIsKeptAndSaid() {
    Migration migration = migrate(HTTPS_HOST.formatted("a", "", "/"));
    assertThat(kinds(migration)).isEqualTo("GatewayClass Gateway HTTPRoute HTTPRoute");
    assertThat(migration.objects().toString())
        .contains("Strict-Transport-Security", "sectionName=https-1", "statusCode=308");
    assertThat(verdict(migration, "hsts")).startsWith("Different");
  }

  @Test
  void anAliasIsServedOverTlsWithTheCertificateOfItsHost() {
    Migration migration =
        migrate(HTTPS_HOST.formatted("a", Ingress.PREFIX + "server-alias: b.example.org", "/"));
    assertThat(migration.objects().get(1).toString()).contains("hostname=b.example.org");
    assertThat(migration.objects().get(2).toString())
        .contains("sectionName=https-1", "sectionName=https-2");
  }

  @Test
  void theSecondOfTwoWaysToReachAPortIsClosed() {
    Migration migration =
        migrate(
            HTTPS_HOST.formatted("a", "", "/")
                + HTTPS_HOST.formatted("b", Ingress.PREFIX + "backend-protocol: HTTPS", "/b"));
    assertThat(verdict(migration, "backend")).contains("the path answers 500");
    assertThat(migration.objects().toString()).containsOnlyOnce("backendRefs");
    assertThat(migration.exitCode()).isEqualTo(2);
  }

  @Test
  void aPathIsClosedWhereItsSecretIsForeignOrIsMissingAndWasToVerify() {
    for (String secret : List.of("other/ca", "default/ca", "ca")) {
      Migration migration =
          with(
              "backend-protocol: HTTPS",
              "proxy-ssl-verify: 'on'",
              "proxy-ssl-name: s.example.com",
              "proxy-ssl-secret: " + secret);
      assertThat(verdict(migration, "proxy-ssl-secret")).startsWith("NotPossible");
      assertThat(migration.objects().toString()).doesNotContain("backendRefs");
    }
  }

  @Test
  void grpcRoutesAreMadeForAllOfAHostOrNone() {
    var options = MigrationOptions.of(Target.POSTERN, true);
    String grpc = INGRESS.formatted(Ingress.PREFIX + "backend-protocol: GRPC");
    assertThat(kinds(Migrator.migrate(Documents.read("in.yaml", grpc), options)))
        .contains("GRPCRoute")
        .doesNotContain("HTTPRoute");
    String service = grpc.replace("path: /,", "path: /acme.Users,");
    assertThat(Migrator.migrate(Documents.read("in.yaml", service), options).objects().toString())
        .contains("service=acme.Users");
    String path = grpc.replace("path: /,", "path: /a/b/c,");
    Migration migration = Migrator.migrate(Documents.read("in.yaml", path), options);
    assertThat(kinds(migration)).contains("HTTPRoute").doesNotContain("GRPCRoute");
    assertThat(verdict(migration, "backend-protocol")).contains("in spite of --grpc-route");
  }

  @ParameterizedTest
  @CsvSource({
    "/, Prefix, ''",
    "/acme.Users/, Prefix, {service=acme.Users}",
    "/acme.Users/, ImplementationSpecific, {service=acme.Users}",
    "/acme.Users/Get, Exact, '{service=acme.Users, method=Get}'",
    "/acme.Users/Get, Prefix, '{service=acme.Users, method=Get}'",
  })
  void aPathOfGrpcIsAServiceOrAMethodOfAGrpcRoute(String path, String type, String method) {
    Migration migration = grpcRoute(path, type);
    assertThat(kinds(migration)).contains("GRPCRoute").doesNotContain("HTTPRoute");
    String match = "matches=[{method=" + method + "}]";
    assertThat(migration.objects().toString().contains("matches=")).isEqualTo(!method.isEmpty());
    assertThat(migration.objects().toString()).contains(method.isEmpty() ? "GRPCRoute" : match);
  }

  @ParameterizedTest
  @CsvSource({
    "/acme.Users, Exact",
    "/acme.Users/, Exact",
    "/acme.Users/Get/, Prefix",
    "/acme..Users/, Prefix",
    "/acme.Users/Get-It, Exact",
  })
  void aPathThatNoCallHasStaysInAnHttpRoute(String path, String type) {
    assertThat(kinds(grpcRoute(path, type))).contains("HTTPRoute").doesNotContain("GRPCRoute");
  }

  private static Migration grpcRoute(String path, String type) {
    String grpc =
        INGRESS
            .formatted(Ingress.PREFIX + "backend-protocol: GRPC")
            .replace("path: /, pathType: Prefix", "path: " + path + ", pathType: " + type);
    return Migrator.migrate(
        Documents.read("in.yaml", grpc), MigrationOptions.of(Target.POSTERN, true));
  }

  @Test
  void routesWithTheSameNameGetDifferentOnes() {
    String text =
        INGRESS.replace("  annotations:\n    %s\n", "").replace("shop.example.com", "b.c")
            + "---\n"
            + INGRESS.replace("  annotations:\n    %s\n", "").replace("shop.example.com", "b-c");
    List<Object> names =
        migrate(
                text.replaceFirst("name: shop", "name: a")
                    .replaceFirst("name: shop\n", "name: a\n"))
            .objects()
            .stream()
            .map(object -> Trees.child(object, "metadata").get("name"))
            .map(Object.class::cast)
            .toList();
    assertThat(names).doesNotHaveDuplicates().contains("a-b-c", "a-b-c-2");
  }

  @Test
  void aConnectTimeoutIsKept() {
    assertThat(with("proxy-connect-timeout: '7'").objects().toString()).contains("connect=7s");
  }

  @Test
  void whatIngressesAloneLeaveUncheckedIsSaidOnceForANamespace() {
    String plain = INGRESS.replace("  annotations:\n    %s\n", "");
    Migration migration =
        migrate(
            plain
                + "---\n"
                + plain.replace("shop", "cart")
                + "---\n"
                + HTTPS_HOST.formatted("a", "", "/"));
    assertThat(notes(migration)).hasSize(2);
    assertThat(notes(migration).getFirst())
        .contains("no Service of the namespace default", ": cart, s, shop. ");
    assertThat(notes(migration).getLast())
        .contains(
            "no Secret of the namespace default", ": wild. ", "kubectl get secret -n default");
  }

  @Test
  void aClassOfWhichNothingIsKnownIsTakenForNginxsAndThatIsSaid() {
    String plain = INGRESS.replace("  annotations:\n    %s\n", "");
    Migration migration = migrate(plain.replace("spec:\n", "spec:\n  ingressClassName: public\n"));
    assertThat(kinds(migration)).contains("HTTPRoute");
    assertThat(verdict(migration, "class")).contains("no IngressClass public");
    assertThat(migration.exitCode()).isEqualTo(1);
    assertThat(migrate(plain.replace("spec:\n", "spec:\n  ingressClassName: nginx\n")).exitCode())
        .isZero();
  }

  @Test
  void annotationsOfOthersAreCountedByTheirPrefix() {
    Migration migration =
        migrate(
            INGRESS.formatted(
                "nginx.org/rewrites: x\n    nginx.org/keepalive: '8'\n    kubernetes.io/x: y"));
    assertThat(notes(migration)).anyMatch(note -> note.contains("annotations of nginx.org (2)"));
    assertThat(notes(migration)).noneMatch(note -> note.contains("kubernetes.io ("));
    assertThat(migration.exitCode()).isZero();
  }
}
