package dev.postern.e2e.hop;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.NginxProcess;
import dev.postern.e2e.fixture.OpensslServer;
import dev.postern.e2e.fixture.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A real nginx with many servers, and an openssl that lets nobody in without a certificate. */
final class ForeignServers implements AutoCloseable {
  static final String NAME = "backend.example";
  static final Certificates AUTHORITY = Certificates.authority("Authority");
  static final Certificates CLIENTS = Certificates.authority("Clients");
  private static final Certificates STRANGER = Certificates.authority("Authority");

  final int plain = Ports.free();
  final int http2 = Ports.free();
  final int good = Ports.free();
  final int wrongName = Ports.free();
  final int untrusted = Ports.free();

  /** Says whose certificate it was shown. */
  final int asking = Ports.free();

  /** They have names of their own. */
  final int first = Ports.free();

  final int second = Ports.free();

  private final Path folder;
  private final NginxProcess nginx;
  private final OpensslServer openssl;

  ForeignServers(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    Certificates leaf = AUTHORITY.leafFor(NAME);
    Files.writeString(folder.resolve("clients.crt"), CLIENTS.certificatePem());
    List<String> servers = new ArrayList<>();
    servers.add(server(plain, "", ""));
    servers.add(server(http2, " http2", ""));
    servers.add(tls(good, leaf, ""));
    servers.add(tls(wrongName, AUTHORITY.leafFor("other.example"), ""));
    servers.add(tls(untrusted, STRANGER.leafFor(NAME), ""));
    servers.add(tls(asking, leaf, "ssl_verify_client on; ssl_client_certificate clients.crt;"));
    servers.add(tls(first, AUTHORITY.leafFor("a.example"), ""));
    servers.add(tls(second, AUTHORITY.leafFor("b.example"), ""));
    nginx = NginxProcess.serving(folder, String.join("\n", servers), plain, second);
    openssl = OpensslServer.demanding(folder.resolve("openssl"), leaf, CLIENTS);
  }

  /** Refuses the handshake of who shows no certificate. */
  int demanding() {
    return openssl.port();
  }

  private String tls(int port, Certificates certificate, String more) throws IOException {
    Files.writeString(folder.resolve(port + ".crt"), certificate.chainPem());
    Path key = Files.writeString(folder.resolve(port + ".key"), certificate.keyPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return server(
        port,
        " ssl",
        "ssl_certificate %d.crt; ssl_certificate_key %d.key; %s".formatted(port, port, more));
  }

  private static String server(int port, String listen, String more) {
    return """
    server {
      listen 127.0.0.1:%d%s;
      %s
      location / {
        return 200 "port=%d sni=$ssl_server_name client=$ssl_client_s_dn over=$server_protocol\\n";
      }
    }
    """
        .formatted(port, listen, more, port);
  }

  @Override
  public void close() {
    nginx.close();
    openssl.close();
  }
}
