package dev.postern.app.serve;

import java.io.IOException;
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
/// Linux gives each thread a niceness of its own (sched(7)), and Java has no word for it. With 5 a
/// thread that wants a processor as much as a worker gets a quarter of it; with 10, a tenth, the
/// workers' own code would be compiled too late. Elsewhere nothing is done.
public final class TrafficFirst {
  private static final Logger LOG = LoggerFactory.getLogger(TrafficFirst.class);

  private static final int NICENESS = 5;

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
  public static void arrange() {
    if (!Files.isDirectory(THREADS)) {
      return;
    }
    Optional<MethodHandle> setpriority = setpriority();
    if (setpriority.isEmpty()) {
      return;
    }
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (inBackground(thread)) {
          beNice(setpriority.get(), Integer.parseInt(thread.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      LOG.debug("the threads of this process could not be listed", e);
    }
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

  private static void beNice(MethodHandle setpriority, int thread) {
    try {
      // -1 when the thread has ended, or when a sandbox forbids it: then all goes on as before.
      int ignored = (int) setpriority.invokeExact(ONE_THREAD, thread, NICENESS);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted") // the signature is setpriority(2)'s
  private static Optional<MethodHandle> setpriority() {
    try {
      Linker linker = Linker.nativeLinker();
      Optional<MemorySegment> symbol = linker.defaultLookup().find("setpriority");
      return symbol.map(function -> linker.downcallHandle(function, SETPRIORITY));
    } catch (UnsupportedOperationException | IllegalCallerException e) {
      LOG.debug("this JVM calls no function of the system", e);
      return Optional.empty();
    }
  }
}
