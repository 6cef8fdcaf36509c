package dev.postern.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.FreePort;
import dev.postern.proxy.fastcgi.FastCgiProtocol;
import dev.postern.proxy.tls.DownstreamTlsContexts;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.upstream.NettyConnector;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.channel.EventLoop;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("transports")
class ListenerRegistryTest {
  private final Workers workers;
  private final StatStore stats = new StatStore(1);
  private final DownstreamTlsContexts contexts = new DownstreamTlsContexts();
  private final ClusterRegistry clusters;
  private final ListenerRegistry registry;

  ListenerRegistryTest(Transport transport) {
    workers = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT, transport);
    clusters =
        new ClusterRegistry(
            workers,
            stats,
            new NettyConnector(transport, new FastCgiProtocol()),
            new UpstreamTlsContexts(InstantSource.system()),
            (_, _, _) -> {
              throw new UnsupportedOperationException();
            });
    registry = new ListenerRegistry(workers, stats, clusters, contexts, null);
  }

  static List<Named<Transport>> transports() {
    return List.of(named("the best here", Transport.best()), named("the JDK's", Transport.jdk()));
  }

  @AfterEach
  void stop() {
    clusters.close();
    workers.close();
  }

  /// Each change tries again to bind it, with a certificate that another listener serves too.
  @Test
  void aListenerThatCannotBeBoundKeepsNoCertificateInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Listener good = listener("good", FreePort.next());
      Listener bad = listener("bad", taken.getLocalPort());
      for (int i = 0; i < 3; i++) {
        assertThat(registry.update(ir(good, bad), false).listenerErrors()).containsOnlyKeys("bad");
        assertThat(contexts.size()).isEqualTo(1);
      }
    }
    registry.update(Ir.EMPTY, false);
    assertThat(contexts.size()).isZero();
  }

  /// Who sees by an older listener that a change is in effect finds the new ones there.
  @Test
  void aNewListenerIsThereBeforeAnotherShowsTheChange() throws Exception {
    int old = FreePort.next();
    registry.update(ir(answering("old", old, 200)), false);
    try (ExecutorService client = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 50; i++) {
        int fresh = FreePort.next();
        int before = 200 + i;
        Listener one = answering("old", old, before + 1);
        Listener another = answering("fresh-" + i, fresh, 299);
        Future<Integer> seen =
            client.submit(() -> {
              while (get(old) == before) {
                Thread.onSpinWait();
              }
              return get(fresh);
            });
        registry.update(ir(one, another), false);
        assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(299);
      }
    }
  }

  @Test
  void aListenerIsThereUntilTheOthersShowThatItIsGone() throws Exception {
    int old = FreePort.next();
    try (ExecutorService client = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 50; i++) {
        int leaving = FreePort.next();
        int before = 200 + i;
        Listener one = answering("old", old, before);
        registry.update(ir(one, answering("leaving-" + i, leaving, 299)), false);
        Future<Integer> seen =
            client.submit(() -> {
              while (isOpen(leaving)) {
                Thread.onSpinWait();
              }
              return get(old);
            });
        registry.update(ir(answering("old", old, before + 1)), false);
        assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(before + 1);
      }
    }
  }

  @Test
  void aPortGoesFromOneListenerToTheNext() throws Exception {
    int port = FreePort.next();
    for (int i = 0; i < 20; i++) {
      Ir next = ir(answering("name-" + i, port, 201 + i));
      assertThat(registry.update(next, false).listenerErrors()).isEmpty();
      assertThat(get(port)).isEqualTo(201 + i);
    }
  }

  /// A loop that is busy leaves connections waiting, which the system resets when it closes their
  /// socket.
  @Test
  void whoIsConnectedAlreadyIsServedWhenASocketCloses() throws Exception {
    int port = FreePort.next();
    registry.update(ir(answering("one", port, 201)), false);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    EventLoop loop = workers.all().getFirst().loop();
    loop.execute(() -> {
      busy.countDown();
      try {
        assertThat(free.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    List<Socket> waiting = new ArrayList<>();
    try (ExecutorService control = Executors.newSingleThreadExecutor()) {
      assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 20; i++) {
        waiting.add(ask(port));
      }
      Future<?> unbinding = control.submit(registry::unbindAll);
      while (((SingleThreadEventExecutor) loop).pendingTasks() == 0) {
        assertThat(unbinding.isDone()).isFalse();
        Thread.onSpinWait();
      }
      free.countDown();
      unbinding.get(30, TimeUnit.SECONDS);
      for (Socket socket : waiting) {
        assertThat(status(socket)).isEqualTo(201);
      }
      assertThat(isOpen(port)).isFalse();
    } finally {
      free.countDown();
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @Test
  void whoDoesNotBeginWithTlsDoesNotHoldTheEndUp() throws Exception {
    int port = FreePort.next();
    registry.update(ir(listener("tls", port)), false);
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
      silent.setSoTimeout((int) (Timeouts.DEFAULT.requestHead().toMillis() / 2));
      registry.unbindAll();
      workers.onEach(Worker::drain);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static final X509Bundle CERTIFICATE = certificate();

  private static X509Bundle certificate() {
    try {
      return new CertificateBuilder()
          .ecp256()
          .subject("CN=localhost")
          .addSanDnsName("localhost")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Ir ir(Listener... listeners) {
    Map<String, Listener> byName = new HashMap<>();
    for (Listener listener : listeners) {
      byName.put(listener.name(), listener);
    }
    return Ir.of(byName, Map.of(), Map.of());
  }

  private static Listener answering(String name, int port, int status) {
    Route route =
        new Route(
            name,
            RouteMatch.ANY,
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.DirectResponse(status, ""));
    RouteConfiguration routes =
        new RouteConfiguration(name, List.of(new VirtualHost("*", List.of(route))));
    FilterChain chain = new FilterChain(name, List.of(), Optional.empty(), routes);
    return new Listener(name, "127.0.0.1", port, name, List.of(chain));
  }

  /// The status that a new connection gets.
  private static int get(int port) throws IOException {
    try (Socket socket = ask(port)) {
      return status(socket);
    }
  }

  /// Connects and sends a request.
  private static Socket ask(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static int status(Socket socket) throws IOException {
    byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return Integer.parseInt(new String(status, StandardCharsets.US_ASCII).split(" ")[1]);
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  private static Listener listener(String name, int port) {
    DownstreamTls tls =
        new DownstreamTls(
            List.of(
                new ServerCertificate(
                    "ns/secret",
                    CERTIFICATE.getCertificatePathList(),
                    new PrivateKeyDer(CERTIFICATE.getKeyPair().getPrivate().getEncoded()))),
            DownstreamTls.HTTP_ALPN);
    FilterChain chain =
        new FilterChain(name, List.of(), Optional.of(tls), new RouteConfiguration(name, List.of()));
    return new Listener(name, "127.0.0.1", port, name, List.of(chain));
  }
}
