package dev.postern.provider.directory;

import java.nio.file.Path;
import java.util.Locale;

/// Which names in a folder count. Hidden ones do not: the `..data` of a ConfigMap mount, `.git`,
/// `.file.swp`; nor do `file.yaml~`, `#file.yaml#` and `4913`, which editors leave for a moment.
final class FileNames {
  private FileNames() {}

  static boolean isHidden(Path name) {
    return name.toString().startsWith(".");
  }

  static boolean isManifest(Path name) {
    String lower = name.toString().toLowerCase(Locale.ROOT);
    return !isHidden(name)
        && (lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json"));
  }
}
