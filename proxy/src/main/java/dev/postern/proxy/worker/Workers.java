package dev.postern.proxy.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// All workers.
public final class Workers implements AutoCloseable {
  private static final long TASK_SECONDS = 10;

  private final Transport transport = Transport.best();
  private final EventLoopGroup group;
  private final List<Worker> all;

  /// Starts that many.
  public Workers(int count, Timeouts timeouts, Limits limits) {
    LoopClocks clocks = new LoopClocks(transport.io());
    group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("postern-worker", true), clocks);
    all =
        IntStream.range(0, count)
            .mapToObj(i -> {
              EventLoop loop = group.next();
              return new Worker(i, loop, clocks.of(loop), timeouts, limits);
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

  /// Ends the loops with all their connections.
  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    group.terminationFuture().addListener(_ -> all.forEach(Worker::close));
  }
}
