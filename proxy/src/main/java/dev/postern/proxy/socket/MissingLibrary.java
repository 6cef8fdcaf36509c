package dev.postern.proxy.socket;

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

  /// The innermost, on one line.
  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "unknown";
    }
    Throwable inner = cause;
    while (true) {
      Throwable[] tried = inner.getSuppressed();
      Throwable next =
          inner.getCause() != null ? inner.getCause() : tried.length > 0 ? tried[0] : null;
      if (next == null) {
        String message = inner.getMessage();
        return message == null ? "unknown" : message.lines().findFirst().orElse("unknown");
      }
      inner = next;
    }
  }
}
