package dev.postern.proxy.socket;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A native library that cannot be loaded, so that the JDK does its work. Netty unpacks them at the
/// start, which fails where nothing can be written or what is written cannot be run: in a container
/// with a read-only root file system, for one. Thread-safe.
public final class MissingLibrary {
  private static final Logger log = LoggerFactory.getLogger(MissingLibrary.class);
  private static final int MOST_DEPTH = 8;
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private MissingLibrary() {}

  /// Says it once.
  ///
  /// @param instead what is done instead, and what is worse by that
  /// @param cause why it is missing
  public static void tell(String instead, @Nullable Throwable cause) {
    if (TOLD.add(instead)) {
      log.warn(text(instead, cause));
    }
  }

  static String text(String instead, @Nullable Throwable cause) {
    return instead
        + "; a native library could not be loaded: "
        + reason(cause)
        + " (libraries are unpacked into "
        + System.getProperty("java.io.tmpdir", "nowhere")
        + ", which must be writable and not mounted noexec; POSTERN_JAVA_OPTS=-Djava.io.tmpdir=DIR"
        + " names another)";
  }

  /// On one line: what went wrong with a library that was there, else the last that was tried.
  /// Netty tries several names and places, and reports all of them.
  private static String reason(@Nullable Throwable cause) {
    List<String> innermost = new ArrayList<>();
    collect(cause, innermost, 0);
    return innermost.stream()
        .filter(reason -> !reason.contains("java.library.path"))
        .findFirst()
        .orElse(innermost.isEmpty() ? "unknown" : innermost.getLast());
  }

  private static void collect(@Nullable Throwable failure, List<String> innermost, int depth) {
    if (failure == null || depth > MOST_DEPTH) {
      return;
    }
    if (failure.getCause() == null && failure.getSuppressed().length == 0) {
      String message = failure.getMessage();
      if (message != null && !(failure instanceof FileNotFoundException)) {
        message.lines().findFirst().ifPresent(innermost::add);
      }
      return;
    }
    collect(failure.getCause(), innermost, depth + 1);
    for (Throwable tried : failure.getSuppressed()) {
      collect(tried, innermost, depth + 1);
    }
  }
}
