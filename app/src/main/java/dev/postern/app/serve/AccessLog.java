package dev.postern.app.serve;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/// Where the access log goes: a reader that is slow or gone costs lines, which are counted, never a
/// request.
public final class AccessLog {
  private static final String NAME = "access log";
  private static final int CAPACITY = 4 << 20;

  private AccessLog() {}

  /// To standard output.
  public static LineWriter toStdout() {
    return new LineWriter(new FileOutputStream(FileDescriptor.out), NAME, CAPACITY);
  }

  /// To the end of a file, which is made where there is none.
  public static LineWriter toFile(Path file) throws IOException {
    return new LineWriter(new FileOutputStream(file.toFile(), true), NAME, CAPACITY);
  }
}
