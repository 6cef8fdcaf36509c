package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A directory is a case: Ingresses in, manifests and a report out. Its name is the sentence that it
 * proves. {@code -Dgolden.update=true} writes the expectations: read them before committing.
 */
class MigrationGoldenTest {
  private static final Path CASES = Path.of("src/test/resources/golden-migrate");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  private static List<Path> cases() throws IOException {
    try (Stream<Path> cases = Files.list(CASES)) {
      return cases.sorted().toList();
    }
  }

  @TestFactory
  List<DynamicTest> goldenCases() throws IOException {
    return cases().stream()
        .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> check(path)))
        .toList();
  }

  private static void check(Path directory) throws IOException {
    String input = Files.readString(directory.resolve("in.yaml"));
    Migration migration =
        Migrator.migrate(Documents.read("in.yaml", input), MigrationOptions.USUAL);
    String manifests = MigrationGoldenText.manifests(migration);
    expect(directory.resolve("manifests.yaml"), manifests);
    expect(directory.resolve("report.txt"), MigrationGoldenText.report(migration));
    assertThat(Manifest.load("manifests.yaml", MigrationGoldenText.json(migration)).findings())
        .as("what an API server would say of the manifests")
        .noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
  }

  private static void expect(Path file, String actual) throws IOException {
    if (UPDATE) {
      Files.writeString(file, actual);
    }
    assertThat(actual).as(file.toString()).isEqualTo(Files.readString(file));
  }

  @Test
  void everyAnnotationIsInSomeCase() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path directory : cases()) {
      all.append(Files.readString(directory.resolve("in.yaml")));
    }
    assertThat(AnnotationTable.ENTRIES.keySet())
        .allSatisfy(name -> assertThat(all).contains(Ingress.PREFIX + name + ":"));
  }
}
