package dev.postern.gatewayapi.migrate;

import static dev.postern.gatewayapi.migrate.Migrated.aged;
import static dev.postern.gatewayapi.migrate.Migrated.ingress;
import static dev.postern.gatewayapi.migrate.Migrated.ingressOf;
import static dev.postern.gatewayapi.migrate.Migrated.regex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Ingresses of one host are together, as nginx had one server for it. */
class MigratedHostsTest {
  private static final String GUARD = "whitelist-source-range=10.0.0.0/8";

  /** With a default backend, for a host and whatever else its rule has. */
  private static String withDefault(String name, String host, String path) {
    String rule =
        ingressOf(host, name, "Prefix", path)
            .replace(
                "spec:\n", "spec:\n  defaultBackend: {service: {name: x, port: {number: 80}}}\n");
    return rule.replace("{name: x,", "{name: " + name + "-default,");
  }

  @Test
  void anAliasIsOfAllPathsOfItsHost() {
    Migrated made =
        Migrated.of(
            ingress("web", "Prefix", "/", "server-alias=b.example.com"),
            ingress("admin", "Prefix", "/admin", GUARD));
    assertThat(made.get("b.example.com", "/admin")).isEqualTo("500");
    assertThat(made.get("b.example.com", "/")).isEqualTo("web");
    Migrated other =
        Migrated.of(
            ingress("web", "Prefix", "/"),
            ingress("api", "Prefix", "/api", "server-alias=b.example.com"));
    assertThat(other.get("b.example.com", "/")).isEqualTo("web");
  }

  @Test
  void theOldestIngressThatSaysAnAliasCounts() {
    Migrated made =
        Migrated.of(
            aged("2025", ingress("young", "Prefix", "/young", "server-alias=c.example.com")),
            aged("2024", ingress("old", "Prefix", "/", "server-alias=b.example.com")));
    assertThat(made.get("b.example.com", "/young")).isEqualTo("young");
    assertThat(made.get("c.example.com", "/young")).isEqualTo("404");
    assertThat(made.verdict("young", "server-alias")).contains("that of default/old counts");
  }

  @Test
  void anAliasOfTwoHostsIsOfTheFirstOfThem() {
    Migrated made =
        Migrated.of(
            ingressOf("z.example.com", "z", "Prefix", "/", "server-alias=x.example.com"),
            ingressOf("a.example.com", "a", "Prefix", "/a", "server-alias=x.example.com"));
    assertThat(made.get("x.example.com", "/a")).isEqualTo("a");
    assertThat(made.get("x.example.com", "/")).isEqualTo("404");
    assertThat(made.verdict("z", "server-alias")).contains("an alias of a.example.com");
  }

  @Test
  void implementationSpecificIsPrefix() {
    Migrated made =
        Migrated.of(
            aged("2024", ingress("old", "Prefix", "/")),
            aged("2025", ingress("young", "ImplementationSpecific", "/")));
    assertThat(made.get("/")).isEqualTo("old");
    assertThat(made.verdict("young", "path")).contains("left out");
    assertThat(made.manifests()).doesNotContain("{name: young,");
    Migrated one = Migrated.of(ingress("open", "ImplementationSpecific", "/open"));
    assertThat(one.migration.exitCode()).as("nothing differs").isZero();
  }

  @Test
  void aCanaryMeetsAMainIngressOfTheOtherType() {
    Migrated made =
        Migrated.of(
            ingress("main", "Prefix", "/x"),
            ingress("new", "ImplementationSpecific", "/x", "canary=true", "canary-weight=20"));
    assertThat(made.manifests()).contains("weight: 20", "weight: 80");
  }

  @Test
  void anExplicitRootGoesBeforeTheDefaultBackendOfAnOlderIngress() {
    Migrated made =
        Migrated.of(
            aged("2024", withDefault("old", "a.example.com", "/x")),
            aged("2025", ingress("young", "ImplementationSpecific", "/", GUARD)));
    assertThat(made.get("/")).isEqualTo("500");
    assertThat(made.get("/x")).isEqualTo("old");
    assertThat(made.manifests()).doesNotContain("old-default");
  }

  @Test
  void theDefaultBackendOfTheOldestIngressIsTheRoot() {
    Migrated made =
        Migrated.of(
            aged("2024", ingress("old", "Prefix", "/x")),
            aged("2025", withDefault("young", "a.example.com", "/y")));
    assertThat(made.get("/")).as("nginx answered 404").isEqualTo("404");
    assertThat(made.get("/y")).isEqualTo("young");
    Migrated alone = Migrated.of(withDefault("one", "a.example.com", "/y"));
    assertThat(alone.get("/")).isEqualTo("one-default");
  }

  @Test
  void anExactRootLeavesTheDefaultBackendAllElse() {
    Migrated made =
        Migrated.of(
            withDefault("one", "a.example.com", "/")
                .replace("pathType: Prefix", "pathType: Exact"));
    assertThat(made.get("/")).isEqualTo("one");
    assertThat(made.get("/x")).isEqualTo("one-default");
  }

  @Test
  void forAllOtherHostsADefaultBackendWithoutRulesGoesFirst() {
    String rules = aged("2024", ingressOf("", "rules", "Prefix", "/"));
    String without = aged("2025", withDefault("all", "", "/"));
    without = without.substring(0, without.indexOf("  rules:\n"));
    Migrated made = Migrated.of(rules, without);
    assertThat(made.get("any.example.com", "/")).isEqualTo("all-default");
    Migrated both = Migrated.of(withDefault("two", "", "/x"));
    assertThat(both.get("any.example.com", "/")).as("nginx answered 404").isEqualTo("404");
  }

  @Test
  void anAppRootIsOfTheWholeHostAndBeforeItsPaths() {
    Migrated made =
        Migrated.of(
            ingress("web", "Prefix", "/", GUARD),
            ingress("below", "Prefix", "/x", "app-root=/app"),
            ingress("longer", "Prefix", "/longer", "app-root=/other"));
    assertThat(made.get("/")).isEqualTo("redirect");
    assertThat(made.get("/y")).isEqualTo("500");
    assertThat(made.manifests()).contains("replaceFullPath: /other").doesNotContain(": /app}");
    assertThat(made.verdict("longer", "app-root")).startsWith("Different");
    assertThat(made.verdict("below", "app-root")).contains("default/longer at /longer first");
    Migrated exact = Migrated.of(ingress("root", "Exact", "/", "app-root=/app"));
    assertThat(exact.get("/")).isEqualTo("redirect");
  }

  @Test
  void anAppRootGoesBeforeOtherRedirects() {
    Migrated made =
        Migrated.of(
            ingress("root", "Prefix", "/", "app-root=/app", "permanent-redirect=https://b.c/"));
    assertThat(made.manifests()).contains("replaceFullPath: /app", "hostname: b.c");
    Migrated https =
        Migrated.of(
            ingress("root", "Prefix", "/", "app-root=/app")
                .replace("spec:\n", "spec:\n  tls: [{hosts: [a.example.com], secretName: s}]\n"));
    assertThat(https.manifests().split("replaceFullPath: /app", -1)).as("on both ports").hasSize(3);
  }

  @Test
  void aWildcardWasOneLabel() {
    Migrated made = Migrated.of(ingressOf("*.example.com", "wild", "Prefix", "/"));
    assertThat(made.verdict("wild", "host")).contains("a.b.example.com comes here, too");
    assertThat(made.migration.exitCode()).isEqualTo(1);
  }

  @Test
  void hostsThatHadTheDefaultCertificateAreSaidToHaveLostHttps() {
    String two =
        ingress("two", "Prefix", "/")
            .replace("spec:\n", "spec:\n  tls: [{hosts: [b.example.com], secretName: s}]\n");
    Migrated made = Migrated.of(two);
    assertThat(made.verdict("two", "tls"))
        .startsWith("NotPossible")
        .contains("default certificate", "plaintext is answered");
    Migrated both =
        Migrated.of(two.replace("a: b", "a: b\n    " + Ingress.PREFIX + "ssl-redirect: 'false'"));
    assertThat(both.verdict("two", "tls")).startsWith("Different").contains("no HTTPS now");
    Migrated without = Migrated.of(two.replace("b.example.com], secretName: s", "a.example.com]"));
    assertThat(
            without.migration.judgements().stream()
                .filter(one -> one.subject().equals("tls"))
                .map(one -> one.verdict().toString()))
        .anyMatch(words -> words.contains("plaintext is answered"));
  }

  @Test
  void theSpecTlsOfAPathThatNginxNeverCameToCounts() {
    String hidden =
        ingress("hidden", "Prefix", "/api")
            .replace("spec:\n", "spec:\n  tls: [{hosts: [b.example.com], secretName: s}]\n");
    Migrated made = Migrated.of(regex("web", "/(.*)"), hidden);
    assertThat(made.verdict("hidden", "path")).contains("left out");
    assertThat(made.verdict("web", "tls"))
        .startsWith("NotPossible")
        .contains("default certificate", "plaintext is answered");
  }

  @Test
  void ingressesOfSeveralControllersAreSaid() {
    String classes =
        """
        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: public}
        spec: {controller: k8s.io/ingress-nginx}
        ---
        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: internal}
        spec: {controller: k8s.io/ingress-nginx-internal}
        """;
    String open =
        ingress("open", "Prefix", "/").replace("spec:\n", "spec:\n  ingressClassName: public\n");
    String inner =
        ingressOf("in.example.com", "inner", "Prefix", "/")
            .replace("spec:\n", "spec:\n  ingressClassName: internal\n");
    Migrated made = Migrated.of(classes, open, inner);
    assertThat(made.verdict("inner", "class"))
        .contains(
            "internal (k8s.io/ingress-nginx-internal), public (k8s.io/ingress-nginx)",
            "an internal one from outside");
    assertThat(made.migration.exitCode()).isEqualTo(1);
    assertThat(Migrated.of(classes, open).migration.exitCode()).isZero();
  }

  @Test
  void everyWebsiteReadsWithoutCredentialsAlone() {
    Migrated made = Migrated.of(ingress("usual", "Prefix", "/", "enable-cors=true"));
    assertThat(made.manifests()).contains("allowOrigins: ['*']", "allowCredentials: false");
    Migrated one =
        Migrated.of(
            ingress(
                "one", "Prefix", "/", "enable-cors=true", "cors-allow-origin=https://*.b.example"));
    assertThat(one.manifests()).contains("allowCredentials: true");
    assertThat(one.verdict("one", "cors-allow-origin")).startsWith("Different").contains("labels");
  }

  @Test
  void passingTlsThroughIsSaidWhereTheOldestIngressDoesNotSayIt() {
    Migrated made =
        Migrated.of(
            aged("2024", ingress("old", "Prefix", "/x")),
            aged("2025", ingress("young", "Prefix", "/", "ssl-passthrough=true")));
    assertThat(made.verdict("young", "ssl-passthrough")).contains("before 1.13.8, 1.14.4 and 1.15");
    assertThat(made.migration.findings().stream().map(Finding::severity))
        .isSubsetOf(List.of(Finding.Severity.NOTE));
  }
}
