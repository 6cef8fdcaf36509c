package dev.postern.e2e.certificates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate and its key, as PEM files. */
record Issued(Path certificate, Path key) {
  String pem() {
    try {
      return Files.readString(certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
