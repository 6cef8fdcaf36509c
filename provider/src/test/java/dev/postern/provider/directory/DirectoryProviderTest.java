package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.postern.gatewayapi.resource.ConfigMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class DirectoryProviderTest extends ProviderFixture {
  @Test
  void theFirstReadIsDeliveredBeforeStartReturns() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1) + "---\n" + service("b", 2));
    write(folder.resolve("b.json"), "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": []}");
    write(folder.resolve("notes.txt"), "nothing: [");
    write(folder.resolve(".hidden.yaml"), "nothing: [");
    write(folder.resolve("a.yaml~"), "nothing: [");
    start(folder);
    assertThat(seen.updates()).isEqualTo(1);
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/b");
    assertThat(seen.findings()).isEmpty();
    assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(1);
    assertThat(seen.get("Service default/b").origin().at("spec.ports[0].port"))
        .contains(folder.resolve("a.yaml") + ":15");
  }

  @Test
  void anEditInPlaceTakesEffectAndCountsTheGeneration() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    for (int i = 2; i < 30; i++) {
      int port = i;
      write(file, service("a", port));
      seen.await("port " + i, r -> hasPort("Service default/a", port));
      assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(i);
    }
  }

  @Test
  void anAtomicRenameTakesEffect() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    for (int i = 2; i < 30; i++) {
      int port = i;
      replace(file, service("a", port));
      seen.await("port " + i, r -> hasPort("Service default/a", port));
    }
  }

  @Test
  void anEditorThatMakesABackupCostsNothing() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    write(folder.resolve("4913"), "");
    Files.delete(folder.resolve("4913"));
    Files.move(file, folder.resolve("a.yaml~"));
    write(file, service("a", 2));
    Files.delete(folder.resolve("a.yaml~"));
    seen.await("the new port", r -> hasPort("Service default/a", 2));
    write(folder.resolve("b.yaml"), service("b", 1));
    seen.awaitNames("Service default/a", "Service default/b");
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void aGenerationIsOfTheSpecAloneAndNeverFalls() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    write(file, "# a comment\n" + service("a", 1).replace("name: a", "name: a\n  labels: {x: z}"));
    seen.await("a new line", r -> r.get("Service default/a").origin().line() == 2);
    assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(1);
    write(file, service("a", 1).replace("name: a", "name: a\n  generation: 7"));
    seen.await("its own", r -> r.get("Service default/a").metadata().generation() == 7);
    write(file, service("a", 2).replace("name: a", "name: a\n  generation: 7"));
    seen.await("one more", r -> r.get("Service default/a").metadata().generation() == 8);
    write(file, service("a", 2).replace("name: a", "name: a\n  generation: 3\n  labels: {x: z}"));
    seen.await("a label", r -> r.get("Service default/a").metadata().labels().containsKey("x"));
    assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(8);
  }

  /** As one that was deleted in a cluster and created again, with a folder that mirrors it. */
  @Test
  void anotherObjectOfTheNameHasAGenerationOfItsOwn() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1).replace("name: a", day(1, 7)));
    start(folder);
    assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(7);
    write(file, service("a", 2).replace("name: a", day(2, 1)));
    seen.await("the other", r -> r.get("Service default/a").metadata().generation() == 1);
  }

  private static String day(int day, long generation) {
    return "name: a\n  creationTimestamp: '2026-01-0%dT00:00:00Z'\n  generation: %d"
        .formatted(day, generation);
  }

  @Test
  void rewritingTheSameBytesIsNoUpdate() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    replace(file, service("a", 1));
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1));
    write(folder.resolve("b.yaml"), service("b", 1));
    seen.awaitNames("Service default/a", "Service default/b");
    assertThat(seen.last().delta().upserts())
        .extracting(r -> r.ref().toString())
        .containsExactly("Service default/b");
  }

  @Test
  void aBrokenFileKeepsItsLastGoodObjectsAndRecovers() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1) + "---\n" + service("b", 1));
    write(folder.resolve("c.yaml"), service("c", 1));
    start(folder);
    write(file, service("a", 2) + "---\nkind: [");
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names())
        .containsExactly("Service default/a", "Service default/b", "Service default/c");
    assertThat(port("Service default/a")).isEqualTo(1);
    assertThat(seen.findings().getFirst())
        .startsWith("ERROR a.yaml:")
        .endsWith("What this file held before stays in use.");
    write(folder.resolve("c.yaml"), service("c", 2));
    seen.await("everything else to go on", r -> hasPort("Service default/c", 2));
    write(file, service("a", 2));
    seen.awaitNames("Service default/a", "Service default/c");
    assertThat(port("Service default/a")).isEqualTo(2);
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void anObjectThatIsRefusedKeepsItsLastGoodVersion() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1) + "---\n" + service("b", 1));
    start(folder);
    write(file, service("a", 99999) + "---\n" + service("b", 2));
    seen.await("the other to change", r -> hasPort("Service default/b", 2));
    assertThat(port("Service default/a")).isEqualTo(1);
    assertThat(seen.findings())
        .containsExactly(
            "ERROR a.yaml:7 99999 is out of range: 1 to 65535 are allowed. Its last good version"
                + " stays in use.");
    write(file, service("b", 2));
    seen.awaitNames("Service default/b");
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void aFileThatIsEmptyForAWhileLosesNothing() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    write(file, "");
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names()).containsExactly("Service default/a");
    Files.writeString(file, service("a", 3), StandardOpenOption.APPEND);
    seen.await("the new port", r -> hasPort("Service default/a", 3) && r.findings().isEmpty());
  }

  @Test
  void deletingAndCreatingAgainWorksAHundredTimes() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(folder.resolve("b.yaml"), service("b", 1));
    start(folder);
    for (int i = 0; i < 100; i++) {
      write(file, service("a", 1));
      seen.awaitNames("Service default/a", "Service default/b");
      Files.delete(file);
      seen.awaitNames("Service default/b");
    }
  }

  @Test
  void ofTwoEqualObjectsTheFirstCountsAndTheOtherTakesOver() throws IOException {
    write(folder.resolve("a.yaml"), service("x", 1));
    write(folder.resolve("b.yaml"), service("x", 2));
    start(folder);
    assertThat(port("Service default/x")).isEqualTo(1);
    assertThat(seen.findings())
        .containsExactly(
            "ERROR b.yaml:1 Service default/x is at "
                + folder.resolve("a.yaml")
                + ":1 already, and that one counts; remove one of them");
    Files.delete(folder.resolve("a.yaml"));
    seen.await("the second", r -> hasPort("Service default/x", 2));
    assertThat(seen.findings()).isEmpty();
    assertThat(seen.get("Service default/x").metadata().generation()).isEqualTo(2);
    write(folder.resolve("a.yaml"), service("x", 3));
    seen.await("the first again", r -> hasPort("Service default/x", 3));
  }

  @Test
  void foldersAreReadAtAnyDepthAlsoNewAndMovedOnes() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("one/two"));
    write(deep.resolve("a.yaml"), service("a", 1));
    start(folder);
    assertThat(seen.names()).containsExactly("Service default/a");
    Path other = Files.createDirectories(folder.resolve("three/four"));
    write(other.resolve("b.yaml"), service("b", 1));
    seen.awaitNames("Service default/a", "Service default/b");
    write(other.resolve("c.yaml"), service("c", 1));
    seen.awaitNames("Service default/a", "Service default/b", "Service default/c");
    Files.move(folder.resolve("three"), temp.resolve("away"));
    seen.awaitNames("Service default/a");
    write(temp.resolve("away/four/d.yaml"), service("d", 1));
    Files.move(temp.resolve("away"), folder.resolve("back"));
    seen.awaitNames(
        "Service default/a", "Service default/b", "Service default/c", "Service default/d");
    write(folder.resolve("back/four/b.yaml"), service("b", 2));
    seen.await("a change below the moved folder", r -> hasPort("Service default/b", 2));
  }

  @Test
  void aConfigMapMountIsReadOnceAndItsSwapTakesEffect() throws IOException {
    mountVersion("..2026_01", 1);
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    start(folder);
    assertThat(seen.findings()).isEmpty();
    assertThat(port("Service default/a")).isEqualTo(1);
    for (int i = 2; i < 12; i++) {
      int port = i;
      String version = "..2026_" + (100 + i);
      mountVersion(version, port);
      Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
      Files.move(
          folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      seen.await("port " + i, r -> hasPort("Service default/a", port));
      assertThat(seen.findings()).isEmpty();
    }
  }

  private void mountVersion(String name, int port) throws IOException {
    write(Files.createDirectory(folder.resolve(name)).resolve("a.yaml"), service("a", port));
  }

  @Test
  void linkedFoldersAreFollowedAndLoopsEnd() throws IOException {
    Path real = Files.createDirectory(temp.resolve("real"));
    write(real.resolve("a.yaml"), service("a", 1));
    Files.createSymbolicLink(real.resolve("loop"), real);
    Files.createSymbolicLink(folder.resolve("linked"), real);
    Files.createSymbolicLink(folder.resolve("again"), real);
    start(folder);
    assertThat(seen.findings()).isEmpty();
    write(real.resolve("a.yaml"), service("a", 2));
    seen.await("the change", r -> hasPort("Service default/a", 2));
    Path next = Files.createDirectory(temp.resolve("next"));
    write(next.resolve("a.yaml"), service("a", 3));
    Files.delete(folder.resolve("again"));
    Files.createSymbolicLink(folder.resolve("new-link"), next);
    Files.move(
        folder.resolve("new-link"), folder.resolve("linked"), StandardCopyOption.ATOMIC_MOVE);
    seen.await("the other folder", r -> hasPort("Service default/a", 3));
  }

  @Test
  void filesGivenByNameAreWatchedWhateverTheirName() throws IOException {
    Path file = temp.resolve("manifest");
    write(file, service("a", 1));
    write(temp.resolve("other.yaml"), service("other", 1));
    start(file);
    write(file, service("a", 2));
    seen.await("the edit", r -> hasPort("Service default/a", 2));
    replace(file, service("a", 3));
    seen.await("the rename", r -> hasPort("Service default/a", 3));
    Files.delete(file);
    seen.awaitNames();
    assertThat(seen.findings().getFirst()).contains("this path is gone");
    write(file, service("a", 4));
    seen.await("its return", r -> hasPort("Service default/a", 4) && r.findings().isEmpty());
  }

  @Test
  void aFolderThatIsDeletedMayComeBack() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner.resolve("a.yaml"), service("a", 1));
    start(inner);
    for (int i = 2; i < 6; i++) {
      int port = i;
      Files.delete(inner.resolve("a.yaml"));
      Files.delete(inner);
      seen.awaitNames();
      seen.await("a finding", r -> r.findings().toString().contains("is gone"));
      Files.createDirectory(inner);
      write(inner.resolve("a.yaml"), service("a", port));
      seen.await("its return", r -> hasPort("Service default/a", port));
    }
    write(inner.resolve("a.yaml"), service("a", 9));
    seen.await("an edit afterwards", r -> hasPort("Service default/a", 9));
  }

  @Test
  void anEmptyFolderIsAFindingUntilAFileComes() throws IOException {
    start(folder);
    assertThat(seen.findings())
        .containsExactly(
            "WARNING folder this folder holds no *.yaml, *.yml or *.json file; waiting for one");
    write(folder.resolve("a.yaml"), service("a", 1));
    seen.await("the file", r -> hasPort("Service default/a", 1) && r.findings().isEmpty());
    Files.delete(folder.resolve("a.yaml"));
    seen.await("empty again", r -> r.names().isEmpty() && r.findings().size() == 1);
  }

  @Test
  void aFolderOfWhichAnotherPathHoldsAllIsNotEmpty() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner.resolve("a.yaml"), service("a", 1));
    start(folder, inner, inner.resolve("a.yaml"));
    assertThat(seen.findings()).isEmpty();
    stop();
    start(inner.resolve("a.yaml"), inner, folder);
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void aPathThatDoesNotExistIsToldToTheCaller() {
    assertThatThrownBy(() -> start(folder, folder.resolve("nothing")))
        .isInstanceOf(UnreadablePathException.class)
        .hasMessage("no such file or folder: " + folder.resolve("nothing"));
  }

  @Test
  void whatIsNoTextOrTooLargeIsAFinding() throws IOException {
    Files.write(folder.resolve("a.yaml"), new byte[] {(byte) 0xC3, 0x28});
    Files.write(folder.resolve("b.yaml"), new byte[ManifestReader.SIZE_LIMIT + 1]);
    Files.write(folder.resolve("c.yaml"), "a: \u0001\n".getBytes(StandardCharsets.UTF_8));
    start(folder);
    assertThat(seen.findings())
        .containsExactly(
            "ERROR a.yaml this file is not UTF-8 text",
            "ERROR b.yaml this file is larger than 16 MiB; divide it",
            "ERROR c.yaml:1 this is not a text file: it holds control characters");
  }

  @Test
  void aFileWithoutPermissionKeepsItsLastGoodObjects() throws IOException {
    Path file = folder.resolve("a.yaml");
    write(file, service("a", 1));
    start(folder);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read everything");
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names()).containsExactly("Service default/a");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    seen.await("recovery", r -> r.findings().isEmpty());
  }

  @Test
  void manyFilesAtOnceAreAllSeen() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(folder);
    for (int i = 0; i < 3000; i++) {
      write(folder.resolve("f" + i + ".yaml"), service("f" + i, 1));
    }
    seen.await("all", r -> r.names().size() == 3001);
    for (int i = 0; i < 3000; i++) {
      Files.delete(folder.resolve("f" + i + ".yaml"));
    }
    seen.awaitNames("Service default/a");
  }

  @Test
  void caFilesInConfigMapsKeepTheirText() throws IOException {
    write(
        folder.resolve("a.yaml"),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: ca}
        data:
          ca.crt: |
            line 1
            line 2
        """);
    start(folder);
    assertThat(((ConfigMap) seen.get("ConfigMap default/ca")).data())
        .containsEntry("ca.crt", "line 1\nline 2\n");
  }

  @Test
  void nothingIsDeliveredAfterClose() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(folder);
    provider.close();
    write(folder.resolve("a.yaml"), service("a", 2));
    assertThat(seen.updates()).isEqualTo(1);
  }
}
