package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A file that one cannot read in one sitting is two files. */
class FileLengthTest {
  private static final int LIMIT = 500;

  /** Path from the root of the repository to the reason why that file may be longer. */
  private static final Map<String, String> EXCEPTIONS = Map.of();

  private static final Path ROOT = Path.of(System.getProperty("postern.root", ".."));

  @Test
  void noMainFileHasMoreThan500Lines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : mainFiles()) {
      String name = ROOT.relativize(file).toString();
      long lines = lines(file);
      if (lines > LIMIT && !EXCEPTIONS.containsKey(name)) {
        tooLong.add(name + " has " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyExceptionIsStillNeeded() throws IOException {
    for (String name : EXCEPTIONS.keySet()) {
      Path file = ROOT.resolve(name);
      assertThat(file).exists();
      assertThat(lines(file)).as("%s is short enough now", name).isGreaterThan(LIMIT);
    }
  }

  private static List<Path> mainFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    try (var modules = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
      for (Path module : modules) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
          }
        }
      }
    }
    assertThat(found).as("Java files below %s", ROOT.toAbsolutePath()).isNotEmpty();
    return found;
  }

  private static long lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }
}
