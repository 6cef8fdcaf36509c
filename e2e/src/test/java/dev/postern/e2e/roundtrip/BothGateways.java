package dev.postern.e2e.roundtrip;

import static dev.postern.e2e.fixture.Manifests.NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.CommandRun;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// nginx as ingress-nginx configures it, and Postern with what `postern migrate` makes of the same
/// Ingresses, before the same backends.
final class BothGateways implements AutoCloseable {
  private static final Pattern PATCHED = Pattern.compile("-n default (\\S+) --patch-file (\\S+)");
  private static final Pattern PROTOCOL = Pattern.compile("appProtocol: (\\S+)");

  private final Path folder;
  private final SharedBackends backends;
  final Certificates sites = Certificates.authority("Sites");
  private final Certificates site = sites.leafFor("*.example.com");
  private final Certificates client;
  final NginxProcess nginx;
  final PosternProcess postern;

  /// Where nginx speaks HTTP/2 in plaintext; older ones do nothing else there.
  final int nginxHttp2Port = Ports.free();

  final int plainPort = Ports.free();
  final int tlsPort = Ports.free();

  BothGateways(Path folder, SharedBackends backends) throws IOException {
    this.folder = folder;
    this.backends = backends;
    this.client = backends.authority.clientLeaf("gateway.example.com");
    this.nginx = nginx(Files.createDirectories(folder.resolve("nginx")));
    this.postern = postern();
  }

  private NginxProcess nginx(Path own) throws IOException {
    int plain = Ports.free();
    int tls = Ports.free();
    Files.writeString(own.resolve("site.crt"), site.chainPem());
    Files.writeString(own.resolve("site.key"), site.keyPem());
    Files.writeString(own.resolve("client.crt"), client.chainPem());
    Files.writeString(own.resolve("client.key"), client.keyPem());
    Files.writeString(own.resolve("backend-ca.crt"), backends.authority.certificatePem());
    Files.writeString(
        own.resolve("listen.conf"),
        "listen 127.0.0.1:%d; listen 127.0.0.1:%d http2; listen 127.0.0.1:%d ssl http2;%nssl_certificate site.crt; ssl_certificate_key site.key;%n"
            .formatted(plain, nginxHttp2Port, tls));
    for (String each : List.of("proxy", "grpc", "fastcgi")) {
      Files.copy(IngressCase.ALL.resolve("nginx-" + each + ".conf"), own.resolve(each + ".conf"));
    }
    StringBuilder http =
        new StringBuilder(IngressCase.text(IngressCase.ALL.resolve("nginx-http.conf"), Map.of()));
    for (IngressCase each : IngressCase.all()) {
      http.append(each.text("nginx.conf", backends.known()));
    }
    return NginxProcess.serving(own, http.toString(), plain, tls);
  }

  private PosternProcess postern() throws IOException {
    String secrets =
        Manifests.documents(
            Manifests.tlsSecret(NS, "site", site.chainPem(), site.keyPem()),
            Manifests.caSecret("backend-ca", backends.authority.certificatePem()),
            Manifests.tlsSecret(NS, "backend-client", client.chainPem(), client.keyPem())
                + "stringData:\n  ca.crt: |\n"
                + backends.authority.certificatePem().indent(4));
    ManifestFolder cluster =
        new ManifestFolder(folder.resolve("cluster"))
            .put("secrets.yaml", secrets)
            .put("services.yaml", services(Map.of()));
    for (IngressCase each : IngressCase.all()) {
      cluster.put(each.name() + ".yaml", each.text("ingress.yaml", backends.known()));
    }
    Path made = folder.resolve("made");
    CommandRun migration =
        CommandRun.of(
            "migrate",
            cluster.path() + "",
            "--out",
            made + "",
            "--report",
            folder.resolve("report.json") + "");
    // Two paths have a guard that is not converted, so that they are closed.
    assertThat(migration.exit()).as(migration.out()).isEqualTo(2);
    assertThat(migration.out()).contains(" 2 not possible;");
    ManifestFolder served =
        new ManifestFolder(folder.resolve("served"))
            .put("secrets.yaml", secrets)
            .put("services.yaml", services(patches(made)))
            .put("made.yaml", onFreePorts(Files.readString(made.resolve("manifests.yaml"))));
    for (IngressCase each : IngressCase.all()) {
      served.put(each.name() + ".yaml", configMaps(each.text("ingress.yaml", backends.known())));
    }
    return PosternProcess.serving(served);
  }

  /// Each Service has one port, 80, and a slice.
  private String services(Map<String, String> protocols) {
    return backends.ports().entrySet().stream()
        .map(service ->
            Manifests.documents(
                Manifests.service(
                    NS,
                    service.getKey(),
                    protocols.containsKey(service.getKey())
                        ? "web:80:" + protocols.get(service.getKey())
                        : "web:80"),
                Manifests.slice(NS, service.getKey(), "web", service.getValue())))
        .collect(Collectors.joining("---\n"));
  }

  /// `appProtocol` by the name of the Service, as a person would apply the patches.
  private static Map<String, String> patches(Path made) throws IOException {
    Map<String, String> protocols = new TreeMap<>();
    Matcher commands = PATCHED.matcher(Files.readString(made.resolve("patch-services.sh")));
    while (commands.find()) {
      Matcher patch = PROTOCOL.matcher(Files.readString(made.resolve(commands.group(2))));
      assertThat(patch.find()).isTrue();
      protocols.put(commands.group(1), patch.group(1));
    }
    return protocols;
  }

  private String onFreePorts(String manifests) {
    return List.of(manifests.split("(?m)^---\n")).stream()
        .map(document ->
            document.contains("kind: Gateway\n")
                ? document
                    .replace("port: 80\n", "port: " + plainPort + "\n")
                    .replace("port: 443\n", "port: " + tlsPort + "\n")
                    .replace(
                        "  listeners:\n",
                        "  addresses:\n  - type: IPAddress\n    value: 127.0.0.1\n  listeners:\n")
                : document)
        .collect(Collectors.joining("---\n"));
  }

  private static String configMaps(String documents) {
    return List.of(documents.split("(?m)^---\n")).stream()
        .filter(document -> document.contains("kind: ConfigMap"))
        .collect(Collectors.joining("---\n"));
  }

  /// Subjects of the migration's report that are not the same as before.
  ///
  /// @param ingresses by name
  @SuppressWarnings("unchecked") // JSON
  List<String> reportedDifferent(List<String> ingresses) throws IOException {
    Map<String, Object> report =
        (Map<String, Object>)
            new Load(LoadSettings.builder().setCodePointLimit(1 << 26).build())
                .loadFromString(Files.readString(folder.resolve("report.json")));
    List<String> subjects =
        new ArrayList<>(((Map<String, Object>) report.get("everywhere")).keySet());
    for (Map<String, Object> each : (List<Map<String, Object>>) report.get("judgements")) {
      if (ingresses.contains(each.get("ingress")) && !"same".equals(each.get("verdict"))) {
        subjects.add(each.get("subject").toString());
      }
    }
    return subjects;
  }

  @Override
  public void close() {
    postern.close();
    nginx.close();
  }
}
