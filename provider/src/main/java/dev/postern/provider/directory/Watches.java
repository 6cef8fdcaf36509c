package dev.postern.provider.directory;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Listens to folders, by inotify where it is Linux. Folders are registered anew for every walk, as
/// a folder that was deleted and made again is another one.
final class Watches implements AutoCloseable {

  /// Takes what happened. True when it matters.
  interface Listener {
    /// @param directory the real folder
    boolean onEvent(Path directory, Path name, WatchEvent.Kind<?> kind);

    /// Events were lost, or a folder itself is gone.
    void onLoss();
  }

  /// Null where the system gives none: then every folder counts as one that cannot be listened to.
  private final @Nullable WatchService service;

  private final Disk disk;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Map<WatchKey, Path> keys = new HashMap<>();
  private Map<WatchKey, Path> previous = Map.of();
  private RemoteFolders remoteFolders;
  private int deaf;
  private String reason;
  private String remoteType = "";

  private Watches(Disk disk, @Nullable WatchService service, String reason) {
    this.disk = disk;
    remoteFolders = new RemoteFolders(disk);
    this.service = service;
    this.reason = reason;
  }

  static Watches open(Disk disk) {
    try {
      return new Watches(disk, FileSystems.getDefault().newWatchService(), "");
    } catch (IOException e) {
      return new Watches(disk, null, Disk.words(e));
    }
  }

  /// Begins a new set of folders.
  void begin() {
    previous = keys;
    keys = new HashMap<>();
    remoteFolders = new RemoteFolders(disk);
    deaf = 0;
    remoteType = "";
  }

  void add(Path directory) {
    String type = remoteFolders.typeOf(directory);
    if (!type.isEmpty()) {
      remoteType = type;
    }
    if (service == null) {
      deaf++;
      return;
    }
    try {
      keys.put(directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY), directory);
    } catch (IOException e) {
      deaf++;
      reason = Disk.words(e);
    }
  }

  /// Ends the new set: what is not in it any more is forgotten.
  void end() {
    for (WatchKey key : previous.keySet()) {
      if (!keys.containsKey(key)) {
        key.cancel();
      }
    }
    previous = Map.of();
  }

  /// How many folders could not be listened to.
  int deaf() {
    return deaf;
  }

  /// Why the last of them could not.
  String reason() {
    return reason;
  }

  /// The type of a file system that folders are on and that others can change unheard; empty where
  /// there is none. What this system changes there is heard of.
  String remoteType() {
    return remoteType;
  }

  /// Whether something may change of which no event tells.
  boolean needPolling() {
    return deaf > 0 || !remoteType.isEmpty();
  }

  /// Waits for what matters, then until it has been quiet for a while.
  ///
  /// @param timeoutMillis how long to wait for the first
  /// @return false when the time is over and nothing happened
  /// @throws ClosedWatchServiceException when closed
  boolean await(Listener listener, long timeoutMillis, long quietMillis, long atMostMillis)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (!deliver(poll(deadline - System.nanoTime()), listener)) {
      if (deadline - System.nanoTime() <= 0) {
        return false;
      }
    }
    long last = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(atMostMillis);
    long quiet = TimeUnit.MILLISECONDS.toNanos(quietMillis);
    long until = System.nanoTime() + quiet;
    while (true) {
      long wait = Math.min(until, last) - System.nanoTime();
      if (wait <= 0) {
        return true;
      }
      if (deliver(poll(wait), listener)) {
        until = System.nanoTime() + quiet;
      }
    }
  }

  private @Nullable WatchKey poll(long nanos) throws InterruptedException {
    if (service != null) {
      return service.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
    if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
      throw new ClosedWatchServiceException();
    }
    return null;
  }

  private boolean deliver(@Nullable WatchKey key, Listener listener) {
    if (key == null) {
      return false;
    }
    boolean matters = false;
    Path directory = keys.get(key);
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind().equals(OVERFLOW)) {
        listener.onLoss();
        matters = true;
      } else if (directory != null && event.context() instanceof Path name) {
        matters |= listener.onEvent(directory, name, event.kind());
      }
    }
    if (!key.reset() && keys.remove(key) != null) {
      listener.onLoss();
      matters = true;
    }
    return matters;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      if (service != null) {
        service.close();
      }
    } catch (IOException e) {
      // Nothing is left to be told.
      deaf = 0;
    }
  }
}
