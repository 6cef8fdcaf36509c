package dev.postern.provider.directory;

import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one file.
final class ManifestReader {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestReader.class);

  static final int SIZE_LIMIT = 16 * 1024 * 1024;

  /// Files larger than this are read one at a time, as each takes many times its size meanwhile.
  private static final int ALONE = 1024 * 1024;

  private static final Object LARGE_FILES = new Object();

  private static final String LARGE = "is larger than 16 MiB; divide it";

  /// What a decoder writes for octets that are no text; a file may also really hold it.
  private static final char REPLACEMENT = '\uFFFD';

  /// The hash of what could not be read: it is to be tried again.
  static final long UNREAD = 0;

  /// The hash of all files that are too large. As long as one of them stays as it is, so does what
  /// is said of it.
  private static final long TOO_LARGE = 1;

  /// The hash of what Postern failed at: it is tried again when it changes.
  private static final long FAULT = 2;

  /// What a reading gave.
  sealed interface Reading {}

  /// There is no such file (any more).
  record Gone() implements Reading {}

  /// The bytes are those of the reading before.
  record Unchanged(Stamp stamp, long readMillis) implements Reading {}

  /// @param hash of the bytes; [#UNREAD] when they could not be read
  record Read(LoadedFile file, Stamp stamp, long readMillis, long hash) implements Reading {}

  private ManifestReader() {}

  /// Takes the stamp before the bytes, so that a change in between shows later. Never throws: what
  /// goes wrong with one file is a finding about that file.
  ///
  /// @param knownHash of the bytes that were read before; [#UNREAD] for none
  static Reading read(Path path, long knownHash, Disk disk) {
    Stamp stamp = Stamp.NONE;
    long now = System.currentTimeMillis();
    try {
      BasicFileAttributes attributes = disk.attributes(path);
      stamp = Stamp.of(attributes);
      if (!attributes.isRegularFile()) {
        return new Gone();
      }
      if (attributes.size() <= ALONE) {
        return read(path, knownHash, disk, stamp, now);
      }
      synchronized (LARGE_FILES) {
        return read(path, knownHash, disk, stamp, now);
      }
    } catch (IOException e) {
      return disk.isAbsence(path, e)
          ? new Gone()
          : new Read(failed(path, "cannot be read: " + Disk.words(e)), stamp, now, UNREAD);
    } catch (RuntimeException | Error e) {
      // A fault of ours, which must not take other files along, nor the thread that reads them.
      LOG.error("{} could not be taken in", path, e);
      String what = e.getClass().getSimpleName();
      return new Read(
          failed(path, "meets a fault of Postern (" + what + "); please report it"),
          stamp,
          now,
          FAULT);
    }
  }

  private static Reading read(Path path, long knownHash, Disk disk, Stamp stamp, long now)
      throws IOException {
    byte[] bytes = stamp.size() > SIZE_LIMIT ? new byte[0] : bytes(path, disk);
    boolean large = Math.max(bytes.length, stamp.size()) > SIZE_LIMIT;
    long hash = large ? TOO_LARGE : hash(bytes);
    if (hash == knownHash) {
      return new Unchanged(stamp, now);
    }
    return new Read(large ? failed(path, LARGE) : load(path, bytes), stamp, now, hash);
  }

  /// Reads what can be read only once, such as a pipe, to its end.
  static LoadedFile readStream(Path path, Disk disk) {
    try {
      byte[] bytes = bytes(path, disk);
      return bytes.length > SIZE_LIMIT ? failed(path, LARGE) : load(path, bytes);
    } catch (IOException e) {
      return failed(path, "cannot be read: " + Disk.words(e));
    }
  }

  private static byte[] bytes(Path path, Disk disk) throws IOException {
    try (InputStream in = disk.open(path)) {
      return in.readNBytes(SIZE_LIMIT + 1);
    }
  }

  private static LoadedFile load(Path path, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8(bytes)) {
      return failed(path, "is not UTF-8 text");
    }
    if (text.isBlank()) {
      // Whoever writes a file empties it first, and some take their time until they fill it.
      return new LoadedFile(
          path.toString(),
          false,
          List.of(),
          Set.of(),
          List.of(),
          List.of(finding(Severity.WARNING, path, "is empty; delete it if it is to hold nothing")));
    }
    return Manifest.load(path.toString(), text);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static LoadedFile failed(Path path, String message) {
    return new LoadedFile(
        path.toString(),
        false,
        List.of(),
        Set.of(),
        List.of(),
        List.of(finding(Severity.ERROR, path, message)));
  }

  private static Finding finding(Severity severity, Path path, String message) {
    return new Finding(
        severity, Optional.empty(), "", Optional.of(path.toString()), "this file " + message);
  }

  private static long hash(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    long hash = crc.getValue() << 32 | (Arrays.hashCode(bytes) & 0xFFFF_FFFFL);
    return hash >= UNREAD && hash <= FAULT ? -1 : hash;
  }
}
