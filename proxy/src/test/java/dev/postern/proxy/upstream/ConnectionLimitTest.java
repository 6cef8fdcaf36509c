package dev.postern.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.WebSocketBackend;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `maxConnections` counts over all workers, so no worker may wait for what another does not need.
class ConnectionLimitTest {
  private final Workers workers = new Workers(4, Timeouts.DEFAULT, Limits.DEFAULT);
  private final UpstreamTlsContexts contexts = new UpstreamTlsContexts(InstantSource.system());
  private final Worker one = workers.all().get(0);
  private final Worker other = workers.all().get(1);
  private ServerSocket server;
  private ClusterEntry entry;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    entry =
        new ClusterEntry(
            "c",
            new StatStore(4).group("cluster.c", ClusterStat.SCHEMA),
            new NettyConnector(
                workers.transport(),
                _ -> {
                  throw new UnsupportedOperationException();
                }),
            contexts,
            4);
    entry.spec(spec(2, server.getLocalPort()));
  }

  @AfterEach
  void stop() throws IOException {
    workers.close();
    server.close();
  }

  @Test
  void anIdleConnectionOfOneWorkerGivesWayToARequestOfAnother() throws Exception {
    open(one);
    Asker left = ask(other);
    BackendStream unused = left.stream.get(10, TimeUnit.SECONDS);
    try (Socket _ = server.accept();
        Socket second = server.accept()) {
      answer(other, unused, second);
      left.ended.get(10, TimeUnit.SECONDS);
      assertThat(open(one)).isNotNull();
      second.setSoTimeout(10_000);
      assertThat(second.getInputStream().readAllBytes()).as("until it is closed").isEmpty();
    }
  }

  @Test
  void aConnectionThatIsDoneIsNotKeptWhileARequestOfAnotherWorkerWaits() throws Exception {
    open(one);
    Asker busy = ask(other);
    BackendStream stream = busy.stream.get(10, TimeUnit.SECONDS);
    try (Socket _ = server.accept();
        Socket second = server.accept()) {
      Asker waits = ask(one);
      await().until(() -> onLoop(one, () -> waits.pending.isQueued()));
      answer(other, stream, second);
      assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aConnectionThatEndsMakesRoomForARequestOfAnotherWorker() throws Exception {
    open(one);
    Asker busy = ask(other);
    BackendStream stream = busy.stream.get(10, TimeUnit.SECONDS);
    Asker waits = ask(one);
    await().until(() -> onLoop(one, () -> waits.pending.isQueued()));
    onLoop(
        other,
        () -> {
          stream.cancel();
          return true;
        });
    assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  /// An endpoint without a connection may always have one: to close it makes no room.
  @Test
  void aConnectionIsKeptWhereToCloseItHelpsNobody() throws Exception {
    entry.spec(spec(1, server.getLocalPort()));
    open(one);
    Asker busy = ask(other);
    BackendStream stream = busy.stream.get(10, TimeUnit.SECONDS);
    try (Socket _ = server.accept();
        Socket second = server.accept()) {
      Asker waits = ask(one);
      await().until(() -> onLoop(one, () -> queueOf(one).waitingLong() == 1));
      answer(other, stream, second);
      busy.ended.get(10, TimeUnit.SECONDS);
      Asker again = ask(other);
      again.stream.get(10, TimeUnit.SECONDS);
      assertThat(again.pending).as("it had to open one").isNull();
      assertThat(waits.stream).isNotDone();
    }
  }

  /// Who waits for the only one may open it again at once.
  @Test
  void theOnlyConnectionIsKeptForWhoWaitsForIt() throws Exception {
    open(one);
    BackendStream stream = open(other);
    try (Socket _ = server.accept();
        Socket second = server.accept()) {
      ask(one);
      await().until(() -> onLoop(one, () -> queueOf(one).waitingLong() == 1));
      Asker next = ask(other);
      answer(other, stream, second);
      answer(other, next.stream.get(10, TimeUnit.SECONDS), second);
    }
  }

  /// As each worker may have one to each endpoint there are more than the limit.
  @Test
  void ofMoreThanMayBeThoseAreGivenUpThatNobodyUses() throws Exception {
    List<BackendStream> streams = new ArrayList<>();
    for (Worker worker : workers.all()) {
      streams.add(open(worker));
    }
    List<Socket> backend = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        backend.add(server.accept());
      }
      Asker waits = ask(one);
      for (int i = 1; i < 4; i++) {
        answer(workers.all().get(i), streams.get(i), backend.get(i));
      }
      assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
    } finally {
      for (Socket socket : backend) {
        socket.close();
      }
    }
  }

  /// Also where its own have waited for long meanwhile: who came first is first.
  @Test
  void aWorkerWhoseOwnRequestsNeverEndGivesWayToWhoHasWaitedForLong() throws Exception {
    entry.spec(spec(3, server.getLocalPort()));
    open(one);
    BackendStream first = open(other);
    try (Socket _ = server.accept();
        Socket firstBackend = server.accept()) {
      BackendStream second = open(other);
      try (Socket secondBackend = server.accept()) {
        Asker waits = ask(one);
        await().until(() -> onLoop(one, () -> queueOf(one).waitingLong() == 1));
        Asker next = ask(other);
        ask(other);
        await().until(() -> onLoop(other, () -> queueOf(other).waitingLong() == 2));
        answer(other, first, firstBackend);
        assertThat(next.stream.get(10, TimeUnit.SECONDS)).as("each worker in turn").isNotNull();
        answer(other, second, secondBackend);
        assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  private ConnectionQueue queueOf(Worker worker) {
    return Objects.requireNonNull(entry.on(worker)).queue();
  }

  @Test
  void aHigherLimitIsForThoseWhoWaitAlready() throws Exception {
    entry.spec(spec(1, server.getLocalPort()));
    open(one);
    Asker waits = ask(one);
    assertThat(onLoop(one, () -> waits.pending.isQueued())).isTrue();
    entry.spec(spec(2, server.getLocalPort()));
    onLoop(
        one,
        () -> {
          entry.refresh(one);
          return true;
        });
    assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void whoWaitsAtAnEndpointThatLeftIsToldToo() throws Exception {
    open(one);
    BackendStream stream = open(other);
    Asker waits = ask(one);
    assertThat(onLoop(one, () -> waits.pending.isQueued())).isTrue();
    entry.spec(spec(2, server.getLocalPort() == 1 ? 2 : 1));
    onLoop(
        one,
        () -> {
          entry.refresh(one);
          return true;
        });
    onLoop(
        other,
        () -> {
          stream.cancel();
          return true;
        });
    assertThat(waits.stream.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  private static void answer(Worker worker, BackendStream stream, Socket backend)
      throws IOException, InterruptedException, ExecutionException {
    RequestHead head = new RequestHead();
    head.clear();
    byte[] text = "GET/a".getBytes(ISO_8859_1);
    System.arraycopy(text, 0, head.headers().room(text.length), 0, text.length);
    head.headers().extend(text.length);
    head.method(0, 3);
    head.target(3, 1);
    head.authority(4, 1);
    onLoop(
        worker,
        () -> {
          stream.head(head, true);
          stream.flush();
          return true;
        });
    assertThat(WebSocketBackend.head(backend.getInputStream())).startsWith("GET ");
    backend
        .getOutputStream()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
  }

  private BackendStream open(Worker worker) throws Exception {
    return ask(worker).stream.get(10, TimeUnit.SECONDS);
  }

  private Asker ask(Worker worker) throws Exception {
    return onLoop(
        worker,
        () -> {
          WorkerCluster cluster = Objects.requireNonNull(entry.on(worker));
          Asker asker = new Asker();
          BackendStream kept = cluster.reuse(cluster.endpoints().getFirst(), asker, false);
          if (kept != null) {
            asker.stream.complete(kept);
          } else {
            asker.pending =
                Objects.requireNonNull(
                    cluster.connect(cluster.endpoints().getFirst(), asker, false));
          }
          return asker;
        });
  }

  private static <T> T onLoop(Worker worker, Callable<T> task)
      throws InterruptedException, ExecutionException {
    return worker.loop().submit(task).get();
  }

  private static ClusterSpec spec(int maxConnections, int port) {
    CircuitBreakers usual = CircuitBreakers.DEFAULT;
    return new ClusterSpec(
        new Cluster(
            "c",
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            Optional.empty(),
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            new CircuitBreakers(maxConnections, usual.maxPendingRequests(), usual.maxRequests()),
            OutlierDetection.DEFAULT),
        List.of(new LoadAssignment.Endpoint("127.0.0.1", port)));
  }

  private static final class Asker implements BackendListener {
    final CompletableFuture<BackendStream> stream = new CompletableFuture<>();
    final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    PendingRequest pending;

    @Override
    public void connected(BackendStream connected) {
      stream.complete(connected);
    }

    @Override
    public void connectFailed(TrafficFailure failure, String reason) {
      stream.completeExceptionally(new IOException(reason));
    }

    @Override
    public void responseInformational(ResponseHead head) {}

    @Override
    public void responseSwitched(ResponseHead head) {}

    @Override
    public void responseHead(ResponseHead head, boolean end) {
      if (end) {
        ended.complete(true);
      }
    }

    @Override
    public void responseData(ByteBuf data, boolean end) {
      data.release();
      if (end) {
        ended.complete(true);
      }
    }

    @Override
    public void responseTrailers(HeaderBlock trailers) {
      ended.complete(true);
    }

    @Override
    public void responseFlush() {}

    @Override
    public void responseNote(String note) {}

    @Override
    public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
      ended.completeExceptionally(new IOException(reason));
    }

    @Override
    public void backendWritable() {}
  }
}
