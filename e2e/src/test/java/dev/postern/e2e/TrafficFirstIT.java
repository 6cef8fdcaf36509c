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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
  void changesAndCompilersGiveWayToWorkers() throws IOException {
    ManifestFolder folder = new ManifestFolder(temp);
    folder.put(
        "gateway.yaml",
        Manifests.gatewayClass(),
        Manifests.gateway(Manifests.httpListener("http", Ports.free())));
    try (PosternProcess postern = PosternProcess.serving(folder)) {
      int own = niceness(Path.of("/proc/" + postern.pid() + "/stat")).getValue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(niceness(postern.pid()))
                  .containsEntry("postern-directo", Set.of(own + 5))
                  .containsEntry("C2 CompilerThre", Set.of(own + 5))
                  .containsEntry("C1 CompilerThre", Set.of(own + 5))
                  .containsEntry("postern-worker-", Set.of(own)));
    }
  }

  /** Of the threads of each name. */
  private static Map<String, Set<Integer>> niceness(long process) throws IOException {
    Map<String, Set<Integer>> all = new HashMap<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + process + "/task"))) {
      for (Path thread : threads) {
        try {
          var one = niceness(thread.resolve("stat"));
          all.computeIfAbsent(one.getKey(), _ -> new HashSet<>()).add(one.getValue());
        } catch (IOException e) {
          // It has ended.
          assertThat(thread).doesNotExist();
        }
      }
    }
    return all;
  }

  private static Map.Entry<String, Integer> niceness(Path file) throws IOException {
    String stat = Files.readString(file);
    int end = stat.lastIndexOf(')');
    String name = stat.substring(stat.indexOf('(') + 1, end);
    return Map.entry(name, Integer.valueOf(stat.substring(end + 2).split(" ")[NICE]));
  }
}
