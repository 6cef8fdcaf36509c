package dev.postern.proxy.http2backend;

import dev.postern.proxy.FreePort;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// `websocket.js` on Node.js: an HTTP/2 server of another make that takes WebSockets.
final class NodeWebSockets implements AutoCloseable {
  /// What it told.
  final List<String> told = new CopyOnWriteArrayList<>();

  private final int port = FreePort.next();
  private final Process process;

  /// @param identity key and certificate as PEM, or nothing for plaintext
  NodeWebSockets(File... identity) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node", "src/test/node/websocket.js"));
    command.add(Integer.toString(port));
    for (File file : identity) {
      command.add(file.getPath());
    }
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    CountDownLatch ready = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines = process.inputReader()) {
            String line;
            while ((line = lines.readLine()) != null) {
              told.add(line);
              if (line.equals("ready")) {
                ready.countDown();
              }
            }
          } catch (IOException e) {
            // Closed.
          }
        });
    if (!ready.await(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("node (on Debian: apt-get install nodejs): " + told);
    }
  }

  int port() {
    return port;
  }

  /// The head of the first request, once it told it.
  String request() throws InterruptedException {
    Http2BackendTest.await(() -> told.size() > 2);
    return told.get(2);
  }

  /// How many times it told that.
  long count(String line) {
    return told.stream().filter(line::equals).count();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
