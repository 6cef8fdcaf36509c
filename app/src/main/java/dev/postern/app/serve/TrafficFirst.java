package dev.postern.app.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where processors are scarce, requests go before changes of the configuration, and before the
/// compiling of the code that takes them.
///
/// Linux gives each thread a niceness of its own (sched(7)), and Java has no word for it. With 5
/// more a thread that wants a processor as much as a worker gets a quarter of it; with 10, a tenth,
/// the workers' own code would be compiled too late. Elsewhere nothing is done.
public final class TrafficFirst {
  private static final Logger LOG = LoggerFactory.getLogger(TrafficFirst.class);

  /// More than that of the process; 19 is the most there is.
  private static final int NICER_BY = 5;

  private static final int MOST = 19;

  /// Linux knows the first 15 bytes of a name.
  private static final List<String> BACKGROUND =
      List.of("C1 Compiler", "C2 Compiler", "postern-directo", "FileSystemWatch");

  private static final Path THREADS = Path.of("/proc/self/task");

  /// `PRIO_PROCESS` of setpriority(2), which means one thread where it gets the id of one.
  private static final int ONE_THREAD = 0;

  private static final FunctionDescriptor SETPRIORITY =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

  private TrafficFirst() {}

  /// Arranges it for the threads that are there now. A thread that one of them starts is as nice.
  /// Where the system or a sandbox is against it, all goes on as before.
  public static void arrange() {
    try {
      if (Files.isDirectory(THREADS)) {
        setpriority().ifPresent(TrafficFirst::beNice);
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("threads in the background have the niceness of all", e);
    }
  }

  private static void beNice(MethodHandle setpriority) {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      int niceness = Math.min(MOST, niceness() + NICER_BY);
      for (Path thread : threads) {
        if (inBackground(thread)) {
          set(setpriority, Integer.parseInt(thread.getFileName().toString()), niceness);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// That of the process: the nineteenth word of proc(5)'s `stat`, of which the second is a name in
  /// parentheses.
  private static int niceness() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
  }

  private static boolean inBackground(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm"));
      return BACKGROUND.stream().anyMatch(name::startsWith);
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }

  private static void set(MethodHandle setpriority, int thread, int niceness) {
    try {
      if ((int) setpriority.invokeExact(ONE_THREAD, thread, niceness) != 0) {
        LOG.debug("thread {} has ended, or may not be nice", thread);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted") // the signature is setpriority(2)'s
  private static Optional<MethodHandle> setpriority() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> symbol = linker.defaultLookup().find("setpriority");
    return symbol.map(function -> linker.downcallHandle(function, SETPRIORITY));
  }
}
