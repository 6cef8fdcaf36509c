package dev.postern.app.admin;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Serves a sample, to look at the pages: `AdminDemo troubled|healthy|hostile [port]`.
public final class AdminDemo {
  private AdminDemo() {}

  public static void main(String[] arguments) throws Exception {
    String which = arguments.length > 0 ? arguments[0] : "troubled";
    SampleView view =
        switch (which) {
          case "healthy" -> SampleView.healthy();
          case "hostile" -> SampleView.hostile();
          case "large" -> SampleView.large(10_000);
          default -> SampleView.troubled();
        };
    int port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    AdminServer server =
        new AdminServer(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), view);
    System.out.println("http:/" + server.start());
    Thread.currentThread().join();
  }
}
