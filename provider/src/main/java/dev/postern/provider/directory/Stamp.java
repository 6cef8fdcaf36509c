package dev.postern.provider.directory;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tells one version of a file from another without reading it.
///
/// @param fileKey device and inode
record Stamp(@Nullable Object fileKey, FileTime modified, long size) {
  static final Stamp NONE = new Stamp(null, FileTime.fromMillis(0), -1);

  /// How far a clock of a file system may be behind ours. A file that changed less than this before
  /// it was read may change again and keep its stamp.
  private static final long RACY_MILLIS = 2_000;

  static Stamp of(BasicFileAttributes attributes) {
    return new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
  }

  boolean isSame(Stamp that) {
    return size == that.size
        && modified.equals(that.modified)
        && Objects.equals(fileKey, that.fileKey);
  }

  /// Whether it says too little, for a file read at that time.
  boolean isRacy(long readMillis) {
    return modified.toMillis() > readMillis - RACY_MILLIS;
  }
}
