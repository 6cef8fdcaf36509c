package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A directory is a case: manifests in, ir, statuses and findings out. Its name is the sentence that
 * it proves. {@code -Dgolden.update=true} writes the expectations: read them before committing.
 */
class GoldenTest {
  private static final Path CASES = Path.of("src/test/resources/golden");
  private static final Set<String> FILES =
      Set.of("in.yaml", "ir.yaml", "status.yaml", "findings.txt");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  @TestFactory
  List<DynamicTest> goldenCases() throws IOException {
    try (Stream<Path> cases = Files.list(CASES)) {
      return cases
          .sorted()
          .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> check(path)))
          .toList();
    }
  }

  private static void check(Path directory) throws IOException {
    LoadedFile loaded = Manifest.load("in.yaml", Files.readString(directory.resolve("in.yaml")));
    List<Resource> resources = new ArrayList<>(loaded.resources());
    resources.addAll(loaded.standIns());
    Translation translation = new Translator().apply(new ResourceDelta(resources, List.of()));
    List<Finding> findings = new ArrayList<>(loaded.findings());
    findings.addAll(translation.findings());
    expect(directory.resolve("ir.yaml"), GoldenText.ir(translation.ir()));
    expect(directory.resolve("status.yaml"), GoldenText.statuses(translation.statuses()));
    expect(directory.resolve("findings.txt"), GoldenText.findings(findings));
    try (Stream<Path> files = Files.list(directory)) {
      Set<String> unused =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !FILES.contains(name))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(unused).as("files that no test reads").isEmpty();
    }
  }

  /** A file that would be empty is not there. */
  private static void expect(Path file, String actual) throws IOException {
    if (UPDATE) {
      if (actual.isEmpty()) {
        Files.deleteIfExists(file);
      } else {
        Files.writeString(file, actual);
      }
    }
    String expected = Files.exists(file) ? Files.readString(file) : "";
    assertThat(actual).as(file.toString()).isEqualTo(expected);
  }
}
