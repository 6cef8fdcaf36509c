package dev.postern.provider.directory;

import java.nio.file.Path;

/// A manifest file, by the path under which a person knows it. Their order decides which of two
/// equal objects counts.
///
/// @param root which of the given paths it belongs to
record FileId(int root, Path path) implements Comparable<FileId> {
  // Written out, as the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof FileId that && root == that.root && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return 31 * path.hashCode() + root;
  }

  @Override
  public int compareTo(FileId that) {
    return root != that.root ? Integer.compare(root, that.root) : path.compareTo(that.path);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
