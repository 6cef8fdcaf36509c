package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.ForwardOptions;
import dev.postern.proxy.stat.ClusterStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that wait because a cluster has as many connections as it may.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class QueuedRequestTest {
  private static final CircuitBreakers TWO_CONNECTIONS = new CircuitBreakers(2, 1000, 1000);

  private final Gate gate = new Gate();
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch oneGoes = new CountDownLatch(1);
  private final AtomicInteger held = new AtomicInteger();
  private final List<Socket> clients = new ArrayList<>();

  /// Each holds its first request; one lets it go in the end, and its connection with it.
  private final Backend stays = new Backend((exchange, number) -> answer(exchange, number, end));

  private final Backend goes = new Backend((exchange, number) -> answer(exchange, number, oneGoes));

  QueuedRequestTest() throws IOException {}

  private void answer(HttpExchange exchange, int number, CountDownLatch until) throws IOException {
    if (number == 1) {
      held.incrementAndGet();
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    exchange.getResponseHeaders().set("Connection", "close");
    Backend.say(exchange, 200, "done");
  }

  @AfterEach
  void close() throws IOException {
    oneGoes.countDown();
    end.countDown();
    for (Socket client : clients) {
      client.close();
    }
    gate.close();
    stays.close();
    goes.close();
  }

  @Test
  void aConnectionThatEndsMakesRoomAtOtherEndpointsToo() throws Exception {
    gate.breakers(TWO_CONNECTIONS).to(stays.port(), goes.port()).forward(ForwardOptions.NONE);
    while (held.get() < 2) {
      ask();
      await().until(() -> stays.received.size() + goes.received.size() == clients.size());
    }
    int before = clients.size();
    for (int i = 0; i < 12; i++) {
      ask();
    }
    await().until(() -> gate.count(ClusterStat.UPSTREAM_RQ_PENDING_ACTIVE) >= 12);
    oneGoes.countDown();
    for (Socket client : clients.subList(before, clients.size())) {
      assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
    }
  }

  private void ask() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), gate.port);
    clients.add(client);
    client.setSoTimeout(10_000);
    client
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }
}
