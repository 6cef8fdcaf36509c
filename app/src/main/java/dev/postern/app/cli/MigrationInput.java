package dev.postern.app.cli;

import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What `migrate` reads: of a folder what `run` and `check` would. Links are followed, hidden names
/// such as the `..data` of a ConfigMap mount do not count, and a file that is reached by several
/// ways is read once.
final class MigrationInput {
  private final Documents all = new Documents(new ArrayList<>(), new ArrayList<>());
  private final Set<Path> taken = new HashSet<>();

  /// @throws IOException for a folder or a file that cannot be read
  static Documents ofPaths(List<Path> roots, Progress progress) throws IOException {
    var input = new MigrationInput();
    var files = new ArrayList<Path>();
    for (Path root : roots) {
      var found = new ArrayList<Path>();
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          input.collector(root, found));
      found.stream().sorted().forEach(files::add);
    }
    for (int i = 0; i < files.size(); i++) {
      progress.show("reading", i, files.size());
      try (InputStream in = Files.newInputStream(files.get(i))) {
        input.add(files.get(i).toString(), in);
      }
    }
    return input.complete();
  }

  static Documents ofStandardInput() throws IOException {
    var input = new MigrationInput();
    input.add("(input)", System.in);
    return input.complete();
  }

  private FileVisitor<Path> collector(Path root, List<Path> found) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
          throws IOException {
        boolean counts = folder.equals(root) || !isHidden(folder);
        return counts && taken.add(folder.toRealPath())
            ? FileVisitResult.CONTINUE
            : FileVisitResult.SKIP_SUBTREE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        boolean given = file.equals(root);
        if (attributes.isRegularFile() && (given || isManifest(file))) {
          if (taken.add(file.toRealPath())) {
            found.add(file);
          }
        } else if (given) {
          // A pipe, which is read to its end.
          found.add(file);
        } else if (isManifest(file)) {
          boolean link = attributes.isSymbolicLink();
          find(
              file.toString(),
              link ? "this link leads nowhere" : "this is not a regular file and is not read");
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException trouble) throws IOException {
        if (trouble instanceof FileSystemLoopException || (!file.equals(root) && isHidden(file))) {
          return FileVisitResult.CONTINUE;
        }
        throw trouble;
      }
    };
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }

  private static boolean isManifest(Path file) {
    return !isHidden(file)
        && file.toString().toLowerCase(Locale.ROOT).matches("(?s).*\\.(yaml|yml|json)");
  }

  private void add(String file, InputStream in) throws IOException {
    // Not readAllBytes, which asks a pipe for its position.
    byte[] bytes = in.readNBytes(Integer.MAX_VALUE);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Documents read = Documents.read(file, text);
      all.documents().addAll(read.documents());
      all.findings().addAll(read.findings());
    } catch (CharacterCodingException e) {
      find(file, "this file is not UTF-8 text");
    }
  }

  private void find(String file, String message) {
    all.findings()
        .add(new Finding(Severity.ERROR, Optional.empty(), "", Optional.of(file), message));
  }

  private Documents complete() {
    if (all.documents().stream().noneMatch(document -> document.kind().equals("Ingress"))) {
      String message = "there is no Ingress in what was read, so that nothing is to be migrated";
      all.findings()
          .add(new Finding(Severity.WARNING, Optional.empty(), "", Optional.empty(), message));
    }
    return all;
  }
}
