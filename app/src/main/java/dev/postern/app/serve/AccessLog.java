package dev.postern.app.serve;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Writes lines from a thread of its own. Who logs only copies the line into memory: a reader that
/// is slow or gone costs lines, which are counted, never a request.
public final class AccessLog implements Consumer<String>, AutoCloseable {
  /// Characters that may wait to be written.
  private static final int CAPACITY = 4 << 20;

  private static final long LAST_WRITE_MILLIS = 1_000;

  private final OutputStream out;
  private final Thread writer;
  private final Object lock = new Object();
  private StringBuilder waiting = new StringBuilder();
  private StringBuilder spare = new StringBuilder();
  private long dropped;
  private volatile boolean closed;

  private AccessLog(OutputStream out) {
    this.out = out;
    this.writer = new Thread(this::write, "access-log");
    writer.setDaemon(true);
    writer.start();
  }

  /// To standard output.
  public static AccessLog toStdout() {
    return new AccessLog(new FileOutputStream(FileDescriptor.out));
  }

  /// To the end of a file, which is made where there is none.
  public static AccessLog toFile(Path file) throws IOException {
    return new AccessLog(new FileOutputStream(file.toFile(), true));
  }

  @Override
  public void accept(String line) {
    boolean first;
    synchronized (lock) {
      first = waiting.isEmpty();
      if (waiting.length() + line.length() >= CAPACITY) {
        dropped++;
        return;
      }
      waiting.append(line).append('\n');
    }
    if (first) {
      LockSupport.unpark(writer);
    }
  }

  private void write() {
    try {
      while (true) {
        boolean last = closed;
        StringBuilder lines = take();
        if (!lines.isEmpty()) {
          out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
          lines.setLength(0);
        } else if (last) {
          return;
        } else {
          LockSupport.park(this);
        }
      }
    } catch (IOException e) {
      // Nobody reads any more, or the disk is full. The buffer fills up and the rest is dropped.
      System.err.println("postern: the access log ends here: " + e.getMessage());
    }
  }

  private StringBuilder take() {
    synchronized (lock) {
      if (dropped > 0) {
        waiting.append("(").append(dropped).append(" lines lost: the log's reader is too slow)\n");
        dropped = 0;
      }
      StringBuilder taken = waiting;
      waiting = spare;
      spare = taken;
      return taken;
    }
  }

  /// Writes what waits, as far as that is possible within a second.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(LAST_WRITE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
