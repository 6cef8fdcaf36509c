package dev.postern.proxy;

import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `openssl s_server`, which answers with a page about the connection, the client's certificate
/// included.
final class OpenSslServer implements AutoCloseable {
  private final Process process;
  private final int port;

  /// @param options such as `-tls1_3`
  OpenSslServer(Path folder, X509Bundle identity, String... options) throws IOException {
    Path cert = write(folder, "server.pem", identity.getCertificatePathPEM());
    Path key = write(folder, "server.key", identity.getPrivateKeyPEM());
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-www",
                "-cert",
                cert.toString(),
                "-cert_chain",
                cert.toString(),
                "-key",
                key.toString()));
    command.addAll(List.of(options));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    port = awaitPort(out);
    Thread.ofVirtual().start(() -> drain(out));
  }

  private static int awaitPort(BufferedReader out) throws IOException {
    StringBuilder all = new StringBuilder();
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("ACCEPT ")) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      }
      all.append(line).append('\n');
    }
    throw new IOException("openssl s_server did not start: " + all);
  }

  /// A full pipe would stop it.
  private static void drain(BufferedReader out) {
    try (out) {
      out.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // it ended
    }
  }

  /// Makes a file in that folder.
  static Path write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(System.nanoTime() + "-" + name), text);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
