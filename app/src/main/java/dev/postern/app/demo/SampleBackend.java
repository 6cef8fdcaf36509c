package dev.postern.app.demo;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A web server to try things with: HTTP/1.1 with keep-alive, one port in plaintext and one with
/// TLS, on loopback. As nginx does, it answers plaintext on the TLS port with 400.
///
/// Not for traffic: a thread per connection and small requests only.
public final class SampleBackend implements AutoCloseable {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int IDLE_MILLIS = 75_000;
  private static final int MOST_CONNECTIONS = 512;

  private final SSLContext tls;
  private final ServerSocket plaintextSocket;
  private final ServerSocket tlsSocket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private SampleBackend(SSLContext tls, ServerSocket plaintextSocket, ServerSocket tlsSocket) {
    this.tls = tls;
    this.plaintextSocket = plaintextSocket;
    this.tlsSocket = tlsSocket;
  }

  /// Listens on two free ports.
  public static SampleBackend start(SelfSigned identity) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    var plaintextSocket = new ServerSocket(0, 128, loopback);
    var tlsSocket = new ServerSocket(0, 128, loopback);
    var backend = new SampleBackend(context(identity), plaintextSocket, tlsSocket);
    backend.accept(plaintextSocket, backend::servePlaintext);
    backend.accept(tlsSocket, backend::serveTls);
    return backend;
  }

  private static SSLContext context(SelfSigned identity) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] password = new char[0];
      store.setKeyEntry(
          "own", identity.key(), password, new Certificate[] {identity.certificate()});
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS for the sample backend: " + e.getMessage(), e);
    }
  }

  /// Where it speaks plaintext.
  public int plaintextPort() {
    return plaintextSocket.getLocalPort();
  }

  /// Where it speaks TLS.
  public int tlsPort() {
    return tlsSocket.getLocalPort();
  }

  private interface Service {
    void serve(Socket socket) throws IOException;
  }

  private void accept(ServerSocket server, Service service) {
    Thread.ofPlatform()
        .daemon()
        .name("sample-backend")
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              open.add(socket);
              Thread.ofVirtual().start(() -> serve(socket, service));
            } catch (IOException e) {
              // Closed, which the loop sees, or one client gone before it was taken.
            }
          }
        });
  }

  private void serve(Socket socket, Service service) {
    try (socket) {
      if (open.size() <= MOST_CONNECTIONS) {
        socket.setSoTimeout(IDLE_MILLIS);
        socket.setTcpNoDelay(true);
        service.serve(socket);
      }
    } catch (IOException e) {
      // The client is gone, was silent for too long, or did not like the certificate: its right.
    } finally {
      open.remove(socket);
    }
  }

  private void servePlaintext(Socket socket) throws IOException {
    var http =
        new SampleHttp(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
    http.answerAll("plaintext");
  }

  private void serveTls(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    int first = in.read();
    if (first == TLS_HANDSHAKE) {
      InputStream consumed = new ByteArrayInputStream(new byte[] {TLS_HANDSHAKE});
      try (var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, consumed, true)) {
        secure.setUseClientMode(false);
        secure.startHandshake();
        String how =
            secure.getSession().getProtocol() + ", " + secure.getSession().getCipherSuite();
        OutputStream out = secure.getOutputStream();
        new SampleHttp(new BufferedInputStream(secure.getInputStream()), out).answerAll(how);
      }
    } else if (first >= 0) {
      InputStream whole =
          new java.io.SequenceInputStream(new ByteArrayInputStream(new byte[] {(byte) first}), in);
      new SampleHttp(new BufferedInputStream(whole), socket.getOutputStream()).refusePlaintext();
    }
  }

  @Override
  public void close() {
    try {
      plaintextSocket.close();
      tlsSocket.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      // Nothing is left that could be done about it.
    }
  }
}
