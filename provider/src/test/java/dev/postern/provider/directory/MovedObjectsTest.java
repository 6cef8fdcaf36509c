package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An object keeps its last good version also where its file got another name with the mistake. */
class MovedObjectsTest extends ProviderFixture {
  private Path link;
  private int versions;

  @BeforeEach
  void makeLink() {
    link = temp.resolve("link");
  }

  /** All files are others at once, as after `git pull`. */
  private void checkOut(Map<String, String> files) throws IOException {
    Path version = Files.createDirectory(temp.resolve("v" + ++versions));
    for (var file : files.entrySet()) {
      write(version.resolve(file.getKey()), file.getValue());
    }
    Path next = Files.createSymbolicLink(temp.resolve("next"), version);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void anObjectThatIsRefusedInItsNewFileKeepsItsLastGoodVersion() throws IOException {
    checkOut(Map.of("old.yaml", service("a", 1) + "---\n" + service("b", 1)));
    start(link);
    checkOut(Map.of("new.yaml", service("a", 99999) + "---\n" + service("b", 2)));
    seen.await("the other to change", r -> hasPort("Service default/b", 2));
    assertThat(port("Service default/a")).isEqualTo(1);
    assertThat(seen.findings())
        .containsExactly(
            "ERROR new.yaml:7 99999 is out of range: 1 to 65535 are allowed. Its last good version"
                + " stays in use.");
    checkOut(Map.of("new.yaml", service("a", 3)));
    seen.await("the mended one", r -> hasPort("Service default/a", 3));
    seen.awaitNames("Service default/a");
    assertThat(seen.get("Service default/a").metadata().generation()).isEqualTo(2);
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void anObjectThatIsRefusedAndThenTakenOutIsGone() throws IOException {
    checkOut(Map.of("old.yaml", service("a", 1), "z.yaml", service("z", 1)));
    start(link);
    checkOut(Map.of("new.yaml", service("a", 99999), "z.yaml", service("z", 2)));
    seen.await("the change", r -> hasPort("Service default/z", 2));
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/z");
    checkOut(Map.of("z.yaml", service("z", 2)));
    seen.awaitNames("Service default/z");
  }

  @Test
  void whatARenamedFileWithATypoHeldStaysUntilItIsMended() throws IOException {
    checkOut(Map.of("old.yaml", service("a", 1) + "---\n" + service("b", 1)));
    start(link);
    checkOut(Map.of("new.yaml", service("a", 2) + "---\nkind: ["));
    seen.await("a finding", r -> !r.findings().isEmpty());
    assertThat(seen.names()).containsExactly("Service default/a", "Service default/b");
    assertThat(port("Service default/a")).isEqualTo(1);
    assertThat(seen.findings())
        .hasSize(2)
        .element(1)
        .isEqualTo(
            "WARNING new.yaml what went away when this file came or changed stays in use, as it may"
                + " be meant to be in it: Service default/a, Service default/b. It goes when this"
                + " file is mended or deleted");
    write(link.resolve("new.yaml"), service("a", 2));
    seen.awaitNames("Service default/a");
    assertThat(port("Service default/a")).isEqualTo(2);
    assertThat(seen.findings()).isEmpty();
  }

  @Test
  void anObjectMovedIntoAFileThatGotATypoStays() throws IOException {
    checkOut(
        Map.of("a.yaml", service("a", 1) + "---\n" + service("b", 1), "c.yaml", service("c", 1)));
    start(link);
    checkOut(Map.of("a.yaml", service("a", 2), "c.yaml", service("b", 1) + "---\nkind: ["));
    seen.await("the good file", r -> hasPort("Service default/a", 2));
    assertThat(seen.names())
        .containsExactly("Service default/a", "Service default/b", "Service default/c");
    Files.delete(link.resolve("c.yaml"));
    seen.awaitNames("Service default/a");
    assertThat(seen.findings()).isEmpty();
  }

  /** Only what goes at the same time may be meant by a broken file. */
  @Test
  void aFileThatIsBrokenForLongHoldsNothingThatGoesLater() throws IOException {
    write(folder.resolve("a.yaml"), service("a", 1));
    write(folder.resolve("b.yaml"), service("b", 1));
    write(folder.resolve("broken.yaml"), "kind: [");
    start(folder);
    Files.delete(folder.resolve("a.yaml"));
    seen.awaitNames("Service default/b");
    Files.createDirectory(folder.resolve("sub"));
    Files.delete(folder.resolve("b.yaml"));
    seen.awaitNames();
  }
}
