package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever the values: nothing throws, nothing is dropped, and what comes out can be applied. */
class MigrationFuzzTest {
  private static final long SEED = 11;
  private static final int ROUNDS = 1_000;

  private static final List<String> VALUES =
      List.of(
          "",
          "on",
          "off",
          "true",
          "false",
          "HTTPS",
          "grpcs",
          "FCGI",
          "auto_http",
          "-1",
          "5",
          "0",
          "99999999999999999999",
          "172800",
          "$host",
          "a/b",
          "default/ca",
          "default/bad",
          "default/b;d",
          "default/headers",
          "/$2",
          "/$1/x",
          "http://[",
          "https://x.y/z",
          "https://X.Y",
          "https://x.y:0/",
          "https://x..y/",
          "http://a.b.svc:99999",
          "http://a.b.svc:80$request_uri",
          "http://a.b.svc/verify",
          "http://-.b.svc/verify",
          "error http_502 http_503 non_idempotent",
          "$remote_addr",
          "$http_x_user",
          "$cookie_a",
          "https://x.y/?q=$a",
          "*",
          "\\u0000",
          "é",
          "a b",
          "301",
          "/",
          "%2F",
          "(",
          "cookie",
          "always",
          "X-A",
          "a,b,c",
          "*.example.org",
          "deny all;",
          "more_set_headers \"A: b\";",
          "add_header A \"b  c\";",
          "proxy_ssl_verify on; proxy_ssl_name $x;",
          "fastcgi_param A-B c;",
          "}{;;\"",
          "a.b",
          "a..b",
          "proxy_set_header Host x_y;",
          "TLSv1.3",
          "ECDHE-RSA-AES128-GCM-SHA256");

  private static final List<String> PATHS =
      List.of("/", "/a(/|$)(.*)", "/(a|b", "x", "/a//b", "/a/(?=b)", "/ä", "/a b", "/%zz");

  private static final String REFERENCES =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: ca, namespace: default}
      stringData:
        ca.crt: |
          -----BEGIN CERTIFICATE-----
          MIIBMDCB46ADAgECAhQZv/0srIMgwL12DO4vkBJUsjg/aDAFBgMrZXAwDTELMAkG
          A1UEAwwCY2EwIBcNMjYxMTI3MTcwNjAwWhgPMjEyNjExMDMxNzA2MDBaMA0xCzAJ
          BgNVBAMMAmNhMCowBQYDK2VwAyEAqHVEhCGmM38Guik2hY3mX0XvKfRQjfHdgydZ
          xoC3+3OjUzBRMB0GA1UdDgQWBBTga8QRxfzPEde7AiAXGeFZViYyQjAfBgNVHSME
          GDAWgBTga8QRxfzPEde7AiAXGeFZViYyQjAPBgNVHRMBAf8EBTADAQH/MAUGAytl
          cANBAJpEPuZa1bKxGECxeqH62f4jKjkFOOJwCFbAoJITExFPVeHpT6IxS6Mw6k6j
          f3tUOXGZQW3dC4xw2Qb/FnpFFgw=
          -----END CERTIFICATE-----
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: bad, namespace: default}
      stringData: {ca.crt: x, tls.crt: y}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: headers, namespace: default}
      data: {X-A: '1', X B: '2'}
      ---
      """;

  private final Random random = new Random(SEED);

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String value() {
    if (random.nextInt(4) > 0) {
      return one(VALUES);
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          (char)
              (random.nextInt(20) == 0 ? 0x100 + random.nextInt(500) : ' ' + random.nextInt(95)));
    }
    return text.toString();
  }

  private String ingress(int number, Set<String> names) {
    StringBuilder text =
        new StringBuilder("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n");
    text.append("  name: i" + number + "\n  annotations:\n    a: b\n");
    for (String name : names) {
      text.append("    %s%s: '%s'\n".formatted(Ingress.PREFIX, name, value().replace("'", "''")));
    }
    String host = one(List.of("shop.example.com", "*.example.com", "www.shop.example.com"));
    if (random.nextBoolean()) {
      text.append("spec:\n  tls: [{hosts: ['" + host + "'], secretName: c}]\n");
    } else {
      text.append("spec:\n");
    }
    text.append("  rules:\n  - host: '" + host + "'\n    http:\n      paths:\n");
    text.append("      - path: '" + one(PATHS) + "'\n        pathType: Prefix\n");
    text.append("        backend: {service: {name: s" + number + ", port: {number: 80}}}\n---\n");
    return text.toString();
  }

  private Set<String> some(List<String> names) {
    Set<String> some = new TreeSet<>();
    for (int i = random.nextInt(7); i >= 0; i--) {
      some.add(one(names));
    }
    return some;
  }

  @Test
  void whateverTheValuesNothingIsDroppedAndWhatComesOutLoads() {
    List<String> names = new ArrayList<>(AnnotationTable.ENTRIES.keySet());
    for (int i = 0; i < ROUNDS; i++) {
      Set<String> first = some(names);
      Set<String> second = some(names);
      String input = REFERENCES + ingress(1, first) + ingress(2, second);
      Target target = one(List.of(Target.values()));
      Migration migration =
          Migrator.migrate(
              Documents.read("f.yaml", input), MigrationOptions.of(target, random.nextBoolean()));
      String round = "seed %d, round %d: %s".formatted(SEED, i, input);
      judged(migration, "default/i1", first, round);
      judged(migration, "default/i2", second, round);
      assertThat(
              Manifest.load("m.yaml", MigrationGoldenText.json(migration)).findings().stream()
                  .filter(finding -> finding.severity() == Finding.Severity.ERROR))
          .as(round)
          .isEmpty();
    }
  }

  private static void judged(Migration migration, String ingress, Set<String> names, String round) {
    for (String name : names) {
      assertThat(migration.judgements())
          .as("%s in %s", name, round)
          .anyMatch(one -> one.ingress().equals(ingress) && one.subject().equals(name));
    }
  }

  @Test
  void anyTextIsReadAsNginxsLanguage() {
    List<String> pieces =
        List.of("{", "}", ";", "\"", "'", "\\", "#", "\n", " ", "$", "${", "return", "deny", "a");
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append(one(pieces));
      }
      for (NginxDirective directive : NginxDirective.parse(text.toString())) {
        assertThat(directive.text()).as("seed %d: %s", SEED, text).isNotNull();
      }
    }
  }
}
