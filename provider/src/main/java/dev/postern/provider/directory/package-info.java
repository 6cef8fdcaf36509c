/// Objects from folders and files, kept up to date.
///
/// [DirectoryProvider] is the thread and the order of things. `FolderScan` finds the manifests,
/// `Watches` hears of changes and `Changes` tells what they are about; `ManifestReader` turns one
/// file into objects; `ObjectStore` keeps what every file holds, its last good version included,
/// and says what changed, and `Absent` knows what stays that no file holds any more. All ask the
/// file system through `Disk`, which tells absence from failure.
@NullMarked
package dev.postern.provider.directory;

import org.jspecify.annotations.NullMarked;
