package dev.postern.proxy.worker;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// All workers.
public final class Workers implements AutoCloseable {
  private static final long TASK_SECONDS = 10;

  /// Of a loop that does not answer.
  private static final long UNKNOWN = -1;

  private final Transport transport;
  private final EventLoopGroup group;
  private final List<Worker> all;

  /// Starts that many, with the best transport.
  public Workers(int count, Timeouts timeouts, Limits limits) {
    this(count, timeouts, limits, Transport.best());
  }

  /// Starts that many.
  public Workers(int count, Timeouts timeouts, Limits limits, Transport transport) {
    this.transport = transport;
    LoopHandlers handlers = new LoopHandlers(transport);
    group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("postern-worker", true), handlers);
    all =
        IntStream.range(0, count)
            .mapToObj(i -> {
              EventLoop loop = group.next();
              return new Worker(i, loop, handlers.gauges(loop), timeouts, limits);
            })
            .toList();
  }

  public Transport transport() {
    return transport;
  }

  public EventLoopGroup group() {
    return group;
  }

  public List<Worker> all() {
    return all;
  }

  /// The one whose loop that is.
  public Worker of(EventLoop loop) {
    for (Worker worker : all) {
      if (worker.loop().equals(loop)) {
        return worker;
      }
    }
    throw new IllegalArgumentException("not a worker's loop: " + loop);
  }

  /// Runs it on every worker's loop and waits until all are done. Not from a loop.
  ///
  /// @throws IllegalStateException a loop did not come to it in time
  public void onEach(Consumer<Worker> task) {
    CountDownLatch done = new CountDownLatch(all.size());
    for (Worker worker : all) {
      worker
          .loop()
          .execute(() -> {
            try {
              task.accept(worker);
            } finally {
              done.countDown();
            }
          });
    }
    try {
      if (!done.await(TASK_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a worker is stuck for " + TASK_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits until a socket that is being closed is no longer there for the system. Not from a loop.
  ///
  /// The JDK's sockets are there until their loop has looked at its sockets once more (java.nio
  /// Selector: a cancelled key is removed by the next selection).
  ///
  /// @param closing the loop's, which was told to close
  public void awaitClosed(Channel closing) {
    closing.closeFuture().awaitUninterruptibly();
    if (!transport.closesLater()) {
      return;
    }
    EventLoop loop = closing.eventLoop();
    LoopClock clock = of(loop).clock();
    try {
      long before = rounds(loop, clock);
      long now = before;
      while (now == before && now != UNKNOWN) {
        now = rounds(loop, clock); // To be asked wakes the loop.
      }
    } catch (RejectedExecutionException ended) {
      // So has its Selector.
    }
  }

  private static long rounds(EventLoop loop, LoopClock clock) {
    Future<Long> asked = loop.submit(clock::rounds);
    return asked.awaitUninterruptibly(TASK_SECONDS, TimeUnit.SECONDS) ? asked.getNow() : UNKNOWN;
  }

  /// Ends the loops with all their connections.
  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    group.terminationFuture().addListener(_ -> all.forEach(Worker::close));
  }
}
