package dev.postern.app.cli;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/// A server on a free port of the loopback interface that does with each connection what a test
/// says, and closes it then.
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket server;

  /// What happens on one connection.
  @FunctionalInterface
  interface Script {
    void run(Socket socket) throws IOException, InterruptedException;
  }

  private ScriptedServer(ServerSocket server, Script script) {
    this.server = server;
    Thread.ofVirtual().start(() -> accept(script));
  }

  static ScriptedServer plain(Script script) throws IOException {
    return new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  /// A certificate, those that it sends with it, and its key.
  record Shown(PrivateKey key, X509Certificate... chain) {}

  /// @param clients whom it lets in; null for everybody
  static ScriptedServer tls(
      Shown shown, @Nullable X509Bundle clients, Consumer<SSLServerSocket> change, Script script)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keys(shown).getKeyManagers(),
        clients == null ? null : clients.toTrustManagerFactory().getTrustManagers(),
        null);
    var server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(clients != null);
    change.accept(server);
    return new ScriptedServer(server, script);
  }

  private static KeyManagerFactory keys(Shown shown) throws IOException, GeneralSecurityException {
    char[] password = "test".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("shown", shown.key(), password, shown.chain());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    return keys;
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, script));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void serve(Socket socket, Script script) {
    try (socket) {
      script.run(socket);
    } catch (IOException | InterruptedException e) {
      // The probe has heard enough.
    }
  }

  /// Reads the head of a request; answers HTTP/1.1 and nothing else.
  static void http(Socket socket, String answer) throws IOException {
    String head = head(socket.getInputStream());
    if (head.startsWith("GET / HTTP/1.1\r\n")) {
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    for (int c = in.read(); c >= 0 && head.length() < 10_000; c = in.read()) {
      head.append((char) c);
      if (head.toString().endsWith("\r\n\r\n")) {
        break;
      }
    }
    return head.toString();
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
