package dev.postern.proxy.exchange;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The JDK's HTTP server, which keeps what it got and answers as it is told.
final class Backend implements AutoCloseable {
  /// Instead of a status: no answer until the end.
  static final int NEVER = -1;

  /// Instead of a status: the connection is closed without an answer.
  static final int CLOSE = -2;

  record Received(String method, String target, Headers headers, byte[] body, long atNanos) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /// What to do with a request whose body is read.
  interface Answer {
    void give(HttpExchange exchange, int number) throws IOException;
  }

  final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger number = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /// Answers the first request with the first status, and so on; the last goes for all others.
  static Backend answering(int... statuses) throws IOException {
    Backend[] self = new Backend[1];
    self[0] =
        new Backend((exchange, number) -> {
          int status = statuses[Math.min(number, statuses.length) - 1];
          switch (status) {
            case NEVER -> self[0].untilEnd();
            case CLOSE -> throw new IOException("closed as told");
            default -> say(exchange, status, "attempt " + number);
          }
        });
    return self[0];
  }

  Backend(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            received.add(
                new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    body,
                    System.nanoTime()));
            answer.give(exchange, number.incrementAndGet());
          }
        });
    server.start();
  }

  static void say(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  void untilEnd() throws IOException {
    try {
      if (!end.await(30, TimeUnit.SECONDS)) {
        throw new IOException("nobody ended the test");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
