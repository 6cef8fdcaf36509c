package dev.postern.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A temporary file that nobody else can open: only its owner may, and its name is gone as soon as
/// it is open, so that however the process ends nothing is left. Files block, so each call works on
/// a thread of its own and answers on the event loop; one call at a time.
final class SpoolFile {
  private final EventLoop loop;
  private @Nullable FileChannel channel;

  SpoolFile(EventLoop loop) {
    this.loop = loop;
  }

  private interface Work {
    void run(FileChannel file) throws IOException;
  }

  /// Writes at the end.
  ///
  /// @param done is told why not, or nothing
  void append(ByteBuf data, Consumer<String> done) {
    run(file -> write(file, data), done);
  }

  private static void write(FileChannel file, ByteBuf data) throws IOException {
    ByteBuffer octets = data.nioBuffer();
    while (octets.hasRemaining()) {
      file.write(octets);
    }
  }

  /// Fills what is writable of `into` with what is at that position.
  ///
  /// @param done is told why not, or nothing
  void read(long position, ByteBuf into, Consumer<String> done) {
    run(file -> fill(file, position, into), done);
  }

  private static void fill(FileChannel file, long position, ByteBuf into) throws IOException {
    long at = position;
    while (into.isWritable()) {
      int count = into.writeBytes(file, at, into.writableBytes());
      if (count <= 0) {
        throw new IOException("the file is shorter than it was");
      }
      at += count;
    }
  }

  /// Closes it, and with that gives its room back. No call may be under way.
  void close() {
    FileChannel file = channel;
    if (file != null) {
      Thread.startVirtualThread(() -> close(file));
    }
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException alreadyUseless) {
      // Nothing was to be kept.
    }
  }

  private void run(Work work, Consumer<String> done) {
    Thread.startVirtualThread(() -> {
      String failure = "";
      try {
        FileChannel file = channel;
        if (file == null) {
          file = open();
          channel = file;
        }
        work.run(file);
      } catch (IOException e) {
        failure = "the body cannot be kept in a temporary file: " + e.getMessage();
      }
      String outcome = failure;
      loop.execute(() -> done.accept(outcome));
    });
  }

  private static FileChannel open() throws IOException {
    Path path =
        Files.createTempFile(
            "postern-body-",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }
}
