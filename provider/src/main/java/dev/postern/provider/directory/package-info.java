/// Objects from folders and files, kept up to date.
///
/// [DirectoryProvider] is the thread and the order of things. `FolderScan` finds the manifests and
/// `Watches` hears of changes; `ManifestReader` turns one file into objects; `ObjectStore` keeps
/// what every file holds, its last good version included, and says what changed.
@NullMarked
package dev.postern.provider.directory;

import org.jspecify.annotations.NullMarked;
