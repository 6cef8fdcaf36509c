package dev.postern.proxy.tls;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A backend on the JDK's TLS: shakes hands, says `hi`, waits for the other side to close.
final class TlsBackend implements AutoCloseable {
  private final SSLServerSocket socket;
  private final List<String> serverNames = new CopyOnWriteArrayList<>();

  TlsBackend(X509Bundle identity, String... protocols) throws Exception {
    KeyManagerFactory keys = identity.toKeyManagerFactory();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(protocols);
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /// What clients asked for, in order.
  List<String> serverNames() {
    return serverNames;
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket connection = (SSLSocket) socket.accept();
        Thread.ofVirtual().start(() -> greet(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void greet(SSLSocket connection) {
    try (connection) {
      connection.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) connection.getSession();
      session
          .getRequestedServerNames()
          .forEach(name -> serverNames.add(((SNIHostName) name).getAsciiName()));
      connection.getOutputStream().write("hi".getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
      connection.getInputStream().read();
    } catch (IOException e) {
      // the client's side of the story is what is tested
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// A server that answers every connection with these octets and closes it.
  static ServerSocket plain(String answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              try (var connection = server.accept()) {
                connection.getInputStream().readNBytes(5);
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
              }
            }
          } catch (IOException e) {
            // closed
          }
        });
    return server;
  }
}
