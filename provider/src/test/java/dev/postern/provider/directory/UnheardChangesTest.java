package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of which the system tells nothing. */
class UnheardChangesTest extends ProviderFixture {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(50);

  /** Says of all folders that they are on a file system of that type. */
  private record TypedDisk(String name) implements Disk {
    @Override
    public String type(Path folder) {
      return name;
    }
  }

  /**
   * Writes to a file by another of its names: inotify tells nobody who listens to the first. The
   * file is not emptied before, so that nobody sees it empty.
   */
  private void writeUnheard(Path file, String text) throws IOException {
    Path other = Files.createDirectory(temp.resolve("elsewhere")).resolve("name");
    Files.createLink(other, file);
    Files.writeString(other, text, StandardOpenOption.WRITE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs4", "cifs", "9p", "virtiofs", "vboxsf", "fuse.sshfs", "fuse"})
  void foldersOnFileSystemsThatOthersChangeAreWalked(String type) throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(
        new DirectoryProvider(
            List.of(folder), new TypedDisk(type), new Rhythm(SOON, NEVER, NEVER)));
    assertThat(seen.findings())
        .containsExactly(
            "WARNING - folders are on a file system that others may change too ("
                + type
                + "), of which the system tells nothing: all are walked every 2 s instead, so a"
                + " change takes effect some seconds later");
    writeUnheard(folder.resolve("a.yaml"), service("a", 2));
    seen.await("the change", r -> hasPort("Service default/a", 2));
    assertThat(seen.updates()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "tmpfs", "overlay", "fuseblk"})
  void ofAFileSystemOfThisMachineNothingIsSaid(String type) throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(
        new DirectoryProvider(
            List.of(folder), new TypedDisk(type), new Rhythm(SOON, NEVER, NEVER)));
    assertThat(seen.findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"gw/manifests, gw", "a/b/c/manifests, a", "a/b/c/manifests, a/b"})
  void aRenamedFolderAboveAPathIsNoticed(String root, String renamed) throws IOException {
    Path manifests = Files.createDirectories(folder.resolve(root));
    write(manifests.resolve("a.yaml"), service("a", 1));
    Path next = Files.createDirectories(temp.resolve("next").resolve(root));
    write(next.resolve("a.yaml"), service("a", 2));
    start(new DirectoryProvider(List.of(manifests), Disk.REAL, new Rhythm(NEVER, NEVER, SOON)));
    Files.move(folder.resolve(renamed), folder.resolve("old"));
    Files.move(temp.resolve("next").resolve(renamed), folder.resolve(renamed));
    seen.await("the other folder", r -> hasPort("Service default/a", 2));
    write(manifests.resolve("a.yaml"), service("a", 3));
    seen.await("an edit there", r -> hasPort("Service default/a", 3));
    seen.await("no finding", r -> r.findings().isEmpty());
  }

  @Test
  void aRenamedFolderAboveWhatALinkLeadsToIsNoticed() throws IOException {
    Path real = Files.createDirectories(temp.resolve("up/real"));
    write(real.resolve("a.yaml"), service("a", 1));
    write(Files.createDirectories(temp.resolve("next/real")).resolve("a.yaml"), service("a", 2));
    Files.createSymbolicLink(folder.resolve("a.yaml"), real.resolve("a.yaml"));
    start(new DirectoryProvider(List.of(folder), Disk.REAL, new Rhythm(NEVER, NEVER, SOON)));
    Files.move(temp.resolve("up"), temp.resolve("old"));
    Files.move(temp.resolve("next"), temp.resolve("up"));
    seen.await("the other file", r -> hasPort("Service default/a", 2));
  }

  /** What an operator sees of a walk that only makes sure. */
  @Test
  void walksThatFindNothingSayNothing() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(new DirectoryProvider(List.of(folder), Disk.REAL, new Rhythm(NEVER, NEVER, SOON)));
    writeUnheard(folder.resolve("a.yaml"), service("a", 2));
    seen.await("the change", r -> hasPort("Service default/a", 2));
    assertThat(seen.updates()).isEqualTo(2);
  }
}
