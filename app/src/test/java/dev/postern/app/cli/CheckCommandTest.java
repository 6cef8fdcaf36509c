package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @Test
  void aConditionHasTheLineOfItsOwnParentRefBehindThoseOfOthers(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("web.yaml");
    Files.writeString(
        file,
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: postern}
        spec: {controllerName: postern.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: ours}
        spec: {gatewayClassName: postern, listeners: [{name: http, protocol: HTTP, port: 8080}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs:
            - name: somebody-elses
            - name: ours
              sectionName: nothing
        """);
    var terminal = new RecordedTerminal();
    assertThat(terminal.execute(List.of("check", folder.toString(), "-o", "json"))).isEqualTo(1);
    assertThat(terminal.out())
        .containsPattern("NoMatchingParent\"[^}]*\"location\": \"[^\"]*web.yaml:17\"");
  }
}
