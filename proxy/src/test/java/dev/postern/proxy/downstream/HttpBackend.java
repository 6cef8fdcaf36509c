package dev.postern.proxy.downstream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The JDK's HTTP server, which answers with what it got.
final class HttpBackend implements AutoCloseable {
  final AtomicInteger requests = new AtomicInteger();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  HttpBackend() throws IOException {
    this(HttpBackend::echo);
  }

  HttpBackend(HttpHandler handler) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          handler.handle(exchange);
        });
    server.start();
  }

  /// Sends the body back as it comes.
  private static void echo(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().add("x-method", exchange.getRequestMethod());
      exchange.getResponseHeaders().add("x-target", exchange.getRequestURI().toString());
      String cookie = exchange.getRequestHeaders().getFirst("cookie");
      if (cookie != null) {
        exchange.getResponseHeaders().add("x-cookie", cookie);
      }
      exchange
          .getResponseHeaders()
          .add(
              "x-client-cert",
              String.valueOf(exchange.getRequestHeaders().getFirst("x-forwarded-client-cert")));
      exchange
          .getResponseHeaders()
          .add("x-host", String.valueOf(exchange.getRequestHeaders().getFirst("host")));
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().add("content-length", "5");
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, 0);
        exchange.getRequestBody().transferTo(exchange.getResponseBody());
      }
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
