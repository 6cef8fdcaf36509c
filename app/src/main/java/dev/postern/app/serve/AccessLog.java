package dev.postern.app.serve;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where the access log goes: a reader that is slow or gone costs lines, which are counted, never a
/// request.
public final class AccessLog {
  private static final String NAME = "access log";
  private static final int CAPACITY = 4 << 20;

  /// Of stat(2)'s mode.
  private static final int FILE_TYPE = 0xf000;

  private static final int PIPE = 0x1000;

  private AccessLog() {}

  /// To standard output.
  public static LineWriter toStdout() {
    return new LineWriter(new FileOutputStream(FileDescriptor.out), NAME, CAPACITY);
  }

  /// To the end of a file, which is made where there is none. A pipe is opened for both directions:
  /// who opens it to write alone waits until somebody reads.
  public static LineWriter toFile(Path file) throws IOException {
    return new LineWriter(
        isPipe(file)
            ? Channels.newOutputStream(
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
            : new FileOutputStream(file.toFile(), true),
        NAME,
        CAPACITY);
  }

  private static boolean isPipe(Path file) throws IOException {
    return Files.exists(file)
        && file.getFileSystem().supportedFileAttributeViews().contains("unix")
        && ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) == PIPE;
  }
}
