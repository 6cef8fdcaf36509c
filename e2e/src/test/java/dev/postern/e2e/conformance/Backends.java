package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Peers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that a request may reach, and the certificates of everybody; what nobody asks for is not
 * started.
 */
final class Backends implements AutoCloseable {
  private final ManifestFolder folder;
  private final List<AutoCloseable> running = new ArrayList<>();
  private final Map<String, EchoServer> echoes = new ConcurrentHashMap<>();
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final Map<String, Certificates> certificates = new ConcurrentHashMap<>();

  Backends(ManifestFolder folder) {
    this.folder = folder;
    Certificates front = Certificates.authority("Front");
    Certificates ca = Certificates.authority("Backends");
    Certificates clients = Certificates.authority("Clients");
    Certificates others = Certificates.authority("Other clients");
    certificates.put("front-ca", front);
    certificates.put(
        "front",
        front.leafFor("example.org", "*.example.org", "*.wild.test", "*.example.test", "tls.test"));
    certificates.put("ca", ca);
    certificates.put("other-ca", Certificates.authority("Nobody's"));
    certificates.put(
        "backend",
        ca.leaf(
            "abc.test",
            builder ->
                Certificates.withUri(
                    builder.addSanDnsName("abc.test").addSanDnsName("other.test"),
                    "spiffe://abc.test/identity")));
    certificates.put("clients-ca", clients);
    certificates.put("client", clients.clientLeaf("client.test"));
    certificates.put("others-ca", others);
    certificates.put("other-client", others.clientLeaf("other.test"));
  }

  Certificates certificates(String name) {
    return certificates.get(name);
  }

  /**
   * @param file such as {@code front.chain} or {@code front.key}
   */
  String pem(String file) {
    String[] parts = file.split("\\.", 2);
    Certificates found = certificates(parts[0]);
    return parts[1].equals("key") ? found.keyPem() : found.chainPem();
  }

  String base64(String file) {
    return Base64.getEncoder().encodeToString(pem(file).getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * The port of a backend: {@code one}, {@code tls-one}, {@code grpc-one}, {@code tcp-one}, {@code
   * udp-one}, {@code tcptls-one}, {@code h2c-one}, {@code auth-one}, {@code authgrpc-one}, with any
   * other name in the place of {@code one}.
   */
  int port(String name) {
    String kind = name.contains("-") ? name.substring(0, name.indexOf('-')) : "";
    return switch (kind) {
      case "grpc" -> ports.computeIfAbsent(name, any -> kept(new GrpcEcho(name)).port());
      case "tcp" -> ports.computeIfAbsent(name, any -> kept(BytesEcho.plain(name)).port());
      case "tcptls" ->
          ports.computeIfAbsent(
              name, any -> kept(BytesEcho.tls(name, certificates("backend"))).port());
      case "udp" -> ports.computeIfAbsent(name, any -> kept(new DatagramEcho(name)).port());
      case "auth" ->
          ports.computeIfAbsent(name, any -> kept(AuthServer.http(certificates("backend"))).port());
      case "authgrpc" ->
          ports.computeIfAbsent(name, any -> kept(AuthServer.grpc(certificates("backend"))).port());
      case "h2c" -> ports.computeIfAbsent(name, any -> peer());
      default -> echo(name).port();
    };
  }

  private int peer() {
    Peers peers = new Peers(folder.path().resolveSibling(folder.path().getFileName() + "-peers"));
    int port = peers.add("http2");
    kept(peers.start());
    return port;
  }

  EchoServer echo(String name) {
    return echoes.computeIfAbsent(
        name,
        any ->
            kept(
                name.startsWith("tls-")
                    ? EchoServer.tls(name, certificates("backend"), certificates("clients-ca"))
                    : EchoServer.plain(name)));
  }

  private <T extends AutoCloseable> T kept(T server) {
    running.add(server);
    return server;
  }

  @Override
  public void close() {
    for (AutoCloseable server : running) {
      try {
        server.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
