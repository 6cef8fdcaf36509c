package dev.postern.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The manifests of the demo, on disk to be played with.
public final class DemoFolder {
  /// What the demo may overwrite begins with this.
  private static final String MARK = "# Written by postern demo";

  private static final List<String> FILES =
      List.of("gateway.yaml", "nginx.yaml", "ca.yaml", "policy.yaml", "route.yaml");

  private final Path folder;

  private DemoFolder(Path folder) {
    this.folder = folder;
  }

  /// Writes them, over those of an earlier demo.
  ///
  /// @throws IOException also where a file of that name is somebody else's
  public static DemoFolder write(Path folder, int gatewayPort, SampleBackend backend, String caPem)
      throws IOException {
    Files.createDirectories(folder);
    for (String name : FILES) {
      refuseToLose(folder.resolve(name));
    }
    for (String name : FILES) {
      String text =
          template(name)
              .replace("@GATEWAY_PORT@", Integer.toString(gatewayPort))
              .replace("@PLAINTEXT_PORT@", Integer.toString(backend.plaintextPort()))
              .replace("@TLS_PORT@", Integer.toString(backend.tlsPort()))
              .replace("@CA_PEM@", caPem.strip().indent(4).strip());
      writeAtOnce(
          folder.resolve(name), MARK + "; an own file of that name is never touched.\n" + text);
    }
    return new DemoFolder(folder);
  }

  private static void refuseToLose(Path file) throws IOException {
    if (Files.exists(file) && !Files.readString(file).startsWith(MARK)) {
      throw new IOException(file + " is not from an earlier demo and would be lost");
    }
  }

  private static String template(String name) throws IOException {
    try (InputStream in = DemoFolder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program lacks its template " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Nobody ever sees half of it.
  private static void writeAtOnce(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Where they are.
  public Path folder() {
    return folder;
  }

  /// The BackendTLSPolicy.
  public Path policy() {
    return folder.resolve("policy.yaml");
  }
}
