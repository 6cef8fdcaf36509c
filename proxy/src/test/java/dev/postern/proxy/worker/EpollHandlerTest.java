package dev.postern.proxy.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class EpollHandlerTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollHandler.newFactory());
  private final IoEventLoop loop = group.next();
  private FileDescriptor reader;
  private FileDescriptor writer;

  @BeforeEach
  void pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    reader = ends[0];
    writer = ends[1];
  }

  @AfterEach
  void end() throws Exception {
    group.shutdownGracefully(0, 1, SECONDS).sync();
    reader.close();
    writer.close();
  }

  @Test
  void whatWasAskedForLastCounts() throws Exception {
    Handle writing = new Handle(writer);
    IoRegistration registration = register(writing);
    inOneTurn(registration, EpollIoOps.EPOLLOUT, EpollIoOps.EPOLLRDHUP);
    Handle reading = new Handle(reader);
    IoRegistration other = register(reading);
    inOneTurn(other, EpollIoOps.EPOLLRDHUP, EpollIoOps.EPOLLIN);
    write();
    assertThat(reading.next()).isEqualTo(EpollIoOps.EPOLLIN);
    assertThat(writing.events).isEmpty();
  }

  /** Level-triggered: what is there already is told, however often it was asked for. */
  @Test
  void whoAsksAgainHearsAgain() throws Exception {
    write();
    Handle reading = new Handle(reader);
    IoRegistration registration = register(reading);
    for (int i = 0; i < 3; i++) {
      ask(registration, EpollIoOps.EPOLLIN);
      assertThat(reading.next()).isEqualTo(EpollIoOps.EPOLLIN);
      ask(registration, EpollIoOps.NONE);
      reading.events.clear();
    }
  }

  @Test
  void whoWaitsForNothingIsStillThereWhenTheOtherEndIsGone() throws Exception {
    Handle reading = new Handle(reader);
    IoRegistration registration = register(reading);
    ask(registration, EpollIoOps.EPOLLRDHUP);
    ask(registration, EpollIoOps.NONE);
    write();
    writer.close();
    ask(registration, EpollIoOps.EPOLLIN);
    EpollIoOps seen = reading.next();
    while (!seen.contains(EpollIoOps.EPOLLIN)) {
      seen = reading.next();
    }
    assertThat(read()).isEqualTo(1);
  }

  /** So that who binds or connects knows. epoll_ctl(2): EPERM for a regular file. */
  @Test
  void whatTheSystemDoesNotWatchIsRefusedAtOnce(@TempDir Path folder) throws Exception {
    FileDescriptor file = FileDescriptor.from(folder.resolve("file").toFile());
    try {
      IoRegistration registration = register(new Handle(file));
      Future<Long> asked = loop.submit(() -> registration.submit(EpollIoOps.EPOLLIN));
      assertThat(asked.await().cause()).isInstanceOf(UncheckedIOException.class);
    } finally {
      file.close();
    }
  }

  /** A descriptor that somebody closed is another's the next time; the loop goes on. */
  @Test
  void whatTheSystemNoLongerKnowsIsClosed() throws Exception {
    Handle writing = new Handle(writer);
    IoRegistration registration = register(writing);
    ask(registration, EpollIoOps.EPOLLRDHUP);
    writer.close();
    ask(registration, EpollIoOps.EPOLLOUT);
    assertThat(writing.closed.await(10, SECONDS)).isTrue();
    Handle reading = new Handle(reader);
    ask(register(reading), EpollIoOps.EPOLLRDHUP);
    assertThat(reading.next()).isNotNull();
  }

  @Test
  void whoIsGoneIsNotToldOf() throws Exception {
    write();
    Handle reading = new Handle(reader);
    IoRegistration registration = register(reading);
    loop.submit(
            () -> {
              registration.submit(EpollIoOps.EPOLLIN);
              registration.cancel();
            })
        .sync();
    assertThat(registration.isValid()).isFalse();
    assertThat(registration.submit(EpollIoOps.EPOLLIN)).isEqualTo(-1);
    Handle writing = new Handle(writer);
    ask(register(writing), EpollIoOps.EPOLLOUT);
    assertThat(writing.next()).isEqualTo(EpollIoOps.EPOLLOUT);
    assertThat(reading.events).isEmpty();
  }

  private IoRegistration register(Handle handle) throws Exception {
    IoRegistration registration = loop.register(handle).sync().getNow();
    handle.registration = registration;
    return registration;
  }

  /** From another thread than the loop's. */
  private void ask(IoRegistration registration, EpollIoOps ops) throws Exception {
    registration.submit(ops);
    loop.submit(() -> {}).sync();
  }

  /** On the loop, as Netty's channels do. */
  private void inOneTurn(IoRegistration registration, EpollIoOps first, EpollIoOps last)
      throws Exception {
    loop.submit(
            () -> {
              registration.submit(first);
              registration.submit(last);
            })
        .sync();
  }

  private void write() throws IOException {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    assertThat(writer.write(one, 0, 1)).isEqualTo(1);
  }

  private int read() throws IOException {
    ByteBuffer more = ByteBuffer.allocateDirect(2);
    return reader.read(more, 0, 2);
  }

  /** Half of a pipe, or a file. */
  private static final class Handle implements EpollIoHandle {
    final BlockingQueue<EpollIoOps> events = new LinkedBlockingQueue<>();
    final CountDownLatch closed = new CountDownLatch(1);
    private final FileDescriptor fd;
    volatile @Nullable IoRegistration registration;

    Handle(FileDescriptor fd) {
      this.fd = fd;
    }

    @Override
    public FileDescriptor fd() {
      return fd;
    }

    /** One who can read or write has heard enough: level-triggered, it would go on and on. */
    @Override
    public void handle(IoRegistration netty, IoEvent event) {
      EpollIoOps ops = ((EpollIoEvent) event).ops();
      if (ops.contains(EpollIoOps.EPOLLIN) || ops.contains(EpollIoOps.EPOLLOUT)) {
        own().submit(EpollIoOps.NONE);
      }
      events.add(ops);
    }

    /** What Netty passes along is its own, below ours. */
    private IoRegistration own() {
      return Objects.requireNonNull(registration);
    }

    EpollIoOps next() throws InterruptedException {
      EpollIoOps next = events.poll(10, SECONDS);
      assertThat(next).as("something was heard").isNotNull();
      return next;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
