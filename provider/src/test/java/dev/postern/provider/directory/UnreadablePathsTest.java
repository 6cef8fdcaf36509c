package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be looked at is not gone (a failing lstat other than ENOENT and ENOTDIR). */
class UnreadablePathsTest extends ProviderFixture {
  private final FailingDisk disk = new FailingDisk();

  private void startWith(Disk with, Path... paths) {
    start(new DirectoryProvider(List.of(paths), with, QUICK));
  }

  /** Has all folders walked. */
  private void walk() throws IOException {
    Files.createDirectories(temp.resolve("folder/new/folder"));
  }

  @Test
  void filesThatCannotBeLookedAtKeepTheirObjects() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    write(folder.resolve("b.yaml"), service("b", 1));
    startWith(disk, folder);
    disk.hide(folder.resolve("a.yaml"));
    walk();
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.findings())
        .containsExactly(
            "ERROR a.yaml cannot look at this path: Input/output error; what was read before"
                + " stays in use");
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/b");
    write(folder.resolve("b.yaml"), service("b", 2));
    seen.await("everything else to go on", r -> hasPort("Service default/b", 2));
    disk.heal();
    seen.await("recovery by itself", r -> r.findings().isEmpty());
  }

  @Test
  void aRootBelowAFolderThatCannotBePassedKeepsItsObjects() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner.resolve("a.yaml"), service("a", 1));
    Path other = Files.createDirectory(temp.resolve("other"));
    write(other.resolve("b.yaml"), service("b", 1));
    startWith(disk, inner, other);
    disk.hide(folder);
    Files.createDirectory(other.resolve("new"));
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/b");
    assertThat(seen.findings().getFirst()).startsWith("ERROR inner cannot look at this path");
    write(inner.resolve("a.yaml"), service("a", 2));
    disk.heal();
    seen.await("what changed meanwhile", r -> hasPort("Service default/a", 2));
    seen.await("no finding", r -> r.findings().isEmpty());
  }

  @Test
  void aLinkedFileThatCannotBeLookedAtKeepsItsObjects() throws IOException {
    Path real = temp.resolve("real.yaml");
    write(real, service("a", 1));
    Files.createSymbolicLink(folder.resolve("a.yaml"), real);
    write(folder.resolve("b.yaml"), service("b", 1));
    startWith(disk, folder);
    disk.hide(real);
    walk();
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/b");
  }

  @Test
  void aLinkToItselfKeepsWhatTheLinkBeforeItLedTo() throws IOException {
    Path real = Files.createDirectory(temp.resolve("real"));
    write(real.resolve("a.yaml"), service("a", 1));
    Path link = Files.createSymbolicLink(temp.resolve("link"), real);
    startWith(Disk.REAL, link);
    Files.createSymbolicLink(temp.resolve("next"), link);
    Files.move(temp.resolve("next"), link, StandardCopyOption.ATOMIC_MOVE);
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.findings())
        .containsExactly(
            "ERROR link cannot look at this path: its links lead in a circle; what was read before"
                + " stays in use");
    assertThat(seen.names()).containsExactly("Service default/a");
    Files.delete(link);
    seen.awaitNames();
  }

  @Test
  void aFolderThatMayNotBeEnteredKeepsItsObjects() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner.resolve("a.yaml"), service("a", 1));
    startWith(Disk.REAL, folder);
    Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rw-------"));
    try {
      assumeFalse(Files.isReadable(inner.resolve("a.yaml")), "root may enter every folder");
      seen.await("a finding", r -> !r.findings().isEmpty());
      assertThat(seen.findings())
          .containsExactly(
              "ERROR inner cannot list this folder: no permission; what was read before stays in"
                  + " use");
      assertThat(seen.names()).containsExactly("Service default/a");
    } finally {
      Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwx------"));
    }
    seen.await("recovery", r -> r.findings().isEmpty());
  }

  @Test
  void whatStandsInPlaceOfAFolderTakesItsObjectsAway() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner.resolve("a.yaml"), service("a", 1));
    write(folder.resolve("b.yaml"), service("b", 1));
    startWith(Disk.REAL, folder, inner);
    Files.delete(inner.resolve("a.yaml"));
    Files.delete(inner);
    write(inner, service("c", 1));
    seen.awaitNames("Service default/b", "Service default/c");
  }

  @Test
  void aFileThatCouldNotBeReadIsTriedAgain() throws IOException {
    Path file = folder.resolve("a.yaml");
    disk.lock(file);
    write(file, service("a", 1));
    write(folder.resolve("b.yaml"), service("b", 1));
    startWith(disk, folder);
    assertThat(seen.findings())
        .containsExactly("ERROR a.yaml this file cannot be read: Input/output error");
    disk.heal();
    seen.awaitNames("Service default/a", "Service default/b");
    seen.await("no finding", r -> r.findings().isEmpty());
  }

  @Test
  void aFileThatCouldNotBeReadWhenItChangedIsTriedAgain() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    startWith(disk, folder);
    disk.lock(file);
    write(file, service("a", 2));
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.findings())
        .containsExactly(
            "ERROR a.yaml this file cannot be read: Input/output error. What this file held before"
                + " stays in use.");
    assertThat(port("Service default/a")).isEqualTo(1);
    disk.heal();
    seen.await("the new version", r -> hasPort("Service default/a", 2) && r.findings().isEmpty());
  }
}
