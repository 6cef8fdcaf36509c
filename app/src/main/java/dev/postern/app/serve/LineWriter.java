package dev.postern.app.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Writes lines from a thread of its own. Who has one only copies it into memory: a reader that is
/// slow or gone costs lines, which are counted, never a request.
public final class LineWriter implements Consumer<String>, AutoCloseable {
  private static final long LAST_WRITE_MILLIS = 1_000;

  private final OutputStream out;
  private final String name;
  private final int capacity;
  private final Thread writer;
  private final Object lock = new Object();
  private StringBuilder waiting = new StringBuilder();
  private StringBuilder spare = new StringBuilder();
  private long dropped;
  private volatile boolean closed;

  /// @param name of what is written, for the thread and for messages
  /// @param capacity characters that may wait to be written
  public LineWriter(OutputStream out, String name, int capacity) {
    this.out = out;
    this.name = name;
    this.capacity = capacity;
    this.writer = new Thread(this::write, name.replace(' ', '-'));
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void accept(String line) {
    boolean first;
    synchronized (lock) {
      first = waiting.isEmpty();
      if (waiting.length() + line.length() >= capacity) {
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
          out.flush();
          lines.setLength(0);
        } else if (last) {
          return;
        } else {
          LockSupport.park(this);
        }
      }
    } catch (IOException e) {
      // Nobody reads any more, or the disk is full. The buffer fills up and the rest is dropped.
      System.err.println("postern: the " + name + " ends here: " + e.getMessage());
    }
  }

  private StringBuilder take() {
    synchronized (lock) {
      if (dropped > 0) {
        waiting.append("(").append(dropped).append(" lines lost: the ");
        waiting.append(name).append("'s reader is too slow)\n");
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
