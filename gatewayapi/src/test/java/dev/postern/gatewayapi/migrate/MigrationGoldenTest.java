package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A directory is a case: Ingresses in, manifests and a report out. Its name is the sentence that it
 * proves. A directory in it that is named like a target has what is written for that one. {@code
 * -Dgolden.update=true} writes the expectations: read them before committing.
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
    Documents input = Documents.read("in.yaml", Files.readString(directory.resolve("in.yaml")));
    check(input, Target.POSTERN, directory);
    for (Target target : Target.values()) {
      Path other = directory.resolve(target.text());
      if (Files.isDirectory(other)) {
        check(input, target, other);
      }
    }
  }

  private static void check(Documents input, Target target, Path directory) throws IOException {
    Migration migration = Migrator.migrate(input, MigrationOptions.of(target, false));
    String manifests = MigrationGoldenText.manifests(migration);
    expect(directory.resolve("manifests.yaml"), manifests);
    expect(directory.resolve("report.txt"), MigrationGoldenText.report(migration));
    assertThat(check(migration))
        .as("what postern check would say of the manifests")
        .noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
  }

  private static List<Finding> check(Migration migration) {
    LoadedFile loaded = Manifest.load("manifests.yaml", MigrationGoldenText.json(migration));
    Translation translation =
        new Translator().apply(new ResourceDelta(loaded.resources(), List.of()));
    List<Finding> findings = new ArrayList<>(loaded.findings());
    findings.addAll(translation.findings());
    return findings;
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
