package dev.postern.provider.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which folders others can change without this system hearing of it: inotify tells only of what
/// goes through this kernel (inotify(7), "Limitations and caveats").
final class RemoteFolders {
  /// Network file systems, and those by which a virtual machine or a container shares its host's.
  private static final Set<String> TYPES =
      Set.of(
          "9p",
          "afs",
          "beegfs",
          "ceph",
          "cifs",
          "coda",
          "fakeowner",
          "gfs2",
          "gpfs",
          "lustre",
          "nfs",
          "nfs4",
          "ocfs2",
          "orangefs",
          "prl_fs",
          "smb2",
          "smb3",
          "smbfs",
          "vboxsf",
          "virtiofs");

  private final Disk disk;

  /// By the device, as the JDK reads the table of mounts for every question.
  private final Map<Object, String> types = new HashMap<>();

  RemoteFolders(Disk disk) {
    this.disk = disk;
  }

  /// The type of a folder's file system if it is such a one, else empty.
  String typeOf(Path folder) {
    try {
      Object device = disk.device(folder);
      String type = types.get(device);
      if (type == null) {
        type = disk.type(folder).toLowerCase(Locale.ROOT);
        types.put(device, type);
      }
      return isRemote(type) ? type : "";
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // What no type is known of is taken for a disk of this machine.
      return "";
    }
  }

  /// A file system of FUSE may be anything (`fuse.sshfs`), except on a disk (`fuseblk`).
  private static boolean isRemote(String type) {
    return TYPES.contains(type) || type.equals("fuse") || type.startsWith("fuse.");
  }
}
