package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A wire to a server for one client, that passes on the ClientHello, and the rest of what the
/// client sends only once it is told to.
final class HelloRelay implements AutoCloseable {
  private final ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final CountDownLatch answered = new CountDownLatch(1);
  private final CountDownLatch rest = new CountDownLatch(1);

  HelloRelay(int serverPort) throws IOException {
    Thread.ofVirtual().start(() -> relay(serverPort));
  }

  int port() {
    return relay.getLocalPort();
  }

  /// The server has answered the ClientHello.
  void awaitHello() throws InterruptedException {
    assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
  }

  void goOn() {
    rest.countDown();
  }

  private void relay(int serverPort) {
    try (Socket near = relay.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
      byte[] hello = new byte[16 * 1024];
      int octets = near.getInputStream().read(hello);
      far.getOutputStream().write(hello, 0, octets);
      byte[] first = far.getInputStream().readNBytes(1);
      answered.countDown();
      near.getOutputStream().write(first);
      Thread back = Thread.ofVirtual().start(() -> pass(far, near));
      rest.await();
      near.getInputStream().transferTo(far.getOutputStream());
      back.join();
    } catch (IOException | InterruptedException e) {
      // closed
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public void close() throws IOException {
    rest.countDown();
    relay.close();
  }
}
