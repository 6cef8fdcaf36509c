package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where processors are scarce, requests go before changes and before the JVM's compilers. */
@EnabledOnOs(OS.LINUX)
class TrafficFirstIT {
  /** In what proc(5) calls `stat`, counted from after the name: the nineteenth of all. */
  private static final int NICE = 16;

  @TempDir Path temp;

  @Test
  void changesAndCompilersGiveWayToWorkers() {
    ManifestFolder folder = new ManifestFolder(temp);
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", Ports.free())));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(niceness(postern.pid()))
                  .containsEntry("postern-directo", 5)
                  .containsEntry("C2 CompilerThre", 5)
                  .containsEntry("C1 CompilerThre", 5)
                  .containsEntry("postern-worker-", 0));
    }
  }

  private static Map<String, Integer> niceness(long process) throws IOException {
    Map<String, Integer> all = new HashMap<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + process + "/task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        int end = stat.lastIndexOf(')');
        String name = stat.substring(stat.indexOf('(') + 1, end);
        all.put(name, Integer.valueOf(stat.substring(end + 2).split(" ")[NICE]));
      }
    }
    return all;
  }
}
