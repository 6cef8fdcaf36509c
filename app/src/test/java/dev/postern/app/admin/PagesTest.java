package dev.postern.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What each page says.
class PagesTest {
  private final List<Client> clients = new ArrayList<>();

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
  }

  private String body(AdminView view, String target, String... headers) throws Exception {
    HttpResponse<String> answer = answer(view, target, headers);
    assertThat(answer.statusCode()).as(target).isEqualTo(200);
    return answer.body();
  }

  private HttpResponse<String> answer(AdminView view, String target, String... headers)
      throws Exception {
    Client client = new Client(view);
    clients.add(client);
    return client.get(target, headers);
  }

  @Test
  void readySaysTheStateAndAnswers503UntilItIsLive() throws Exception {
    SampleView view = SampleView.healthy();
    assertThat(body(view, "/ready")).isEqualTo("LIVE\n");
    view.state = AdminView.State.DRAINING;
    HttpResponse<String> draining = answer(view, "/ready");
    assertThat(draining.statusCode()).isEqualTo(503);
    assertThat(draining.body()).isEqualTo("DRAINING\n");
  }

  @Test
  void serverInfoHasEnvoysKeys() throws Exception {
    assertThat(body(SampleView.healthy(), "/server_info"))
        .contains(
            "\"version\": \"0.1.0\"", "\"state\": \"LIVE\"", "\"uptime_current_epoch\": \"108");
  }

  @Test
  void statsAreFilteredByAPartOfTheNameAndByUse() throws Exception {
    SampleView view = SampleView.troubled();
    assertThat(body(view, "/stats?usedonly&filter=ssl%5C.(hand%7Cver)"))
        .isEqualTo(
            """
            cluster.kube_default_nginx_8443.ssl.handshake: 4
            cluster.kube_default_nginx_8443.ssl.versions.TLSv1.3: 4
            """);
    assertThat(body(view, "/stats?usedonly=false&filter=upstream_cx_total$"))
        .isEqualTo(
            """
            cluster.kube_default_nginx_8443.upstream_cx_total: 4
            cluster.kube_shop_search_9200.upstream_cx_total: 0
            """);
  }

  @Test
  void statsComeAsJsonAndForPrometheusToo() throws Exception {
    SampleView view = SampleView.healthy();
    assertThat(body(view, "/stats?format=json&filter=handshake"))
        .startsWith(
            "{\"stats\":[{\"name\":\"cluster.kube_default_nginx_8443.ssl.handshake\",\"value\":4},");
    String prometheus = body(view, "/stats/prometheus?filter=handshake");
    assertThat(prometheus)
        .isEqualTo(
            """
            # TYPE envoy_cluster_ssl_handshake counter
            envoy_cluster_ssl_handshake{envoy_cluster_name="kube_default_nginx_8443"} 4
            """);
    assertThat(body(view, "/stats?format=prometheus&filter=handshake")).isEqualTo(prometheus);
    assertThat(answer(view, "/stats/prometheus").headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void aPatternThatIsNoneOrTooLongAndAnUnknownFormatAre400() throws Exception {
    SampleView view = SampleView.healthy();
    assertThat(answer(view, "/stats?filter=(").body())
        .startsWith("?filter= is not a regular expression that is taken here: missing closing )");
    assertThat(answer(view, "/stats?filter=" + "a".repeat(201)).statusCode()).isEqualTo(400);
    for (String bomb : List.of("((a%7B999%7D)%7B999%7D)%7B999%7D", "(a%7B11,%7D)%7B100%7D")) {
      assertThat(answer(view, "/stats?filter=" + bomb).body())
          .isEqualTo(
              "?filter= is not a regular expression that is taken here: counted repetitions inside"
                  + " each other multiply to more than 1000.\n");
    }
    assertThat(answer(view, "/stats?filter=a%7B600%7D").body())
        .contains("it is too large: about 602 instructions where 500 are allowed");
    assertThat(answer(view, "/stats?filter=a%7B99999999999%7D").statusCode()).isEqualTo(400);
    assertThat(answer(view, "/stats?filter=(TLSv1.3%7Ca%7B3,9%7D)%7B0,10%7D").statusCode())
        .isEqualTo(200);
    assertThat(answer(view, "/clusters?format=xml").body())
        .isEqualTo("There is no format 'xml' here. Known: text, json.\n");
    assertThat(answer(view, "/config_dump?resource=secrets").statusCode()).isEqualTo(400);
  }

  @Test
  void aPatternThatMakesBacktrackersHangAnswersAtOnce() throws Exception {
    SampleView view = SampleView.large(2_000);
    assertThat(answer(view, "/stats?filter=%5E(.*?_)*?(.*?_)*?(.*?_)*?P$").statusCode())
        .isEqualTo(200);
  }

  @Test
  void clustersAreListedAsEnvoyDoes() throws Exception {
    assertThat(body(SampleView.healthy(), "/clusters"))
        .isEqualTo(
            """
            kube_default_nginx_8443::observability_name::kube_default_nginx_8443
            kube_default_nginx_8443::default_priority::max_connections::16384
            kube_default_nginx_8443::default_priority::max_pending_requests::16384
            kube_default_nginx_8443::default_priority::max_requests::65536
            kube_default_nginx_8443::added_via_api::true
            kube_default_nginx_8443::127.0.0.1:8443::cx_active::2
            kube_default_nginx_8443::127.0.0.1:8443::cx_connect_fail::0
            kube_default_nginx_8443::127.0.0.1:8443::cx_total::4
            kube_default_nginx_8443::127.0.0.1:8443::rq_active::1
            kube_default_nginx_8443::127.0.0.1:8443::rq_error::0
            kube_default_nginx_8443::127.0.0.1:8443::rq_success::1284
            kube_default_nginx_8443::127.0.0.1:8443::rq_timeout::0
            kube_default_nginx_8443::127.0.0.1:8443::rq_total::1284
            kube_default_nginx_8443::127.0.0.1:8443::hostname::
            kube_default_nginx_8443::127.0.0.1:8443::health_flags::healthy
            kube_default_nginx_8443::127.0.0.1:8443::weight::1
            kube_default_nginx_8443::127.0.0.1:8443::priority::0
            """);
    assertThat(body(SampleView.troubled(), "/clusters"))
        .contains("kube_shop_catalog_80::10.0.7.21:80::health_flags::/failed_outlier_check\n")
        .contains("kube_shop_search_9200::[fd00::12]:9200::cx_connect_fail::9\n");
  }

  @Test
  void listenersThatCouldNotBeBoundSayWhy() throws Exception {
    assertThat(body(SampleView.troubled(), "/listeners"))
        .startsWith("0.0.0.0_443::0.0.0.0:443\n0.0.0.0_8080::0.0.0.0:8080\n")
        .contains("127.0.0.1_80::error::127.0.0.1:80: permission denied.");
  }

  @Test
  void certsShowServedShownAndTrustedOnes() throws Exception {
    String served = SampleView.FRONT.getCertificate().getSerialNumber().toString(16);
    String trusted = SampleView.BACKEND.getCertificate().getSerialNumber().toString(16);
    assertThat(body(SampleView.troubled(), "/certs"))
        .containsSubsequence(
            "\"cert_chain\": [",
            "\"path\": \"shop/tls\"",
            "\"serial_number\": \"" + served + "\"",
            "\"dns\": \"shop.example.com\"",
            "\"valid_from\": \"2026-01-01T00:00:00Z\"",
            "\"expiration_time\": \"2126-01-01T00:00:00Z\"",
            "\"cert_chain\": [",
            "\"path\": \"default/postern-client\"",
            "\"ca_cert\": [",
            "\"path\": \"kube_default_nginx_8443\"",
            "\"serial_number\": \"" + trusted + "\"",
            "\"dns\": \"example.com\"");
  }

  @Test
  void configDumpCanBeNarrowedDown() throws Exception {
    SampleView view = SampleView.troubled();
    assertThat(body(view, "/config_dump"))
        .containsSubsequence("\"listeners\": [", "\"clusters\": [", "\"endpoints\": [");
    assertThat(body(view, "/config_dump?resource=clusters&name_regex=nginx"))
        .contains("kube_default_nginx_8443", "example.com")
        .doesNotContain("kube_shop", "\"listeners\"", "\"endpoints\"");
  }

  @Test
  void statusIsYamlForScriptsAndAPageForBrowsers() throws Exception {
    SampleView view = SampleView.troubled();
    assertThat(body(view, "/status?filter=nginx-tls"))
        .isEqualTo(
            """
            - group: gateway.networking.k8s.io
              kind: BackendTLSPolicy
              namespace: default
              name: nginx-tls-policy
              origin: "demo/policy.yaml:1"
              status:
                ancestors:
                - ancestorRef:
                    group: gateway.networking.k8s.io
                    kind: Gateway
                    namespace: kgateway-system
                    name: http
                  controllerName: postern.dev/gateway-controller
                  conditions:
                  - type: Accepted
                    status: "True"
                    reason: Accepted
                    message: ""
                    observedGeneration: 1
                  - type: ResolvedRefs
                    status: "True"
                    reason: ResolvedRefs
                    message: ""
                    observedGeneration: 1
            """);
    assertThat(body(view, "/status", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
        .startsWith("<!doctype html>")
        .contains("BackendNotFound", "shop/routes.yaml:41");
    assertThat(body(view, "/status?format=json", "Accept", "text/html")).startsWith("{\n  \"obj");
  }

  @Test
  void statusAsYamlSaysTheSameAsJsonWhateverTheNames() throws Exception {
    SampleView view = SampleView.hostile();
    Load load = new Load(LoadSettings.builder().build());
    Object yaml = load.loadFromString(body(view, "/status"));
    Object json = load.loadFromString(body(view, "/status?format=json"));
    assertThat(json).isEqualTo(java.util.Map.of("objects", yaml));
    assertThat(yaml).asString().contains("<script>");
  }

  @Test
  void findingsComeWorstFirst() throws Exception {
    assertThat(body(SampleView.troubled(), "/findings"))
        .startsWith("ERROR shop/routes.yaml:112: HTTPRoute shop/search spec.rules[0].matches[0]")
        .containsSubsequence("\nWARNING ", "\nNOTE shop/readme.yaml:1: An empty document.\n");
    assertThat(body(SampleView.healthy(), "/findings")).isEqualTo("No findings.\n");
  }

  @Test
  void theIndexSaysWhatIsWrongAndLinksToEveryPage() throws Exception {
    String page = body(SampleView.troubled(), "/");
    assertThat(page)
        .contains("6 things are wrong, 4 more to look at")
        .contains("permission denied", "BackendNotFound", "No endpoint to send requests to.")
        .contains("Certificate without the expected name 9 times (ssl.fail_verify_san).");
    Pages.ALL.keySet().forEach(path -> assertThat(page).contains("href=\"" + path + "\""));
    assertThat(body(SampleView.healthy(), "/"))
        .contains("All is well")
        .contains("HTTP/1.1 over TLS, verified as example.com by 1 trusted CA")
        .doesNotContain("class=\"mark bad\"", "class=\"mark warn\"");
  }

  @Test
  void nothingFromAManifestBecomesMarkup() throws Exception {
    SampleView view = SampleView.hostile();
    for (String path : List.of("/", "/status?format=html")) {
      assertThat(body(view, path))
          .as(path)
          .contains("&lt;script&gt;")
          .doesNotContain("<script", "alert('x')", "\"&amp;\"");
    }
    for (String path : Pages.ALL.keySet()) {
      HttpResponse<String> answer = answer(view, path);
      if (answer.headers().firstValue("content-type").orElseThrow().equals(Answer.JSON)) {
        assertJson(answer.body());
      }
    }
  }

  @Test
  void everyJsonPageIsJson() throws Exception {
    for (SampleView view : List.of(SampleView.troubled(), SampleView.hostile())) {
      for (String page :
          List.of(
              "/stats?format=json",
              "/clusters?format=json",
              "/listeners?format=json",
              "/status?format=json",
              "/findings?format=json",
              "/config_dump",
              "/certs",
              "/server_info")) {
        assertJson(body(view, page));
      }
    }
  }

  @Test
  void noPageShowsAPrivateKey() throws Exception {
    SampleView view = SampleView.troubled();
    byte[] key = SampleView.KEY_TEXT.getBytes(StandardCharsets.UTF_8);
    List<String> targets = new ArrayList<>();
    for (String path : Pages.ALL.keySet()) {
      for (String format :
          List.of("", "?format=json", "?format=yaml", "?format=html", "?format=text")) {
        targets.add(path + format);
      }
    }
    for (String target : targets) {
      assertThat(answer(view, target).body())
          .as(target)
          .doesNotContain(
              SampleView.KEY_TEXT,
              Base64.getEncoder().encodeToString(key),
              java.util.HexFormat.of().formatHex(key),
              "PRIVATE KEY");
    }
    assertThat(body(view, "/config_dump")).contains("[redacted]");
  }

  @Test
  void tenThousandClustersStreamWhole() throws Exception {
    SampleView view = SampleView.large(10_000);
    HttpResponse<String> stats = answer(view, "/stats?filter=upstream_cx_total");
    assertThat(stats.headers().firstValue("transfer-encoding")).contains("chunked");
    assertThat(stats.body().lines())
        .hasSize(10_001)
        .contains("cluster.kube_default_service-09999_8080.upstream_cx_total: 9999");
    assertThat(body(view, "/stats/prometheus?filter=upstream_cx_total").lines()).hasSize(10_002);
    assertThat(body(view, "/")).contains("and 9951 more, see <a href=\"/clusters\">");
    assertJson(body(view, "/clusters?format=json"));
  }

  private static void assertJson(String text) throws Exception {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      int depth = 0;
      while (parser.nextToken() != null) {
        depth +=
            parser.currentToken().isStructStart()
                ? 1
                : parser.currentToken().isStructEnd() ? -1 : 0;
      }
      assertThat(depth).isZero();
    }
  }
}
