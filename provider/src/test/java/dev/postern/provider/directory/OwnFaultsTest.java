package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fault that a file uncovers stays with that file. */
class OwnFaultsTest extends ProviderFixture {

  /** Takes one name badly. */
  private static final class FaultyDisk implements Disk {
    @Override
    public InputStream open(Path file) throws IOException {
      if (file.endsWith("fault.yaml")) {
        throw new StackOverflowError();
      }
      return Disk.super.open(file);
    }
  }

  @Test
  void aFaultIsAFindingOfItsFileAndTheOthersOfTheBatchCount() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(new DirectoryProvider(List.of(folder), new FaultyDisk(), QUICK));
    write(folder.resolve("fault.yaml"), service("fault", 1));
    write(folder.resolve("z.yaml"), service("z", 1));
    seen.awaitNames("Service default/a", "Service default/z");
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.findings())
        .containsExactly(
            "ERROR fault.yaml this file meets a fault of Postern (StackOverflowError); please"
                + " report it");
    write(folder.resolve("a.yaml"), service("a", 2));
    seen.await("that changes go on", r -> hasPort("Service default/a", 2));
  }

  @Test
  void manyFilesWithAFaultAmongThemAreReadAtStart() throws IOException {
    for (int i = 0; i < 100; i++) {
      write(folder.resolve(i + ".yaml"), service("s" + i, 1));
    }
    write(folder.resolve("fault.yaml"), service("fault", 1));
    start(new DirectoryProvider(List.of(folder), new FaultyDisk(), QUICK));
    assertThat(seen.names()).hasSize(100);
    assertThat(seen.findings()).hasSize(1);
  }

  @Test
  void aChainOfAliasesDoesNotEndTheWatching() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    start(folder);
    var text = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 20_000; i++) {
      text.append("a" + i + ": &a" + i + " [*a" + (i - 1) + "]\n");
    }
    write(folder.resolve("deep.yaml"), text.toString());
    seen.await("a finding", r -> r.findings().toString().contains("64 levels"));
    write(folder.resolve("a.yaml"), service("a", 2));
    seen.await("that changes go on", r -> hasPort("Service default/a", 2));
  }
}
